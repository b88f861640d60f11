"""Which cadres and targets the texts of many rows mean, and who may be meant where it is unclear.

Only what the user may name is looked for: members whom the user sees, and organizations for which
the user assigns; first those at or below the organization acted for.
"""

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Value

from branches.fields import SearchKey
from branches.masking import CARD_NUMBER, Sight
from branches.models import Member, Organization
from branches.picking import BY_ID, Found, find_rows, write_row

MOST_OFFERED = 8  # candidates for one text
MOST_UNKNOWN = 10  # unknown texts for which near ones are looked for


class Names:
    """`find()` looks up the texts of all rows; then `meant()` and `offers()` answer for each."""

    sight = None  # what the user sees of members

    def __init__(self, rows):
        self.rows = rows
        self.found, self.near = {}, {}

    def find(self, texts):
        texts = [text for text in dict.fromkeys(texts) if text]
        self.found |= self.look_up(texts)
        unknown = [text for text in texts if not self.found[text].rows]
        self.near = self._near([text for text in unknown if not BY_ID.search(text)][:MOST_UNKNOWN])
        return self

    def look_up(self, texts):
        return {text: Found() for text in texts} | find_rows(texts, self.rows, sight=self.sight)

    def candidates(self, text, *, on):
        """The rows that the text may mean on the day: of several, those that are there then."""
        rows = self.found.get(text, Found()).rows
        there = [row for row in rows if self.is_there(row, on)]
        return there or rows

    def offers(self, text, *, on):
        """(value, label) of the rows to choose from where the text does not mean one."""
        rows = self.candidates(text, on=on) or self.near.get(text, [])
        return [(self.write(row), self.describe(row)) for row in rows[:MOST_OFFERED]]

    def _near(self, texts):
        """{text: rows that are written much like it}, in one query for all."""
        if not texts:
            return {}
        some = [self._near_one(number, text) for number, text in enumerate(texts)]
        first, *others = some
        found = first.union(*others) if others else first
        ids = list(found.values_list("number", "pk", "likeness"))
        rows = self.rows.in_bulk([pk for _number, pk, _likeness in ids])
        near = {text: [] for text in texts}
        for number, pk, _likeness in sorted(ids, key=lambda each: -each[2]):
            near[texts[number]].append(rows[pk])
        return near

    def _near_one(self, number, text):
        name, wanted = SearchKey(self.rows.search_field), SearchKey(Value(text[:100]))
        rows = self.rows.order_by().annotate(number=Value(number)).alias(search_key=name)
        rows = rows.filter(search_key__trigram_similar=wanted)
        likeness = TrigramSimilarity("search_key", wanted)
        return rows.annotate(likeness=likeness).order_by("-likeness", "pk")[:MOST_OFFERED]


class MemberNames(Names):
    def __init__(self, *, by, on):
        super().__init__(Member.objects.visible_to(by, on=on).with_branch(on=on))
        self.sight = Sight(by, on=on)

    def look_up(self, texts):
        found = super().look_up(texts)
        self.sight.look([row.pk for each in found.values() for row in each.rows])
        return found

    @staticmethod
    def is_there(row, on):
        return row.left_on is None or row.left_on > on

    def write(self, row):
        return write_row(row, self.sight)

    def describe(self, row):
        seen = self.sight.sees(CARD_NUMBER, row.pk)
        parts = [row.full_name, row.code if seen else "", row.branch_name_on or ""]
        return " · ".join(part for part in parts if part)


class TargetNames(Names):
    def __init__(self, *, by, on, organization):
        """organization: the one acted for; others of the user are looked at where it has none."""
        scope = by.scope_for("assign_work", on=on)
        below = Organization.objects.below(organization, on=on)
        super().__init__(scope.filter(pk__in=below.values("pk")))
        self.scope = scope

    def look_up(self, texts):
        found = super().look_up(texts)
        elsewhere = [text for text, each in found.items() if not each.rows]
        return found | find_rows(elsewhere, self.scope)

    @staticmethod
    def is_there(row, on):
        days = row.validity
        return (days.lower is None or days.lower <= on) and (days.upper is None or on < days.upper)

    def write(self, row):
        return f"{row.name} ({row.code})"

    def describe(self, row):
        return f"{row.name} · {row.code}"
