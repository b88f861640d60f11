"""Two people at one row: whoever saves second is told, and nothing is overwritten in silence."""

import hashlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def mark_of(row):
    """A short mark of all stored values of the row: another one when any of them differs."""
    values = [(field.attname, getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return hashlib.sha256(repr([row._meta.label, values]).encode()).hexdigest()[:24]


def lock_unchanged(row, seen):
    """Lock the row and return it fresh. Raises ValidationError when it is gone, or is no more as it
    was when `seen` was its mark."""
    fresh = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None or mark_of(fresh) != seen:
        raise ValidationError(
            _("Somebody else has changed “%(row)s” since you opened it, so nothing was saved.")
            % {"row": row},
            code="changed_meanwhile",
        )
    return fresh
