from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, year_constraint
from branches.models import Organization

from ..choices import StepKind, VoteCounting
from ..querysets.cycles import CycleBranchQuerySet, CycleQuerySet
from .scheme import Scheme


def user_field(label, *, null=False):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        related_name="+",
        verbose_name=label,
    )


class Cycle(models.Model):
    """The year-end reviews and ratings of an organization and everything below it.

    It holds whole units. It is open until `locked_at`; from then on no row of it changes but by a
    re-rating. `digest` is the SHA-256 of what was decided and of what it was decided from.
    A vote carries a level with more than `vote_share` of the base.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="cycles",
        verbose_name=_("organization"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    cut_off = models.DateField(_("cut-off date"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="cycles", verbose_name=_("rating set")
    )
    vote_share = models.DecimalField(
        _("share that a vote must exceed"), max_digits=5, decimal_places=4, default=Decimal("0.5")
    )
    vote_counting = models.CharField(
        _("what carries a level"),
        max_length=8,
        choices=VoteCounting.choices,
        default=VoteCounting.EACH,
    )
    second_ballot = models.BooleanField(
        _("a second ballot picks the excellent from the good"), default=True
    )
    note = models.CharField(_("note"), max_length=2000, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = user_field(_("opened by"))
    suggested_at = models.DateTimeField(_("suggestions taken at"), null=True, blank=True)
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)
    locked_by = user_field(_("locked by"), null=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "organization__code"]
        constraints = [
            year_constraint("cycle_year_known"),
            choice_constraint("vote_counting", VoteCounting, "cycle_vote_counting_known"),
            models.UniqueConstraint(
                fields=["organization", "year"],
                name="cycle_once_a_year",
                violation_error_message=_("This year's cycle is open already."),
            ),
            models.CheckConstraint(
                condition=Q(cut_off__year=F("year")), name="cycle_cut_off_in_year"
            ),
            models.CheckConstraint(
                condition=Q(vote_share__gte=0, vote_share__lt=1), name="cycle_vote_share_below_all"
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None, locked_by=None, digest="")
                | Q(
                    locked_at__isnull=False, locked_by__isnull=False, digest__regex="^[0-9a-f]{64}$"
                ),
                name="cycle_locked_with_digest",
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.year}"

    def get_absolute_url(self):
        return reverse("evaluations:cycle", args=[self.pk])

    @property
    def is_locked(self):
        return self.locked_at is not None


class CycleStep(models.Model):
    """A step that a cycle has, and its last day. The order is that of `StepKind`."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="steps", db_index=False)
    kind = models.CharField(_("step"), max_length=13, choices=StepKind.choices)
    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        constraints = [
            choice_constraint("kind", StepKind, "cycle_step_kind_known"),
            models.UniqueConstraint(fields=["cycle", "kind"], name="cycle_step_once"),
        ]

    def __str__(self):
        return self.get_kind_display()


class CycleBranch(models.Model):
    """A branch in a cycle: in one cycle a year. `unit` is the unit of its members, which decides
    on them; `section` the sub-committee between the two, if there is one."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="branches", db_index=False
    )
    branch = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="cycle_branches", db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    section = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CycleBranchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "branch"], name="cycle_branch_once"),
            models.UniqueConstraint(
                fields=["branch", "year"],
                name="cycle_branch_in_one_cycle",
                violation_error_message=_("A branch is in another cycle of this year."),
            ),
        ]

    def __str__(self):
        return f"{self.branch} {self.year}"

    def get_absolute_url(self):
        return reverse("evaluations:cycle_branch", args=[self.cycle_id, self.branch_id])


class StepDone(models.Model):
    """A branch has done a step of its cycle. Taking it back deletes the row; the trail keeps it."""

    cycle_branch = models.ForeignKey(
        CycleBranch, on_delete=models.CASCADE, related_name="done", db_index=False
    )
    kind = models.CharField(_("step"), max_length=13, choices=StepKind.choices)
    done_at = models.DateTimeField(_("done at"))
    done_by = user_field(_("done by"))
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        constraints = [
            choice_constraint("kind", StepKind, "step_done_kind_known"),
            models.UniqueConstraint(fields=["cycle_branch", "kind"], name="step_done_once"),
        ]

    def __str__(self):
        return self.get_kind_display()
