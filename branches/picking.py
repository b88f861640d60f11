"""Finding people and organizations by what somebody types or pastes: a code, a name, or both.

"0012345", "Nguyễn Văn An", "nguyen van an" and "Nguyễn Văn An (0012345)" may all mean one person. A
code decides; then a name with its diacritics; then a name without. What fits several is answered
with all of them, so that one can choose: nothing is ever guessed.

A party card that stands masked to the reader finds nobody, so that no guess tells whose it is;
"#17" or "Nguyễn Văn An (#17)" means the row by its id, for who reads no card to tell two apart.
"""

import re
from dataclasses import dataclass, field
from functools import partial

from django.db import connection
from django.db.models import Q, Value
from django.utils.translation import gettext as _

from .fields import SearchKey
from .masking import CARD_NUMBER
from .models import Member

BY_ID = re.compile(r"(?:^|\()#(?P<pk>\d{1,18})\)?$")
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


def find_rows(texts, rows, *, sight=None):
    """{text: Found} for all `texts` at once, among `rows`: a queryset of members or organizations,
    which the caller has limited to those that the user may name. For members `sight` is the
    user's (masking.Sight); without it no card finds anybody. Three queries for 200 texts, and one
    each for cards and ids, if there are any."""
    texts = [text for text in dict.fromkeys(texts) if text.strip()]
    by_id = {text: int(match["pk"]) for text in texts if (match := BY_ID.search(text.strip()))}
    known = rows.in_bulk(set(by_id.values())) if by_id else {}
    found = {text: Found([known[pk]] if pk in known else []) for text, pk in by_id.items()}
    return found | _find_named([text for text in texts if text not in by_id], rows, sight)


def write_row(row, sight=None):
    """The row as `find_rows` finds it again; a member by the card only for who may read it."""
    return f"{row} ({row.code if _is_readable(row, sight) else f'#{row.pk}'})"


def _find_named(texts, rows, sight):
    texts = {text: _parts(text) for text in texts}
    codes = {code for _name, code in texts.values() if code}
    coded = list(rows.filter(code__in=codes)) if codes else []
    if sight:
        sight.look([row.pk for row in coded])
    by_code = {row.code: row for row in coded if _is_readable(row, sight)}
    unknown = [text for text, (_name, code) in texts.items() if code not in by_code]
    by_name = _find_names([texts[text][0] for text in unknown], rows)
    return {
        text: Found([by_code[code]]) if code in by_code else Found(by_name.get(name, []))
        for text, (name, code) in texts.items()
    }


def _is_readable(row, sight):
    if not isinstance(row, Member):
        return True
    return sight is not None and sight.sees(CARD_NUMBER, row.pk)


def say_unclear(text, found, *, sight=None, describe=None):
    """Why a text means no row, in a sentence that says what to do.

    describe  how a row is called, if not by write_row()
    """
    describe = describe or partial(write_row, sight=sight)
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
