"""Whom one might assign where nobody goes: by load, distance in the tree, and past assignments.

Suggestions are told with their reasons and never applied by themselves.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Member
from branches.periods import period

from ..assigning.cadres import cadres_of

SQL = (Path(__file__).parents[1] / "sql" / "suggestions.sql").read_text(encoding="utf-8")
MOST = 3
PAIR = re.compile(r"^([0-9]{1,18}):([0-9]{1,18})$")
PLACE_ABOVE, PLACE_BESIDE = 1, 2  # steps to the organization above, and to another one below it


@dataclass(frozen=True)
class Suggestion:
    """workload    assignments that the cadre has on the day
    steps       in the tree, from the own branch or post to the target
    there       whether the cadre was assigned to the target before; until: the last day of that
    neighbours  how many organizations beside the target the cadre goes or went to
    """

    member: Member
    workload: int
    steps: int
    there: bool
    until: date | None
    neighbours: int

    @property
    def reasons(self):
        """Why, in words: what speaks most for it first."""
        return [text for text in (self._past(), self._load(), self._distance()) if text]

    def _past(self):
        if self.there:
            return _("went there until %(day)s") % {
                "day": date_format(self.until, "SHORT_DATE_FORMAT")
            }
        if self.neighbours:
            return ngettext(
                "knows %(number)s place beside it",
                "knows %(number)s places beside it",
                self.neighbours,
            ) % {"number": self.neighbours}
        return ""

    def _load(self):
        if not self.workload:
            return _("is assigned to nothing")
        return ngettext(
            "has %(number)s assignment", "has %(number)s assignments", self.workload
        ) % {"number": self.workload}

    def _distance(self):
        if self.steps <= PLACE_ABOVE:
            return _("has a post right above it")
        if self.steps == PLACE_BESIDE:
            return _("comes from beside it")
        return _("comes from %(number)s steps away") % {"number": self.steps}


def suggest(targets, *, by, organization, on, today, most=MOST):
    """{id: the best Suggestions} for the ids of `targets`; two queries.

    by            the user who would assign: only members whom they see are named
    organization  the one acted for, whose cadres they are
    on, today     the day that is looked at, and the one that rights are asked of
    """
    targets = list(targets)
    if not targets:
        return {}
    seen = Member.objects.visible_to(by, on=today)
    candidates = cadres_of(organization, on=on).filter(pk__in=seen.values("pk")).values("pk")
    # On a past day nobody knew of assignments that began later.
    days = period(on, on if on < today else None)
    rows = _ask(targets, candidates, on=on, days=days, most=most)
    members = Member.objects.in_bulk({member for _target, member, *_rest in rows})
    found = defaultdict(list)
    for target, member, *facts in rows:
        found[target].append(Suggestion(members[member], *facts))
    return dict(found)


def chosen_pairs(texts, *, by, on):
    """[(member, organization)] for texts "MEMBER_ID:ORGANIZATION_ID", as the page of suggestions
    sends them; without those that the user does not see or that mean nothing."""
    pairs = [match.groups() for text in texts if (match := PAIR.match(text))]
    if not pairs:
        return []
    members = Member.objects.visible_to(by, on=on).in_bulk([pk for pk, _target in pairs])
    scope = by.scope_for("assign_work", on=on)
    targets = scope.in_bulk([pk for _member, pk in pairs])
    found = [(members.get(int(member)), targets.get(int(target))) for member, target in pairs]
    return [pair for pair in found if all(pair)]


def _ask(targets, candidates, **values):
    sql, parameters = candidates.query.sql_with_params()
    named = {f"candidate_{number}": value for number, value in enumerate(parameters)}
    inner = sql % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(SQL.replace("{candidates}", inner), named | {"targets": targets} | values)
        return cursor.fetchall()
