"""Finding people and organizations by what somebody types or pastes: a code, a name, or both.

"0012345", "Nguyễn Văn An", "nguyen van an" and "Nguyễn Văn An (0012345)" may all mean one person. A
code decides; then a name with its diacritics; then a name without. What fits several is answered
with all of them, so that one can choose: nothing is ever guessed.
"""

import re
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q, Value
from django.utils.translation import gettext as _

from .fields import SearchKey

IN_BRACKETS = re.compile(r"^(?P<name>.*\S)\s*\((?P<code>[A-Za-z0-9][A-Za-z0-9._-]{0,63})\)$")
AT_ONCE = 200  # names looked for in one query


@dataclass
class Found:
    """The rows that a text may mean, in the order of their codes: none, the one, or several."""

    rows: list = field(default_factory=list)

    @property
    def row(self):
        """The row that is meant, or None when there is none or more than one."""
        return self.rows[0] if len(self.rows) == 1 else None


def find_rows(texts, rows):
    """{text: Found} for all `texts` at once, among `rows`: a queryset of members or organizations,
    which the caller has limited to those that the user may name. Three queries for 200 texts."""
    texts = {text: _parts(text) for text in dict.fromkeys(texts) if text.strip()}
    codes = {part for _name, code in texts.values() for part in [code] if part}
    by_code = {row.code: row for row in rows.filter(code__in=codes)} if codes else {}
    unknown = [text for text, (_name, code) in texts.items() if code not in by_code]
    by_name = _find_names([texts[text][0] for text in unknown], rows)
    return {
        text: Found([by_code[code]]) if code in by_code else Found(by_name.get(name, []))
        for text, (name, code) in texts.items()
    }


def say_unclear(text, found, *, describe):
    """Why a text means no row, in a sentence that says what to do."""
    if not found.rows:
        return _(
            "Nobody and nothing in your organizations is called “%(text)s” or has this code."
        ) % {"text": text}
    return _("“%(text)s” may be %(choices)s: write the code.") % {
        "text": text,
        "choices": _(" or ").join(describe(row) for row in found.rows[:4]),
    }


def _parts(text):
    """(name, code) that a text may stand for."""
    text = " ".join(text.split())
    if both := IN_BRACKETS.match(text):
        return both["name"], both["code"]
    return text, text


def _find_names(names, rows):
    """{name: rows of that name}; those that agree with the diacritics, if any do."""
    found = {}
    field_name = rows.search_field
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        # One equality a name: the trigram index serves each, but no list of them.
        same = Q()
        for name in some:
            same |= Q(search_key=SearchKey(Value(name)))
        keyed = rows.alias(search_key=SearchKey(field_name)).filter(same)
        by_key = {}
        for row in keyed.annotate(found_by=SearchKey(field_name)).order_by("code"):
            by_key.setdefault(row.found_by, []).append(row)
        for name, key in _keys(some).items():
            found[name] = _closest(name, by_key.get(key, []), field_name)
    return found


def _keys(names):
    """{name: its search key}, by the database's own function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, search_key(name) FROM unnest(%s) AS name", [names])
        return dict(cursor.fetchall())


def _closest(name, same, field_name):
    exact = [row for row in same if getattr(row, field_name).casefold() == name.casefold()]
    return exact or same
