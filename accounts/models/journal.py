"""The audit trail, which triggers write (accounts/sql/journal.sql), and the log of reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Member, Organization

from ..choices import AccessKind, Operation
from ..multirange import BigIntegerMultirangeField
from ..querysets import AccessLogQuerySet, JournalChangeQuerySet, JournalEntryQuerySet
from .user import User


def _outlived(to, related_name="+", **options):
    """A reference that the database does not check: the trail outlives what it is about."""
    return models.ForeignKey(
        to,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name=related_name,
        db_constraint=False,
        **options,
    )


class JournalEntry(models.Model):
    """One statement that changed rows of an audited table. Never written by the application.

    `user` is whom the transaction was put down to, None for what no user of the application did;
    `db_role` is who was connected to the database. `ids` are the ids of all rows it touched.
    """

    at = models.DateTimeField(_("at"))
    transaction = models.BigIntegerField(_("transaction"))
    user = _outlived(User, "journal", verbose_name=_("user"), db_index=False)
    db_role = models.CharField(_("database role"), max_length=63)
    source = models.TextField(_("source"))
    reason = models.TextField(_("reason"))
    table_name = models.CharField(_("table"), max_length=63)
    operation = models.CharField(_("operation"), max_length=6, choices=Operation.choices)
    rows = models.BigIntegerField(_("rows"))
    ids = BigIntegerMultirangeField()

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at", "id"], name="journal_at"),
            models.Index(fields=["user", "at"], name="journal_user"),
        ]

    def __str__(self):
        return f"{self.operation} {self.table_name} ({self.rows})"


class JournalChange(models.Model):
    """What an update or delete did to one row: {column: value} of the columns that differ, all of
    them for a deleted row. A value that is never recorded stands as null, before and after.

    Inserted rows have none: what they held first is the row as it is, or as it was deleted, less
    the changes since.
    """

    pk = models.CompositePrimaryKey("entry_id", "row_id")
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.DO_NOTHING,
        related_name="changes",
        db_constraint=False,
        db_index=False,
    )
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = JournalChangeQuerySet.as_manager()

    def __str__(self):
        return f"{self.entry_id}: {self.row_id}"


class AccessLog(models.Model):
    """Who read, exported or signed in; `rows` is how many rows were handed out.

    Written by `accounts.recording.log_access`, and never changed.
    """

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=21, choices=AccessKind.choices)
    by = _outlived(User, "accesses", verbose_name=_("user"), db_index=False)
    member = _outlived(Member, verbose_name=_("member"))
    organization = _outlived(Organization, verbose_name=_("organization"), db_index=False)
    rows = models.BigIntegerField(_("rows"), null=True)
    note = models.TextField(_("note"), blank=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [choice_constraint("kind", AccessKind, "access_kind_known")]
        indexes = [
            models.Index(fields=["at", "id"], name="access_at"),
            models.Index(fields=["by", "at"], name="access_by"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.by_id}"
