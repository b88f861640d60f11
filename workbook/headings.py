"""The names of tables, columns and values: English keys, and Vietnamese names from headings.json.

A name is compared without case, diacritics, spaces or punctuation; the first Vietnamese name is
the one that export writes.
"""

import difflib
import json
import unicodedata
from functools import cache
from pathlib import Path

_HEADINGS = json.loads((Path(__file__).parent / "headings.json").read_text(encoding="utf-8"))
FEWEST_LETTERS = 3  # of a name within another one


def fold(name):
    """`name` as it is compared: "Họ và tên" and "ho_va_ten" are both "hovaten"."""
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum())


def heading_key(heading):
    """A heading as it is remembered (see models.HeadingAlias): folded, unless it is all signs."""
    return (fold(heading) or heading.strip())[:255]


def table_names(table):
    return (table, _HEADINGS["tables"][table])


def column_names(table, column):
    """The English key and the Vietnamese names of a column; those of its own table come first."""
    own = _HEADINGS["table_columns"].get(f"{table}.{column}", [])
    return (
        column,
        *own,
        *(name for name in _HEADINGS["columns"].get(column, []) if name not in own),
    )


@cache
def value_names(table, column):
    """{key: Vietnamese name} of a list of values."""
    values = _HEADINGS["values"]
    return values.get(f"{table}.{column}") or values[column]


def nearest(name, known):
    """The name in `known` that is written most like `name`, or None when none is near: one within
    the other ("members 2026", "meet"), else one of mostly the same letters."""
    folded = {fold(each): each for each in known}
    name = fold(name)
    if within := [each for each in folded if len(each) >= FEWEST_LETTERS and each in name]:
        return folded[max(within, key=len)]
    if around := [each for each in folded if len(name) >= FEWEST_LETTERS and name in each]:
        return folded[min(around, key=len)]
    found = difflib.get_close_matches(name, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
