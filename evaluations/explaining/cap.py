"""The cap on excellent: among the stored ratings of the same run, so that the explanation of one
member never depends on later changes in the records of the others.
"""

from collections import defaultdict
from fractions import Fraction

from .. import rules
from ..models import Rating, UnitCap
from .lines import CapLine


def cap_lines(records):
    """The cap line of each rating, None for those not rated."""
    scheme = records.scheme
    units = {rating.unit_id for rating in records.ratings}
    peers = defaultdict(list)
    for rating in Rating.objects.filter(
        roll_up=records.roll_up, unit__in=units, rated=True, level__in=["excellent", "good"]
    ).only(
        "unit", "person_class", "level", "score", "tasks_exceeded", "tasks_total",
        "present", "excused", "unexcused",
    ):  # fmt: skip
        peers[_cap_unit(rating, scheme)].append(candidate_of(rating, scheme))
    own = dict(
        UnitCap.objects.filter(unit__in=units, year=records.roll_up.year).values_list(
            "unit", "percent"
        )
    )
    found, caps = {}, {}
    for rating in records.ratings:
        key = _cap_unit(rating, scheme)
        if key not in found:
            percent = own.get(rating.unit_id, scheme.cap_percent)
            found[key] = rules.apply_cap(peers[key], percent=percent, base=scheme.cap_base)
        caps[rating.pk] = (
            _cap_line(rating, found[key], peers[key], scheme, own) if (rating.rated) else None
        )
    return caps


def _cap_unit(rating, scheme):
    return rating.unit_id, rating.person_class if scheme.cap_by_class else ""


def candidate_of(rating, scheme):
    """What the cap compares of a rating."""
    recorded = rating.present + rating.excused + rating.unexcused
    credited = rating.present + scheme.excused_credit * rating.excused
    return rules.Candidate(
        id=rating.pk,
        level=rating.level,
        score=rating.score,
        exceeded=Fraction(rating.tasks_exceeded, rating.tasks_total or 1),
        attendance=Fraction(credited) / (recorded or 1),
    )


def _cap_line(rating, cap, peers, scheme, own):
    mine = candidate_of(rating, scheme)
    better = sum(each.level == "excellent" and each.key > mine.key for each in peers)
    return CapLine(
        excellent=cap.excellent,
        good=cap.good,
        percent=cap.percent,
        own=rating.unit_id in own,
        base=scheme.cap_base,
        places=cap.places,
        place=better + 1 if rating.level == "excellent" else None,
        capped=rating.pk in cap.capped,
        tied=rating.pk in cap.tied,
        person_class=_cap_unit(rating, scheme)[1],
    )


def undecided_by_cap(cap):
    if cap is None or not cap.tied:
        return []
    return ["cap_tie"] if cap.places else ["cap_too_small"]
