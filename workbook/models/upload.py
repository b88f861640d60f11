from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization, StoredFile

from ..choices import NOT_IMPORTED, UNDER_WAY, ImportState, LineKind
from ..querysets import ImportJobQuerySet, ImportLineQuerySet, ImportQuerySet


class Import(models.Model):
    """A workbook that somebody uploaded: checked, then imported as a whole, and as a whole undone.

    `by` is as whom it is checked and imported: who uploaded it, or who asked for that since.
    `counts` is what the check found, `outcome` what the import did: {table: {"created": n,
    "updated": n, "unchanged": n, "wrong": n, "warnings": n}}. `headings` are those that mean
    nothing yet: [{"table": key, "" for names of sheets, "heading": as written}]. `transaction` is
    that of the import in the audit trail, from which it is undone, `undo_transaction` that which
    undid it; `obstacles` are the sentences that say what kept it from being undone.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="imports",
        verbose_name=_("organization"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="imports",
        verbose_name=_("uploaded by"),
    )
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    errors_file = models.OneToOneField(
        StoredFile, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    changes_file = models.OneToOneField(
        StoredFile, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    effective = models.DateField(_("day of effect"))
    reason = models.CharField(_("reason"), max_length=500)
    language = models.CharField(max_length=10, editable=False)
    state = models.CharField(
        _("state"), max_length=9, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    checked_at = models.DateTimeField(_("checked at"), null=True)
    imported_at = models.DateTimeField(_("imported at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undo_reason = models.CharField(_("reason for undoing"), max_length=500, blank=True)
    transaction = models.BigIntegerField(null=True, editable=False)
    undo_transaction = models.BigIntegerField(null=True, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    outcome = models.JSONField(default=dict, editable=False)
    headings = models.JSONField(default=list, editable=False)
    obstacles = models.JSONField(default=list, editable=False)
    error = models.TextField(_("error"), blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            choice_constraint("state", ImportState, "import_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.DONE, ImportState.UNDONE])
                | Q(imported_at__isnull=False, transaction__isnull=False),
                name="import_done_at_some_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.UNDOING, ImportState.UNDONE])
                | (Q(undone_by__isnull=False) & ~Q(undo_reason="")),
                name="import_undone_by_somebody",
            ),
        ]

    def __str__(self):
        return str(self.file)

    def get_absolute_url(self):
        return reverse("workbook:import", args=[self.pk])

    @property
    def is_under_way(self):
        return self.state in UNDER_WAY

    @property
    def may_be_discarded(self):
        """Whether nothing was imported and no worker is at it."""
        return self.state in NOT_IMPORTED

    @property
    def has_lines(self):
        """Whether what changes is known row by row: not where something is wrong."""
        return self.state != ImportState.WRONG

    @property
    def has_outcome(self):
        """Whether the import changed anything."""
        return any(each["created"] or each["updated"] for each in self.outcome.values())

    @property
    def has_changes(self):
        """Whether the check found anything to import."""
        return any(each["created"] or each["updated"] for each in self.counts.values())

    @property
    def differs_from_preview(self):
        """Whether the import did something else than the check had foreseen."""
        return bool(self.outcome) and self.outcome != self.counts


class ImportJob(models.Model):
    """Who works on an import now, and how far it is. Apart from the import itself, as it changes
    every second while that is locked.

    A worker that dies stops renewing its lease; then whoever is alive takes the job. Who lost a
    lease cannot commit any more: the job has another token in `leased_by`.
    """

    upload = models.OneToOneField(
        Import, on_delete=models.CASCADE, related_name="job", primary_key=True
    )
    step = models.CharField(max_length=20, blank=True)
    table = models.CharField(max_length=63, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    leased_by = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(leased_by=None, leased_until=None)
                | Q(leased_by__isnull=False, leased_until__isnull=False),
                name="import_job_leased_until_some_time",
            )
        ]

    def __str__(self):
        return f"{self.upload_id}: {self.step}"


class ImportLine(models.Model):
    """One line of a preview: a row that is new or changed, or what is wrong or odd about one.

    values  of a changed row {column: [before, after]}, of a new one {column: value}
    """

    upload = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    kind = models.CharField(max_length=7, choices=LineKind.choices)
    table = models.CharField(max_length=100)
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=100, blank=True)
    label = models.TextField(blank=True)
    message = models.TextField(blank=True)
    values = models.JSONField(default=dict)

    objects = ImportLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [choice_constraint("kind", LineKind, "import_line_kind_known")]
        indexes = [
            models.Index(fields=["upload", "kind", "table", "row", "id"], name="import_line_place")
        ]

    def __str__(self):
        return f"{self.table}:{self.row}"
