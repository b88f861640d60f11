from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization

from ..choices import PaperJobKind
from .cycle import Cycle, CycleBranch, user_field


class PaperJob(models.Model):
    """Papers of an organization in a cycle, made by workers for one person: all dossiers as one
    zip, or the workbook of everything.

    Each part is made in a transaction of its own: whoever is killed loses the one at hand. It is
    finished when no part is left, failed when `error` says why; deleted after PAPERS_KEEP_DAYS.
    """

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="paper_jobs", verbose_name=_("cycle")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name=_("organization")
    )
    kind = models.CharField(_("kind"), max_length=4, choices=PaperJobKind.choices)
    requested_by = user_field(_("requested by"))
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            choice_constraint("kind", PaperJobKind, "paper_job_kind_known"),
            models.CheckConstraint(
                condition=Q(error="") | Q(finished_at=None), name="paper_job_finished_or_failed"
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.cycle.year}"

    def get_absolute_url(self):
        return reverse("evaluations:paper_job", args=[self.pk])

    @property
    def is_under_way(self):
        return self.finished_at is None and not self.error

    @property
    def is_workbook(self):
        return self.kind == PaperJobKind.WORKBOOK


class PaperPart(models.Model):
    """What a worker makes in one go; null until it is made. A worker holds the row locked while it
    makes it.

    Of dossiers it holds the papers of one branch, or those of all together (no branch), packed as
    a zip; a workbook is the only part of its job. `members` are those whose papers it holds first.
    """

    job = models.ForeignKey(
        PaperJob, on_delete=models.CASCADE, related_name="parts", db_index=False
    )
    number = models.PositiveIntegerField()
    cycle_branch = models.ForeignKey(
        CycleBranch, on_delete=models.CASCADE, null=True, related_name="+"
    )
    members = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="paper_part_once"),
        ]

    def __str__(self):
        return f"{self.job_id}/{self.number}"
