from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint

from ..choices import DigestRhythm, ReminderKind


class Reminder(models.Model):
    """That a user was reminded of something: written once, so that nobody is told twice.

    `key` names what it is about within its kind. What is true at the moment, and its words, are
    computed (assignments/reminding.py); a row says whether it was sent and whether put aside.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="reminders",
        verbose_name=_("user"),
        db_index=False,  # the unique constraint begins with it
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ReminderKind.choices)
    key = models.CharField(max_length=100)
    found_at = models.DateTimeField(_("found at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    put_aside_at = models.DateTimeField(_("put aside at"), null=True)

    class Meta:
        constraints = [
            choice_constraint("kind", ReminderKind, "reminder_kind_known"),
            models.UniqueConstraint(fields=["user", "kind", "key"], name="reminder_once"),
        ]
        indexes = [
            models.Index(
                fields=["user"], name="reminder_to_send", condition=models.Q(sent_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"


class ReminderChoice(models.Model):
    """How a user wants to be reminded; without a row: of everything, every day."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="reminder_choice",
        verbose_name=_("user"),
    )
    rhythm = models.CharField(
        _("by e-mail"), max_length=6, choices=DigestRhythm.choices, default=DigestRhythm.DAILY
    )
    muted = ArrayField(
        models.CharField(max_length=20, choices=ReminderKind.choices),
        verbose_name=_("not of these"),
        default=list,
        blank=True,
    )

    class Meta:
        constraints = [choice_constraint("rhythm", DigestRhythm, "reminder_rhythm_known")]

    def __str__(self):
        return f"{self.user}: {self.rhythm}"
