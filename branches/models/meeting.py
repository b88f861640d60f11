from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..choices import AttendanceStatus, Capacity, MeetingKind
from ..fields import choice_constraint, code_constraint, code_field
from ..querysets import AttendanceQuerySet, MeetingQuerySet
from .member import Member
from .organization import Organization


class Meeting(models.Model):
    """A meeting that a branch held. `quality` is in points from 0 to 100."""

    code = code_field()
    branch = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="meetings",
        verbose_name=_("branch"),
        db_index=False,  # an index begins with it
    )
    held_on = models.DateField(_("held on"))
    kind = models.CharField(
        _("kind"), max_length=13, choices=MeetingKind.choices, default=MeetingKind.REGULAR
    )
    quality = models.DecimalField(
        _("quality"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    resolution_number = models.CharField(_("resolution number"), max_length=100, blank=True)
    # Set: the secretary has read the roster through, and it takes nothing more.
    roster_closed_at = models.DateTimeField(
        _("roster closed at"), null=True, blank=True, editable=False
    )
    roster_closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("roster closed by"),
    )
    # Counts how often the roster was saved: of two people at one roster the second is told.
    roster_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "code"]
        constraints = [
            code_constraint("meeting_code_form"),
            choice_constraint("kind", MeetingKind, "meeting_kind_known"),
            models.CheckConstraint(
                condition=Q(quality=None) | Q(quality__gte=0, quality__lte=Decimal(100)),
                name="meeting_quality_0_to_100",
                violation_error_message=_("Quality is from 0 to 100 points."),
            ),
            models.CheckConstraint(
                condition=Q(roster_closed_at=None, roster_closed_by=None)
                | Q(roster_closed_at__isnull=False, roster_closed_by__isnull=False),
                name="meeting_roster_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["branch", "held_on"], name="meeting_branch_day")]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("branches:meeting", args=[self.pk])


class Attendance(models.Model):
    """One person on the roster of one meeting. No row means not recorded, never absent."""

    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.CASCADE,
        related_name="attendance",
        verbose_name=_("meeting"),
        db_index=False,  # the unique constraint begins with it
    )
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="attendance", verbose_name=_("member")
    )
    status = models.CharField(_("status"), max_length=9, choices=AttendanceStatus.choices)
    capacity = models.CharField(
        _("capacity"), max_length=8, choices=Capacity.choices, default=Capacity.MEMBER
    )
    confirmed = models.BooleanField(_("confirmed"), default=True)
    # Why somebody was absent; the database empties it for those present. The default of the
    # column is for the statements of imports, which name the columns that a file has.
    reason = models.CharField(
        _("reason of absence"), max_length=500, blank=True, default="", db_default=""
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("status", AttendanceStatus, "attendance_status_known"),
            choice_constraint("capacity", Capacity, "attendance_capacity_known"),
            models.CheckConstraint(
                condition=~Q(status=AttendanceStatus.PRESENT) | Q(reason=""),
                name="attendance_reason_of_an_absence",
            ),
            models.UniqueConstraint(
                fields=["meeting", "member"],
                name="attendance_once",
                violation_error_message=_("This person is already on the roster of the meeting."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["member"],
                name="attendance_visits",
                condition=Q(capacity="assigned"),
            ),
        ]

    def __str__(self):
        return f"{self.member}: {self.get_status_display()}"
