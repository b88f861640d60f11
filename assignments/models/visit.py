from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.choices import AttendanceStatus, MeetingKind, VisitState
from branches.fields import choice_constraint
from branches.models import Meeting, Member, Organization, StoredFile

from ..choices import Decision
from ..querysets.visits import VisitQuerySet
from .assignment import Assignment

CLAIMED = Q(claimed_at__isnull=False, withdrawn_at=None)
STATED_ABSENT = Q(stated__in=[AttendanceStatus.EXCUSED, AttendanceStatus.UNEXCUSED])
STATED_PRESENT = Q(stated=AttendanceStatus.PRESENT)
REASON = 1000  # letters


def _reason(label):
    return models.CharField(label, max_length=REASON, blank=True)


def _user(label):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


class Visit(models.Model):
    """An assigned cadre at one meeting of a branch: what the cadre claims, what the branch's roster
    states, what the office of the confirming committee decides. Nobody overwrites another's word.

    `state` follows from the three ("": a claim that was withdrawn, and nothing else), and so does
    the attendance row, which `settle_visits` in the database writes: it alone is counted.
    """

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="logged_visits", verbose_name=_("cadre")
    )
    branch = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="visits", verbose_name=_("branch")
    )
    held_on = models.DateField(_("held on"))
    kind = models.CharField(
        _("kind"), max_length=13, choices=MeetingKind.choices, default=MeetingKind.REGULAR
    )
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name=_("meeting"),
        # The database has the stronger one: its branch and day as well.
        db_constraint=False,
    )
    assignment = models.ForeignKey(
        Assignment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="logged_visits",
        verbose_name=_("assignment"),
        # The database has the stronger one: (assignment, member) as a pair.
        db_constraint=False,
    )
    confirmer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="visits_confirmed",
        verbose_name=_("confirming committee"),
        db_index=False,  # the index of what waits begins with it
    )

    claimed_at = models.DateTimeField(_("logged at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=2000, blank=True)
    remarks = models.CharField(_("how the meeting was run"), max_length=2000, blank=True)
    photo = models.ForeignKey(
        StoredFile,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("photo"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawal_reason = _reason(_("reason for withdrawal"))

    stated = models.CharField(
        _("the roster says"), max_length=9, choices=AttendanceStatus.choices, blank=True
    )
    stated_reason = _reason(_("reason for absence"))
    stated_at = models.DateTimeField(_("stated at"), null=True, blank=True)
    stated_by = _user(_("stated by"))

    decision = models.CharField(_("decision"), max_length=9, choices=Decision.choices, blank=True)
    decision_reason = _reason(_("reason of the decision"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = _user(_("decided by"))
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)
    disputed_by = _user(_("disputed by"))
    dispute_reason = _reason(_("reason of the dispute"))

    state = models.GeneratedField(
        expression=Case(
            When(decision=Decision.CONFIRMED, then=Value(VisitState.CONFIRMED)),
            When(STATED_ABSENT & (Q(decision=Decision.REFUSED) | ~CLAIMED), then=F("stated")),
            When(decision=Decision.REFUSED, then=Value(VisitState.UNEXCUSED)),
            When(~CLAIMED & ~STATED_PRESENT, then=Value("")),
            When(STATED_ABSENT | Q(disputed_at__isnull=False), then=Value(VisitState.DISPUTED)),
            default=Value(VisitState.LOGGED),
        ),
        output_field=models.CharField(
            _("state"), max_length=12, choices=VisitState.choices, blank=True
        ),
        db_persist=True,
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "pk"]
        constraints = [
            choice_constraint("kind", MeetingKind, "visit_kind_known"),
            models.CheckConstraint(
                condition=Q(stated="") | Q(stated__in=AttendanceStatus.values),
                name="visit_statement_known",
            ),
            models.CheckConstraint(
                condition=Q(decision="") | Q(decision__in=Decision.values),
                name="visit_decision_known",
            ),
            models.UniqueConstraint(
                fields=["member", "meeting"],
                name="visit_once_a_meeting",
                violation_error_message=_("This visit is logged already."),
            ),
            models.UniqueConstraint(
                fields=["member", "branch", "held_on"],
                condition=Q(meeting=None),
                name="visit_once_a_day",
                violation_error_message=_("This visit is logged already."),
            ),
            models.CheckConstraint(
                condition=Q(claimed_at=None) | Q(assignment__isnull=False),
                name="visit_claimed_under_an_assignment",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=False)
                | Q(note="", remarks="", photo=None, withdrawn_at=None),
                name="visit_note_of_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | Q(withdrawal_reason=""),
                name="visit_withdrawn_at",
            ),
            # A roster states it of a meeting that the branch recorded.
            models.CheckConstraint(
                condition=Q(stated="", stated_at=None, stated_reason="", stated_by=None)
                | (~Q(stated="") & Q(stated_at__isnull=False, meeting__isnull=False)),
                name="visit_stated_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None, decision_reason="", decided_by=None)
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="visit_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.CONFIRMED) | Q(meeting__isnull=False),
                name="visit_confirmed_at_a_meeting",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.CONFIRMED) | CLAIMED | STATED_PRESENT,
                name="visit_confirmed_of_somebody_who_was_there",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REFUSED) | ~Q(decision_reason=""),
                name="visit_refused_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(disputed_at=None, disputed_by=None, dispute_reason="")
                | (Q(disputed_at__isnull=False, disputed_by__isnull=False) & ~Q(dispute_reason="")),
                name="visit_disputed_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmer", "held_on"],
                name="visit_waiting",
                condition=Q(state__in=[VisitState.LOGGED, VisitState.DISPUTED]),
            ),
            models.Index(fields=["confirmer", "decided_at"], name="visit_decided"),
            models.Index(fields=["branch", "held_on"], name="visit_branch_day"),
        ]

    def __str__(self):
        return f"{self.member}: {self.held_on}"

    def get_absolute_url(self):
        return reverse("assignments:visit", args=[self.pk])

    @property
    def is_claimed(self):
        return self.claimed_at is not None and self.withdrawn_at is None

    @property
    def is_waiting(self):
        """Whether the office still has to decide."""
        return self.state in (VisitState.LOGGED, VisitState.DISPUTED)
