"""What the pictures are drawn from: plain values, ready for JSON on the page."""

from assignments.choices import Level

from .templatetags.ratings import short_level

MOST_BARS = 50


def level_chart(board):
    """Stacked bars of the suggested levels, one a group, with the places of the cap as a line."""
    bars = board.bars[:MOST_BARS]
    return {
        "labels": [str(bar.organization) for bar in bars],
        "series": [
            {
                "level": level,
                "label": str(short_level(level)),
                "data": [bar.counts.levels[level] for bar in bars],
            }
            for level in Level.values
        ],
        "places": [bar.places for bar in bars],
    }
