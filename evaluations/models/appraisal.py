from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.fields import choice_constraint
from branches.models import Member, Organization

from ..choices import CommentKind, NotRatedReason, StepKind
from ..querysets.appraisals import AppraisalQuerySet
from .cycle import Cycle, CycleBranch, user_field
from .rating import Rating


class Appraisal(models.Model):
    """One member's way through a cycle, from the self-review to the decision in force.

    `rating` is the suggestion that was taken, with its class, whether the member is rated and the
    suggested level beside it: they are null or empty until suggestions are taken. `voted_level` is
    what the ballots carried; "" where there was none or no level got enough votes. `decision` is
    the newest of its decisions.
    """

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="appraisals", db_index=False
    )
    cycle_branch = models.ForeignKey(
        CycleBranch, on_delete=models.CASCADE, related_name="appraisals"
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="appraisals", verbose_name=_("member")
    )
    person_class = models.CharField(_("person class"), max_length=7, choices=PersonClass.choices)
    rating = models.ForeignKey(
        Rating,
        on_delete=models.PROTECT,
        null=True,
        related_name="appraisals",
        verbose_name=_("suggestion"),
    )
    rated = models.BooleanField(_("rated"), null=True)
    not_rated_reason = models.CharField(
        _("reason for not being rated"), max_length=10, choices=NotRatedReason.choices, blank=True
    )
    suggested_level = models.CharField(
        _("suggested level"), max_length=9, choices=Level.choices, blank=True
    )
    voted_level = models.CharField(
        _("level that the branch voted"), max_length=9, choices=Level.choices, blank=True
    )
    decision = models.OneToOneField(
        "Decision",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decision in force"),
    )

    objects = AppraisalQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("person_class", PersonClass, "appraisal_person_class_known"),
            models.UniqueConstraint(fields=["cycle", "member"], name="appraisal_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(rating=None, rated=None, not_rated_reason="", suggested_level="")
                | Q(rating__isnull=False, rated=True, not_rated_reason="")
                & Q(suggested_level__in=Level.values)
                | Q(rating__isnull=False, rated=False, suggested_level="")
                & Q(not_rated_reason__in=NotRatedReason.values),
                name="appraisal_as_suggested",
            ),
            models.CheckConstraint(
                condition=Q(voted_level__in=["", *Level.values]), name="appraisal_vote_known"
            ),
        ]

    def __str__(self):
        return f"{self.member} {self.cycle.year}"

    def get_absolute_url(self):
        return reverse("evaluations:appraisal", args=[self.pk])

    @property
    def level(self):
        """The level that was decided; "" while there is none."""
        return self.decision.level if self.decision else ""


class SelfReview(models.Model):
    """A member's review of their own year: points a group of the rating set, level and words.

    `points` is {key of the group: number as text}. It is a draft until `submitted_at`;
    `entered_by` is the member's own user or who copied it from paper.
    """

    appraisal = models.OneToOneField(
        Appraisal, on_delete=models.CASCADE, related_name="self_review"
    )
    points = models.JSONField(_("points"), default=dict)
    level = models.CharField(_("own level"), max_length=9, choices=Level.choices, blank=True)
    strengths = models.TextField(_("strengths and results"), max_length=10000, blank=True)
    shortcomings = models.TextField(_("shortcomings"), max_length=10000, blank=True)
    causes = models.TextField(_("causes of the shortcomings"), max_length=5000, blank=True)
    mended = models.TextField(_("earlier shortcomings mended"), max_length=5000, blank=True)
    plans = models.TextField(_("how they will be mended"), max_length=5000, blank=True)
    submitted_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    entered_by = user_field(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="self_review_level_known"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | ~Q(level=""),
                name="self_review_handed_in_with_level",
                violation_error_message=_("Choose your own level before you hand it in."),
            ),
        ]

    def __str__(self):
        return str(self.appraisal)


class Comment(models.Model):
    """What another place says of a member: asked for, and then received, or not needed."""

    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    kind = models.CharField(_("from"), max_length=9, choices=CommentKind.choices)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(_("place"), max_length=300, blank=True)
    asked_on = models.DateField(_("asked on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    text = models.TextField(_("comment"), max_length=5000, blank=True)
    level = models.CharField(_("level"), max_length=9, choices=Level.choices, blank=True)
    not_needed = models.CharField(_("why it is not needed"), max_length=300, blank=True)
    entered_by = user_field(_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            choice_constraint("kind", CommentKind, "comment_kind_known"),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="comment_level_known"
            ),
            models.UniqueConstraint(fields=["appraisal", "kind"], name="comment_once_a_kind"),
            models.CheckConstraint(
                condition=Q(received_on=None, text="", level="")
                | Q(received_on__isnull=False, not_needed="") & ~Q(text="", level=""),
                name="comment_received_says_something",
                violation_error_message=_("What was received: the comment or the level."),
            ),
        ]

    def __str__(self):
        return self.get_kind_display()


class Proposal(models.Model):
    """The level that the branch committee, or the sub-committee above it, proposes."""

    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.CASCADE, related_name="proposals", db_index=False
    )
    step = models.CharField(_("step"), max_length=13, choices=StepKind.choices)
    level = models.CharField(_("level"), max_length=9, choices=Level.choices)
    note = models.CharField(_("note"), max_length=2000, blank=True)
    proposed_by = user_field(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))

    class Meta:
        constraints = [
            choice_constraint("level", Level, "proposal_level_known"),
            models.CheckConstraint(
                condition=Q(step__in=["proposal", "section"]), name="proposal_of_a_committee"
            ),
            models.UniqueConstraint(fields=["appraisal", "step"], name="proposal_once_a_step"),
        ]

    def __str__(self):
        return self.get_level_display()
