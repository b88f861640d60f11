"""Tables, columns and values of a preview in the reader's words."""

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from branches.templatetags.numbers import number

from .cells import Boolean, Choice, Date, Number, Whole
from .headings import column_names, table_names
from .tables import BY_NAME

NOTHING = "–"
MOST_LETTERS = 200


def table_word(name):
    """A table as people call it; what is no table, as it is written."""
    if name not in BY_NAME:
        return name
    return table_names(name)[_is_vietnamese()]


def column_word(table, name):
    if table not in BY_NAME or name not in BY_NAME[table].by_name:
        return name
    return column_names(table, name)[_is_vietnamese()]


def value_words(table, column, value):
    """A value as JSON has it; a dash for none."""
    if value is None or value == "":
        return NOTHING
    known = BY_NAME[table].by_name.get(column) if table in BY_NAME else None
    match known and known.cell:
        case Date():
            return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        case Boolean():
            return _("Yes") if value else _("No")
        case Whole():
            return str(value)
        case Number():
            return number(Decimal(str(value)))
        case Choice() as choice if _is_vietnamese():
            return choice.names.get(value, value)
    return Truncator(str(value)).chars(MOST_LETTERS)


def fields_of(line):
    """[(column, before, after)] of a changed row, [(column, None, value)] of a new one, in the
    order of the table's columns and in words."""
    columns = BY_NAME[line.table].by_name if line.table in BY_NAME else {}
    found = []
    for name in sorted(line.values, key=list(columns).index):
        value = line.values[name]
        if isinstance(value, list):
            before, after = (value_words(line.table, name, each) for each in value)
            found.append((column_word(line.table, name), before, after))
        elif value not in (None, ""):
            words = value_words(line.table, name, value)
            found.append((column_word(line.table, name), None, words))
    return found


def _is_vietnamese():
    return get_language() == "vi"
