from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ..choices import MeetingKind, PlanState
from ..fields import choice_constraint
from ..querysets import CheckInQuerySet, MeetingPlanQuerySet
from .meeting import Meeting
from .member import Member
from .organization import Organization


class MeetingPlan(models.Model):
    """A meeting that a branch means to hold. Once it is held, `meeting` is the meeting; one that
    is not held leaves none, and says why.

    The database links a plan to the meeting of its branch, day and kind as soon as there is one,
    wherever that comes from (branches/sql/meetings.sql).
    """

    branch = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="meeting_plans",
        verbose_name=_("branch"),
        db_index=False,  # an index begins with it
    )
    planned_on = models.DateField(_("day"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    place = models.CharField(_("meeting place"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind"), max_length=13, choices=MeetingKind.choices, default=MeetingKind.REGULAR
    )
    agenda = models.TextField(_("agenda"), max_length=8000, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=PlanState.choices,
        default=PlanState.PLANNED,
        editable=False,
    )
    reason = models.CharField(
        _("reason why it is not held"), max_length=500, blank=True, editable=False
    )
    meeting = models.OneToOneField(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="plan",
        verbose_name=_("meeting"),
    )

    objects = MeetingPlanQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "starts_at", "pk"]
        constraints = [
            choice_constraint("kind", MeetingKind, "plan_kind_known"),
            choice_constraint("state", PlanState, "plan_state_known"),
            models.CheckConstraint(
                condition=Q(state=PlanState.HELD, meeting__isnull=False)
                | ~Q(state=PlanState.HELD) & Q(meeting=None),
                name="plan_held_is_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.NOT_HELD) & ~Q(reason="")
                | ~Q(state=PlanState.NOT_HELD) & Q(reason=""),
                name="plan_not_held_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["branch", "planned_on", "kind"],
                condition=~Q(state=PlanState.NOT_HELD),
                name="plan_once",
                violation_error_message=_("A meeting of this kind is planned for the day already."),
            ),
        ]
        indexes = [models.Index(fields=["branch", "planned_on"], name="plan_branch_day")]

    def __str__(self):
        return _now("%(kind)s of %(day)s") % {
            "kind": self.get_kind_display(),
            "day": date_format(self.planned_on, "SHORT_DATE_FORMAT"),
        }

    def get_absolute_url(self):
        return reverse("assignments:meeting_plan", args=[self.pk])


class CheckIn(models.Model):
    """A member says, by a code that only those in the room see, that they are at a meeting: of a
    plan until it is held, of the meeting from then on. The roster decides."""

    plan = models.ForeignKey(
        MeetingPlan,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="check_ins",
        verbose_name=_("planned meeting"),
        db_index=False,  # a unique constraint begins with it
    )
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="check_ins",
        verbose_name=_("meeting"),
        db_index=False,  # a unique constraint begins with it
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="check_ins", verbose_name=_("member")
    )
    at = models.DateTimeField(_("at"))

    objects = CheckInQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(plan=None, meeting__isnull=False) | Q(plan__isnull=False, meeting=None),
                name="check_in_at_one_meeting",
            ),
            models.UniqueConstraint(fields=["plan", "member"], name="check_in_once_of_a_plan"),
            models.UniqueConstraint(
                fields=["meeting", "member"], name="check_in_once_of_a_meeting"
            ),
        ]

    def __str__(self):
        return f"{self.member}: {self.meeting or self.plan}"
