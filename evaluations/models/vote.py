from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint

from ..choices import NotVotedReason
from .appraisal import Appraisal
from .cycle import CycleBranch, user_field


def _number(label):
    return models.PositiveSmallIntegerField(label, default=0)


class Vote(models.Model):
    """One ballot of a branch: the first on all levels, the second on who of the good is excellent.

    The base is the official members convened, less those away and the exempt who did not come
    (docs/year-end.md, 3). `round` 1 is the year-end meeting; later ones rate those who were absent.
    """

    cycle_branch = models.ForeignKey(
        CycleBranch, on_delete=models.CASCADE, related_name="votes", db_index=False
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    ballot = models.PositiveSmallIntegerField(_("ballot"), default=1)
    held_on = models.DateField(_("held on"))
    convened = _number(_("official members convened"))
    away = _number(_("of them away"))
    absent_exempt = _number(_("of them exempt and absent"))
    present = _number(_("present and entitled to vote"))
    issued = _number(_("ballot papers given out"))
    returned = _number(_("ballot papers returned"))
    invalid = _number(_("of them invalid"))
    is_secret = models.BooleanField(_("secret ballot"), default=True)
    nobody_stood = models.BooleanField(
        _("nobody of those voted good stands for excellent: there is no second ballot"),
        default=False,
    )
    tellers = models.CharField(_("tellers"), max_length=300, blank=True)
    recorded_by = user_field(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["round", "ballot"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle_branch", "round", "ballot"], name="vote_once_a_ballot"
            ),
            models.CheckConstraint(
                condition=Q(round__gte=1, ballot__in=[1, 2]), name="vote_ballot_known"
            ),
            models.CheckConstraint(
                condition=Q(ballot=1) | Q(nobody_stood=False),
                name="vote_nobody_stood_on_the_first",
            ),
            models.CheckConstraint(
                condition=Q(convened__gt=F("away") + F("absent_exempt")),
                name="vote_has_a_base",
                violation_error_message=_(
                    "Nobody is left to vote: those away and the exempt who are absent are as many "
                    "as the members convened."
                ),
            ),
            models.CheckConstraint(
                condition=Q(present__lte=F("convened") - F("absent_exempt")),
                name="vote_present_were_convened",
                violation_error_message=_("More members are present than were convened."),
            ),
            models.CheckConstraint(
                condition=Q(issued__lte=F("present")),
                name="vote_issued_to_those_present",
                violation_error_message=_(
                    "More ballot papers were given out than members present."
                ),
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("issued")),
                name="vote_returned_were_issued",
                violation_error_message=_("More ballot papers came back than were given out."),
            ),
            models.CheckConstraint(
                condition=Q(invalid__lte=F("returned")),
                name="vote_invalid_were_returned",
                violation_error_message=_("More papers are invalid than came back."),
            ),
        ]

    def __str__(self):
        return f"{self.cycle_branch} {self.round}.{self.ballot}"

    @property
    def base(self):
        """Of so many more than the share must agree."""
        return self.convened - self.away - self.absent_exempt


class VoteCount(models.Model):
    """How the valid papers of a ballot voted on one member; on the second, `excellent` are those
    who agree and `good` those who do not. `blank` said nothing of this member."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="counts", db_index=False)
    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="vote_counts")
    excellent = _number(_("excellent"))
    good = _number(_("good"))
    completed = _number(_("completed"))
    failed = _number(_("failed"))
    blank = _number(_("nothing marked"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vote", "appraisal"], name="vote_count_once"),
        ]

    def __str__(self):
        return f"{self.vote} {self.appraisal}"


class NotVoted(models.Model):
    """A member who is to be rated and of whom the first ballot of a round says nothing, and why:
    rated in a later round, as soon as may be."""

    vote = models.ForeignKey(
        Vote, on_delete=models.CASCADE, related_name="not_voted", db_index=False
    )
    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="not_voted")
    reason = models.CharField(_("reason"), max_length=10, choices=NotVotedReason.choices)

    class Meta:
        constraints = [
            choice_constraint("reason", NotVotedReason, "not_voted_reason_known"),
            models.UniqueConstraint(fields=["vote", "appraisal"], name="not_voted_once"),
        ]

    def __str__(self):
        return f"{self.vote} {self.appraisal}"
