"""Opinions and petitions (ý kiến, kiến nghị), and what became of each, step by step."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, code_constraint, code_field
from branches.models import Meeting, Organization

from ..choices import OpinionState, OpinionStepKind, RaisedBy
from ..querysets.opinions import OpinionQuerySet
from .visit import Visit


class Opinion(models.Model):
    """An opinion or petition raised at a meeting, answered there or referred to a body.

    One that an assigned cadre took down on a visit hangs on the visit, and has no meeting as long
    as the branch has recorded none on that day: the database hands it the meeting of its visit.
    """

    code = code_field()
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions",
        verbose_name=_("meeting"),
    )
    visit = models.ForeignKey(
        Visit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions",
        verbose_name=_("visit"),
    )
    raised_by = models.CharField(_("raised by"), max_length=8, choices=RaisedBy.choices, blank=True)
    topic = models.CharField(_("topic"), max_length=200)
    content = models.TextField(_("content"))
    answer = models.TextField(_("answer"), blank=True)
    referred_to = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions_referred",
        verbose_name=_("referred to"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=OpinionState.choices)
    told_at = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions_told",
        verbose_name=_("told at"),
        help_text=_("The meeting at which the branch was told the answer of the body."),
    )

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("opinion_code_form"),
            choice_constraint("state", OpinionState, "opinion_state_known"),
            models.CheckConstraint(
                condition=Q(raised_by="") | Q(raised_by__in=RaisedBy.values),
                name="opinion_raised_by_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="referred")
                | (Q(referred_to__isnull=False) & Q(due_on__isnull=False)),
                name="opinion_referred_with_body_and_day",
                violation_error_message=_(
                    "An opinion that is referred names the body and the day it is due."
                ),
            ),
            models.CheckConstraint(
                condition=Q(meeting__isnull=False) | Q(visit__isnull=False),
                name="opinion_of_a_meeting_or_visit",
                violation_error_message=_("An opinion was raised at a meeting, or on a visit."),
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(state="resolved"),
                name="opinion_told_when_resolved",
            ),
        ]

    def __str__(self):
        return self.topic

    def get_absolute_url(self):
        return reverse("assignments:opinion", args=[self.pk])

    @property
    def branch(self):
        """The branch where it was raised."""
        return self.meeting.branch if self.meeting_id else self.visit.branch

    @property
    def raised_on(self):
        """The day on which it was raised."""
        return self.meeting.held_on if self.meeting_id else self.visit.held_on

    @property
    def waits_to_be_told(self):
        """Whether a body has answered and the branch does not know of it yet."""
        answered = self.state == OpinionState.RESOLVED and self.referred_to_id is not None
        return answered and self.told_at_id is None


class OpinionStep(models.Model):
    """What happened to an opinion on a day, and what was so from then on. Never changed, never
    deleted: the last step says what the opinion says (assignments/sql/opinions.sql).
    """

    opinion = models.ForeignKey(
        Opinion,
        on_delete=models.PROTECT,
        related_name="steps",
        verbose_name=_("opinion"),
        db_index=False,  # an index begins with it
    )
    kind = models.CharField(_("what"), max_length=9, choices=OpinionStepKind.choices)
    on = models.DateField(_("day"))
    at = models.DateTimeField(_("entered at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    # What the opinion says from the day on.
    state = models.CharField(_("state"), max_length=8, choices=OpinionState.choices)
    answer = models.TextField(_("answer"), blank=True)
    referred_to = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("referred to"),
    )
    due_on = models.DateField(_("due on"), null=True)
    told_at = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("told at")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            choice_constraint("kind", OpinionStepKind, "opinion_step_kind_known"),
            choice_constraint("state", OpinionState, "opinion_step_state_known"),
        ]
        indexes = [models.Index(fields=["opinion", "on"], name="opinion_step_day")]

    def __str__(self):
        return f"{self.opinion}: {self.get_kind_display()}"
