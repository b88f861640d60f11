"""What the page of a trial shows: the matrix and its picture, units, and who changes level."""

from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.as_of import as_of
from branches.filters import MOST_CHOICES, Select
from branches.models import Organization

from ..models import RollUp
from ..templatetags.ratings import short_level

LEVELS = (*Level.values, "")  # "" is not rated
NOT_RATED = "none"  # what stands for "" in an address
MOST_UNITS = 30


@dataclass(frozen=True)
class Cell:
    """Members who go from one level to another; `filters` is the query that lists them."""

    former: str
    level: str
    number: int

    @property
    def stays(self):
        return self.former == self.level

    @property
    def query(self):
        return {"former": self.former or NOT_RATED, "level": self.level or NOT_RATED}


def matrix(result):
    """[(former level, [a Cell a level], sum)] of those who have a rating on record."""
    rows = []
    for former in LEVELS:
        cells = [
            Cell(former, level, result.transitions.get((former, level), 0)) for level in LEVELS
        ]
        total = sum(cell.number for cell in cells)
        if total:
            rows.append((former, cells, total))
    return rows


def matrix_sums(result):
    """[(level, sum of its column of the matrix)]."""
    known = {pair: number for pair, number in result.transitions.items() if pair[0] is not None}
    return [(level, sum(n for (_old, new), n in known.items() if new == level)) for level in LEVELS]


def sankey(result):
    """The matrix for the picture: nodes on two sides, and what flows between them."""
    nodes, links = [], []
    known = {pair: n for pair, n in result.transitions.items() if pair[0] is not None}
    for side, at in (("former", 0), ("level", 1)):
        for level in LEVELS:
            number = sum(n for pair, n in known.items() if pair[at] == level)
            if number:
                nodes.append(
                    {
                        "name": f"{side}-{level}",
                        "words": str(short_level(level)),
                        "side": ("left", "right")[at],
                        "level": level,
                        "number": number,
                    }
                )
    for (former, level), number in sorted(known.items(), key=_order):
        links.append(
            {
                "source": f"former-{former}",
                "target": f"level-{level}",
                "level": former,
                "number": number,
            }
        )
    return {"nodes": nodes, "links": links}


def _order(item):
    (former, level), _number = item
    return LEVELS.index(former), LEVELS.index(level)


def name_units(result, *, on):
    """{id: organization} of the units that the page names, by their names of the day."""
    ids = {cap.unit for cap in result.caps} | result.units.keys()
    units = Organization.objects.in_bulk(ids)
    as_of(units.values(), on=on)
    return units


def most_changed(result, units):
    """[(unit, UnitSum)]: the units in which most change, at most `MOST_UNITS`."""
    changed = [(unit, sums) for unit, sums in result.units.items() if sums.changed]
    changed.sort(key=lambda each: (-each[1].changed, units[each[0]].code))
    return [(units[unit], sums) for unit, sums in changed[:MOST_UNITS]]


def bases(result):
    """[(roll-up, number of members)] that gave the ratings on record, most first."""
    runs = RollUp.objects.select_related("scheme").in_bulk(result.roll_ups)
    pairs = sorted(result.roll_ups.items(), key=lambda pair: (-pair[1], -pair[0]))
    return [(runs[pk], number) for pk, number in pairs if pk in runs]


class ChangeForm(forms.Form):
    former = forms.ChoiceField(label=_("On record"), required=False, widget=Select)
    level = forms.ChoiceField(label=_("In the trial"), required=False, widget=Select)
    unit = forms.ChoiceField(label=_("Unit"), required=False, widget=Select)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        levels = [(level or NOT_RATED, short_level(level)) for level in LEVELS]
        self.fields["former"].choices = [("", _("All levels")), *levels]
        self.fields["level"].choices = [("", _("All levels")), *levels]
        named = sorted(units.values(), key=lambda unit: unit.code)
        if len(named) > MOST_CHOICES:
            del self.fields["unit"]
            return
        self.fields["unit"].choices = [("", _("All units")), *((u.pk, str(u)) for u in named)]


@dataclass
class ChangeFilter:
    """Who changes level, as the address asks; what is no choice of the form filters nothing."""

    data: dict
    result: object
    units: dict
    filters: tuple = ("former", "level", "unit")
    form: ChangeForm = field(init=False)

    def __post_init__(self):
        changed = {unit for unit, sums in self.result.units.items() if sums.changed}
        units = {pk: unit for pk, unit in self.units.items() if pk in changed}
        self.form = ChangeForm(self.data, units=units)
        self.form.is_valid()

    @property
    def rows(self):
        chosen = self.form.cleaned_data
        rows = self.result.changes
        for name, attribute in (("former", "former_level"), ("level", "level")):
            if value := chosen.get(name):
                wanted = "" if value == NOT_RATED else value
                rows = [row for row in rows if getattr(row, attribute) == wanted]
        if unit := chosen.get("unit"):
            rows = [row for row in rows if row.unit == int(unit)]
        return rows
