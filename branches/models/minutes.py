"""The minutes of a meeting (biên bản), beside what its roster says."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .meeting import Meeting
from .member import Member

TEXT = 20_000  # letters


def _person(label):
    return models.ForeignKey(
        Member,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
    )


def _text(label):
    return models.TextField(label, max_length=TEXT, blank=True)


def _votes(label):
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


class Minutes(models.Model):
    """What was said and decided at a meeting. Who was there stands in the roster; the number of the
    resolution is the meeting's own."""

    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="minutes", verbose_name=_("meeting")
    )
    number = models.CharField(_("number of the minutes"), max_length=100, blank=True)
    opened_at = models.TimeField(_("opened at"), null=True, blank=True)
    closed_at = models.TimeField(_("closed at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    chair = _person(_("chair"))
    recorder = _person(_("recorder"))
    guests = models.TextField(_("other guests"), max_length=2000, blank=True)
    agenda = _text(_("agenda"))
    discussion = _text(_("discussion"))
    conclusions = _text(_("conclusions"))
    resolution = _text(_("resolution"))
    votes_for = _votes(_("votes for"))
    votes_against = _votes(_("votes against"))
    votes_abstained = _votes(_("abstained"))

    class Meta:
        verbose_name_plural = _("minutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at=None) | Q(closed_at__gte=F("opened_at")),
                name="minutes_close_after_opening",
                violation_error_message=_("The meeting was closed before it was opened."),
            ),
            models.CheckConstraint(
                condition=Q(chair=None) | Q(recorder=None) | ~Q(chair=F("recorder")),
                name="minutes_recorded_by_another",
                violation_error_message=_("Somebody else than the chair keeps the minutes."),
            ),
        ]

    def __str__(self):
        return f"{self.meeting}"
