"""The organizations of a cycle counted by suggested and by decided level, and the bars of it."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assignments.choices import Level
from branches.choices import OrganizationKind

from ..board.charts import MOST_BARS
from ..templatetags.ratings import short_level


@dataclass
class Bar:
    """Some organizations counted by suggested and by decided level.

    of      the committee that decides on them, or their kind; None for all together
    places  of the cap and beyond it; None where the cap counts others with them
    open    suggested and not decided on; `waiting` are not ready yet
    """

    of: object
    places: int | None = None
    suggested: Counter = field(default_factory=Counter)
    decided: Counter = field(default_factory=Counter)
    organizations: int = 0
    open: int = 0
    waiting: int = 0
    not_rated: int = 0
    differing: int = 0
    tied: int = 0

    @property
    def name(self):
        return str(self.of.label if isinstance(self.of, OrganizationKind) else self.of)

    @property
    def cells(self):
        """(level, suggested, decided) of each level."""
        return [(level, self.suggested[level], self.decided[level]) for level in Level.values]

    @property
    def is_decided(self):
        return any(self.decided[level] for level in Level.values)

    @property
    def rated(self):
        return sum(self.suggested[level] for level in Level.values)

    def add(self, appraisal):
        decided = appraisal.decided_level
        self.organizations += 1
        self.suggested[appraisal.suggested_level] += 1
        self.decided[decided] += 1
        self.not_rated += appraisal.rated is False and not decided
        self.waiting += appraisal.rated is None and not decided
        self.open += bool(appraisal.rated) and not decided
        self.differing += bool(decided) and decided != appraisal.suggested_level
        self.tied += appraisal.tied and not decided


def count_all(appraisals):
    """The Bar of all together."""
    return _fill({}, appraisals, lambda each: None).get(None, Bar(None))


def bars_by_committee(appraisals, groups):
    """A Bar of each competent committee of the organizations, by its code."""
    bars = _fill({}, appraisals, lambda each: each.committee)
    _set_places(bars, groups, lambda group: group.organization)
    return sorted(bars.values(), key=lambda bar: bar.of.code)


def bars_by_kind(appraisals, groups):
    """A Bar of each kind of the organizations, in the order of the kinds."""
    bars = _fill({}, appraisals, lambda each: OrganizationKind(each.kind))
    _set_places(bars, groups, lambda group: OrganizationKind(group.kind) if group.kind else None)
    order = list(OrganizationKind)
    return sorted(bars.values(), key=lambda bar: order.index(bar.of))


def _fill(bars, appraisals, key):
    for appraisal in appraisals:
        of = key(appraisal)
        bars.setdefault(of, Bar(of)).add(appraisal)
    return bars


def _set_places(bars, groups, key):
    """Where each group of the cap lies within one bar, the places of its groups."""
    places = Counter()
    for group in groups:
        places[key(group)] += group.all_places
    if bars.keys() >= places.keys():
        for of, bar in bars.items():
            bar.places = places[of]


def organization_chart(bars, *, addresses):
    """What `level-chart.js` draws: as `charts.level_chart`, a bar of each."""
    bars = bars[:MOST_BARS]
    series = [_series(level, "suggested", bars) for level in Level.values]
    if any(bar.is_decided for bar in bars):
        series += [_series(level, "decided", bars) for level in Level.values]
        series.append(
            {
                "level": "none",
                "label": _("Still to be decided"),
                "stack": "decided",
                "colour": "--line-strong",
                "data": [bar.open for bar in bars],
            }
        )
    return {
        "labels": [bar.name for bar in bars],
        "addresses": addresses[:MOST_BARS],
        "stacks": {"suggested": pgettext("level", "suggested"), "decided": _("decided")},
        "series": series,
        "places": [bar.places for bar in bars],
    }


def _series(level, stack, bars):
    data = [getattr(bar, stack)[level] for bar in bars]
    return {"level": level, "label": str(short_level(level)), "stack": stack, "data": data}
