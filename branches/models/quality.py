"""The quality of meetings: forms of 100 points, and what a meeting scored."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import not_empty
from .meeting import Meeting
from .organization import Organization


def _user(label, *, null=False):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        verbose_name=label,
    )


def _points(label, **more):
    return models.DecimalField(label, max_digits=5, decimal_places=2, **more)


class QualityForm(models.Model):
    """A version of the form by which the meetings of a period are scored: that of an organization
    and all below it, or of everybody (no organization). Versions stay; the highest is in use.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quality_forms",
        verbose_name=_("organization"),
    )
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=300)
    validity = DateRangeField(_("validity"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    # Points from which a meeting is good, fair and average; below it is poor.
    good_from = _points(_("good from"))
    fair_from = _points(_("fair from"))
    average_from = _points(_("average from"))
    changed_by = _user(_("changed by"), null=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["-validity", "organization", "-version"]
        constraints = [
            not_empty("validity", "quality_form_days"),
            models.UniqueConstraint(
                fields=["organization", "validity", "version"],
                name="quality_form_version_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(
                    average_from__gt=0,
                    average_from__lt=F("fair_from"),
                    fair_from__lt=F("good_from"),
                    good_from__lte=Decimal(100),
                ),
                name="quality_form_bands_in_order",
                violation_error_message=_("The bands go down: good, fair, average."),
            ),
        ]

    def __str__(self):
        return self.name


class QualityCriterion(models.Model):
    """One line of a form. The points of all lines make 100."""

    form = models.ForeignKey(
        QualityForm,
        on_delete=models.CASCADE,
        related_name="criteria",
        verbose_name=_("form"),
        db_index=False,  # the unique constraint begins with it
    )
    place = models.PositiveSmallIntegerField(_("place"))
    name = models.CharField(_("criterion"), max_length=500)
    points = _points(_("points"))
    # The roster suggests what a meeting gets for this one.
    is_attendance = models.BooleanField(_("follows the roster"), default=False)

    class Meta:
        ordering = ["form", "place"]
        constraints = [
            models.UniqueConstraint(fields=["form", "place"], name="quality_criterion_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(is_attendance=True), name="quality_attendance_once"
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, points__lte=Decimal(100)), name="quality_criterion_points"
            ),
        ]

    def __str__(self):
        return self.name


class MeetingScore(models.Model):
    """What a branch gave its meeting, and what the committee above decided. The decision is the
    quality of the meeting (Meeting.quality)."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="score", verbose_name=_("meeting")
    )
    form = models.ForeignKey(
        QualityForm, on_delete=models.PROTECT, related_name="scores", verbose_name=_("form")
    )
    note = models.TextField(_("why points were taken off"), max_length=2000, blank=True)
    scored_by = _user(_("scored by"))
    scored_at = models.DateTimeField(_("scored at"))
    decided = _points(_("points decided"), null=True, blank=True)
    decision_note = models.TextField(_("note of the committee"), max_length=2000, blank=True)
    decided_by = _user(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided=None, decided_by=None, decided_at=None, decision_note="")
                | Q(decided__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="meeting_score_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided=None) | Q(decided__gte=0, decided__lte=Decimal(100)),
                name="meeting_score_0_to_100",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("scored_by")),
                name="meeting_score_decided_by_another",
                violation_error_message=_("Nobody decides on points that they gave themselves."),
            ),
        ]

    def __str__(self):
        return f"{self.meeting}"


class CriterionScore(models.Model):
    """The points of one criterion."""

    score = models.ForeignKey(
        MeetingScore,
        on_delete=models.CASCADE,
        related_name="lines",
        verbose_name=_("score"),
        db_index=False,  # the unique constraint begins with it
    )
    criterion = models.ForeignKey(
        QualityCriterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    points = _points(_("points"))

    class Meta:
        ordering = ["criterion__place"]
        constraints = [
            models.UniqueConstraint(fields=["score", "criterion"], name="criterion_score_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="criterion_score_not_negative"),
        ]

    def __str__(self):
        return f"{self.criterion}: {self.points}"
