"""What keeps an import from being undone: rows of it that were changed since, and rows that refer
to those it brought. Said in sentences; of what the reader may not see, only that it is there."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audited import NAMES, NOT_AUDITED, owner_of
from accounts.models import JournalEntry
from accounts.querysets import visible_rows
from accounts.undoing import MOST_NAMED

from .models import Import


@dataclass(frozen=True)
class Reader:
    """To whom it is said, and on which day."""

    user: object
    on: date


def tell_newer(undoing, *, by, on):
    """The sentences for the user `by` on the day; [] when nothing stands in the way.

    undoing  accounts.undoing.Undoing of the import
    """
    reader = Reader(by, on)
    sentences = []
    for table, rows in undoing.changed_since(whole_rows=True).items():
        sentences += _tell_changed(undoing.models[table], rows, reader=reader)
    for model, target, count, ids in undoing.referring():
        sentences += _tell_referring(model, ids, count, target, reader=reader)
    # Ratings and parts of a roll-up all tell of the roll-up.
    return list(dict.fromkeys(sentences))


def _tell_changed(model, rows, *, reader):
    entries = JournalEntry.objects.select_related("user").in_bulk(
        {rows[row_id] for row_id in sorted(rows)[:MOST_NAMED]}
    )
    uploads = _uploads_of(entries.values(), reader=reader)
    seen = _seen(model, rows, reader=reader)
    for row_id in sorted(rows)[:MOST_NAMED]:
        entry = entries[rows[row_id]]
        if row_id not in seen:
            yield _("%(kind)s outside of what you answer for: changed since.") % {
                "kind": _kind(model)
            }
            continue
        yield _("%(kind)s “%(row)s”: changed on %(at)s %(who)s.") % {
            "kind": _kind(model),
            "row": seen[row_id],
            "at": date_format(localtime(entry.at), "SHORT_DATETIME_FORMAT"),
            "who": uploads.get(entry.transaction) or _by(entry.user),
        }
    if len(rows) > MOST_NAMED:
        yield _and_more(len(rows) - MOST_NAMED)


def _uploads_of(entries, *, reader):
    """{transaction: "by the import …"} of the entries that imports made."""
    transactions = {entry.transaction for entry in entries}
    visible = Import.objects.visible_to(reader.user, on=reader.on)
    newer = (
        visible.filter(transaction__in=transactions).select_related("file").defer("file__content")
    )
    return {
        each.transaction: _("by the later import “%(file)s”: undo that one first")
        % {"file": each.file}
        for each in newer
    }


def _by(user):
    if user is None:
        return _("by a program")
    return _("by %(user)s") % {"user": user.get_full_name() or user.username}


def _tell_referring(model, ids, count, target, *, reader):
    seen = _seen(model, ids, reader=reader)
    for row_id in ids:
        told = {"kind": _kind(model), "row": seen.get(row_id), "target": _kind(target)}
        if row_id in seen:
            message = _("%(kind)s “%(row)s” refers to what the import brought (%(target)s).")
        else:
            message = _(
                "%(kind)s outside of what you answer for refers to what the import brought "
                "(%(target)s)."
            )
        yield message % told
    if count > len(ids):
        yield _and_more(count - len(ids))


def _and_more(count):
    return ngettext("… and %(count)d more.", "… and %(count)d more.", count) % {"count": count}


def _kind(model):
    """What people call a row of the model; of what is computed, that by which it is."""
    owner = _owner(model)
    known = owner.related_model if owner else model
    return str(NAMES.get(known._meta.label, known._meta.verbose_name))


def _owner(model):
    """The field of what a row is computed by; None for what people enter."""
    return owner_of(model) if model._meta.label in NOT_AUDITED else None


def _seen(model, ids, *, reader):
    """{id: what it is called} of the rows that the user sees, and those that are gone."""
    rows = visible_rows(model, reader.user, on=reader.on)
    owner = _owner(model)
    rows = rows.filter(pk__in=list(ids)[:MOST_NAMED]).select_related(
        *([owner.name] if owner else [])
    )
    return {row.pk: str(getattr(row, owner.name) if owner else row) for row in rows}
