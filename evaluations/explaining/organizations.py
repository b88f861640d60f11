"""An organization's suggestion in words: each criterion with its numbers, and the ladder.

The texts say what the row holds; nothing is computed anew but the sentences.
Source: docs/organization-rating-rules.md, 4 to 6.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from branches.templatetags.numbers import number

from ..choices import OrganizationCriterion
from ..rules import organizations, read_organization_scheme


@dataclass(frozen=True)
class Line:
    """One criterion: n of d, and its points of `most`. `points` None: it does not apply, or the
    organization is not rated."""

    key: str
    label: str
    n: Decimal
    d: Decimal
    most: Decimal
    points: Decimal | None
    counted: str


@dataclass(frozen=True)
class Rung:
    """One step of the ladder; `conditions` are (sentence, whether it is met)."""

    level: str
    conditions: list
    holds: bool
    chosen: bool
    needs: str


@dataclass(frozen=True)
class OrganizationExplanation:
    lines: list
    rungs: list


def explain_organization(appraisal, scheme):
    """The OrganizationExplanation of a row, with the stored rating set (a model) it was made by."""
    read = read_organization_scheme(scheme.definition)
    known = {key: _numbers(fact) for key, fact in appraisal.facts.items()}
    lines = [
        _line(key, known.get(key, (Decimal(0), Decimal(0), None)), read)
        for key in OrganizationCriterion.values
        if key in read.points
    ]
    return OrganizationExplanation(lines, _rungs(appraisal, read) if appraisal.rated else [])


def _numbers(fact):
    points = fact["points"]
    return Decimal(fact["n"]), Decimal(fact["d"]), None if points is None else Decimal(points)


def _line(key, fact, scheme):
    n, d, points = fact
    values = {"n": number(n.normalize()), "d": number(d.normalize())}
    counted = _counted(key) % values if d else _("Nothing on record: it does not count")
    label = OrganizationCriterion(key).label
    return Line(key, label, n, d, scheme.points[key], points, counted)


def _counted(key):
    return {
        "discipline": _("%(n)s of %(d)s members without a discipline"),
        "meetings": _("a regular meeting in %(n)s of %(d)s months"),
        "quality": _("%(n)s of %(d)s points of the meetings that were scored"),
        "indicators": _("%(n)s credited of %(d)s indicators"),
        "coverage": _("%(n)s of %(d)s members who are due a task have one"),
        "members": _("%(n)s credited for the levels of %(d)s members"),
        "branches": _("%(n)s credited for the levels of %(d)s organizations directly below"),
    }[key]


def _rungs(appraisal, scheme):
    facts = organizations.OrganizationFacts(
        fractions={},
        indicators=appraisal.indicators,
        exceeded=appraisal.exceeded,
        unmet=appraisal.unmet,
        leaders_disciplined=appraisal.leaders_disciplined,
        leaders_failing=appraisal.leaders_failing,
        disciplines=appraisal.disciplines,
        disciplines_failing=appraisal.disciplines_failing,
        below_disciplined=appraisal.below_disciplined,
    )
    steps = organizations.organization_steps(appraisal.score, facts, scheme)
    chosen = next(step for step in steps if step.holds)
    return [
        Rung(
            step.level,
            [(_sentence(condition), condition.met) for condition in step.conditions],
            step.holds,
            step is chosen,
            step.needs,
        )
        for step in steps
    ]


def _sentence(condition):
    values = {
        "value": number(condition.value.normalize()),
        "bound": number(condition.bound.normalize()),
    }
    return {
        "leaders_failing": _("disciplined in the leading collective so that it fails: %(value)s"),
        "leaders_undisciplined": _("disciplined in the leading collective: %(value)s"),
        "disciplines_failing": _("disciplined itself so that it fails: %(value)s"),
        "undisciplined": _("disciplined itself: %(value)s"),
        "below_undisciplined": _("organizations below that were disciplined: %(value)s"),
        "score_below": _("score %(value)s, below %(bound)s"),
        "score_from": _("score %(value)s, at least %(bound)s"),
        "unmet_over": _("indicators not met: %(value)s, more than %(bound)s"),
        "unmet_none": _("indicators not met: %(value)s"),
        "tasks_some": _("indicators with a target: %(value)s, at least 1"),
        "exceeded_from": _("indicators exceeded: %(value)s, at least %(bound)s"),
    }[condition.kind] % values
