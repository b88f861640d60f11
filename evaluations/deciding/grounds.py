"""Why a decision needs its reason, as a pure function. `decision_grounds()` of the database, which
holds decisions to it, knows the part that stands in rows. Source: docs/year-end.md, 4.
"""

from ..choices import Ground


def grounds_of(
    level: str,
    *,
    suggested: str,
    voted: str,
    disciplines: int = 0,
    is_open: bool = False,
    is_tied: bool = False,
    is_above_cap: bool = False,
    has_unmet: bool = False,
) -> list[Ground]:
    """The grounds on which a decision for `level` must give its reason, in the order of `Ground`.

    suggested, voted  levels, "" where there is none
    is_open           the rules leave the case open; is_tied: because of others at the cap
    has_unmet         a condition of the level is not met
    """
    holds = {
        Ground.DIFFERS: level != suggested,
        Ground.VOTE: level != voted,
        Ground.DISCIPLINE: disciplines > 0,
        Ground.TIE: is_tied,
        Ground.CAP: is_above_cap,
        Ground.CONDITION: has_unmet,
        Ground.UNDECIDED: is_open and not is_tied,
    }
    return [ground for ground in Ground if holds[ground]]
