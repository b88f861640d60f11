"""The best level that a condition leaves open. Source: docs/organization-rating-rules.md, 9."""

from .scheme import LEVELS


def best_beside(level: str, *, steps: int = 0) -> str:
    """The best level of one who may be `steps` levels above an organization of `level`."""
    return LEVELS[max(0, LEVELS.index(level) - steps)]


def best_when_mended(mended: bool | None) -> str:
    """The best level beside shortcomings that are mended or not; "" while nothing is stated."""
    if mended is None:
        return ""
    return "excellent" if mended else "good"


def allows(best: str, level: str) -> bool:
    """Whether `level` is not above `best`."""
    return LEVELS.index(level) >= LEVELS.index(best)
