"""Columns and values of the audit trail in the words of the pages."""

import json
import re
from datetime import date, datetime
from decimal import Decimal

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg2.extras import DateRange

from branches.masking import MASKED_COLUMNS
from branches.models import Member
from branches.templatetags.acting import period_words
from branches.templatetags.numbers import number

NOTHING = "–"
MOST_LETTERS = 300
PERIOD = re.compile(r"[\[(](\d{4}-\d\d-\d\d)?,(\d{4}-\d\d-\d\d)?[\])]")
# Fields of other libraries, which name them in English only.
gettext_noop("verified")
gettext_noop("primary")
gettext_noop("type")
gettext_noop("created at")
gettext_noop("provider")
gettext_noop("user")


def field_of(model, column):
    """The field of a column; None for one that the table no longer has."""
    return next((each for each in model._meta.concrete_fields if each.column == column), None)


def column_name(model, column):
    known = field_of(model, column)
    return capfirst(_(str(known.verbose_name))) if known else column


def say(model, column, value, *, row_id, reader):
    """A value as `to_jsonb` has it, in words; masked where the reader may not see it whole."""
    if value is None or value == "":
        return NOTHING
    known = field_of(model, column)
    if isinstance(known, models.ForeignKey):
        return reader.name(known.related_model, value) or f"#{value}"
    if model is Member and column in MASKED_COLUMNS:
        mask, action = MASKED_COLUMNS[column]
        return value if reader.sight.sees(action, row_id) else mask(value)
    if known is not None and known.choices:
        return str(dict(known.flatchoices).get(value, value))
    return _plain(known, value)[:MOST_LETTERS]


def _plain(known, value):
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(known, DateRangeField):
        return _period(value)
    if isinstance(known, models.DateTimeField):
        return date_format(
            timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT"
        )
    if isinstance(known, models.DateField):
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if isinstance(known, models.DecimalField):
        return number(Decimal(str(value)))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _period(text):
    found = PERIOD.fullmatch(text)
    if found is None:  # no period of days as people write them: as it stands
        return text
    first, end = (date.fromisoformat(day) if day else None for day in found.groups())
    return period_words(DateRange(first, end))
