"""What the pictures are drawn from: plain values, ready for JSON on the page."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assignments.choices import Level

from ..templatetags.ratings import short_level

MOST_BARS = 50


def level_chart(board, *, addresses):
    """Stacked bars of levels, one a group, with the places of the cap as a line; where something
    was decided, a second bar below the suggested levels, of the decided ones.

    addresses  of each group, in the order of the board's bars: where a click leads
    """
    bars = board.bars[:MOST_BARS]
    series = [
        _series(level, "suggested", [bar.counts.levels[level] for bar in bars])
        for level in Level.values
    ]
    if board.totals.all_decided:
        series += [
            _series(level, "decided", [bar.counts.decided[level] for bar in bars])
            for level in Level.values
        ]
        series.append(
            {
                "level": "none",
                "label": _("Still to be decided"),
                "stack": "decided",
                "colour": "--line-strong",
                "data": [bar.counts.open for bar in bars],
            }
        )
    return {
        "labels": [str(bar.organization) for bar in bars],
        "addresses": addresses[:MOST_BARS],
        "stacks": {"suggested": pgettext("level", "suggested"), "decided": _("decided")},
        "series": series,
        "places": [bar.places for bar in bars],
    }


def _series(level, stack, data):
    return {"level": level, "label": str(short_level(level)), "stack": stack, "data": data}


def year_chart(years):
    """Lines of the share of each level, in percent with one decimal, over the years."""
    return {
        "labels": [str(each.year) for each in years],
        "series": [
            {
                "level": level,
                "label": str(short_level(level)),
                "data": [
                    None if each.shares[level] is None else round(each.shares[level], 1)
                    for each in years
                ],
            }
            for level in Level.values
        ],
    }
