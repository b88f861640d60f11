"""A rating set of organizations as plain values. Source: docs/organization-rating-rules.md, 2."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .definition import DefinitionReader
from .scheme import CAP_BASES, LEVELS, MOST_CREDIT

CRITERIA = (
    "discipline",
    "meetings",
    "quality",
    "indicators",
    "coverage",
    "members",
    "branches",
)
INDICATOR_RESULTS = ("exceeded", "met", "unmet")
DISCIPLINE_FORMS = ("reprimand", "warning", "dismissal", "expulsion")
# How organizations are disciplined, and the least of the forms above that means each.
ORGANIZATION_FORMS = {"reprimand": "reprimand", "warning": "warning", "dissolution": "expulsion"}
CAP_WITHIN = ("committee", "cycle")
MOST_NEW_MONTHS = 120


@dataclass(frozen=True)
class OrganizationScheme:
    """The values of a rating set. Criteria without points are not used and have no group here.

    points                  M of each used criterion, by its key
    group_of, group_points  the group of each used criterion; G of each group
    shares, credits         without unit; cap_percent in percent
    discipline_fails_from   the least form, None: none
    """

    points: Mapping[str, Decimal]
    group_of: Mapping[str, str]
    group_points: Mapping[str, Decimal]
    member_credit: Mapping[str, Decimal]
    branch_credit: Mapping[str, Decimal]
    indicator_credit: Mapping[str, Decimal]
    minimum: Mapping[str, Decimal]
    exceeded_share: Decimal
    unmet_fail_share: Decimal
    discipline_fails_from: str | None
    new_months: int
    successors_are_new: bool
    cap_percent: Decimal
    cap_base: str
    cap_by_kind: bool
    cap_within: str
    shortcomings_mended: bool

    @property
    def failing_forms(self) -> tuple[str, ...]:
        """The forms of discipline that mean `failed`."""
        if self.discipline_fails_from is None:
            return ()
        return DISCIPLINE_FORMS[DISCIPLINE_FORMS.index(self.discipline_fails_from) :]

    @property
    def failing_organization_forms(self) -> tuple[str, ...]:
        """The forms of discipline of the organization itself that mean `failed`."""
        return tuple(
            own for own, as_of_one in ORGANIZATION_FORMS.items() if as_of_one in self.failing_forms
        )


def read_organization_scheme(definition: Mapping) -> OrganizationScheme:
    """Return the rating set that `definition` (the JSON of `evaluations/organization_schemes/`)
    describes. Raises SchemeError, with everything that is wrong."""
    return _Reader(definition).scheme()


class _Reader(DefinitionReader):
    criteria = CRITERIA

    def scheme(self):
        read, cap = self.definition, self.part("cap")
        groups, points, group_of = self.groups()
        conditions = self.flags_given("conditions", {"shortcomings_mended"})
        scheme = OrganizationScheme(
            points=points,
            group_of=group_of,
            group_points=groups,
            member_credit=self.numbers("member_credit", LEVELS, MOST_CREDIT),
            branch_credit=self.numbers("branch_credit", LEVELS, MOST_CREDIT),
            indicator_credit=self.numbers("indicator_credit", INDICATOR_RESULTS, MOST_CREDIT),
            minimum=self.numbers("min", LEVELS[:3]),
            exceeded_share=self.number(read, "exceeded_share"),
            unmet_fail_share=self.number(read, "unmet_fail_share"),
            discipline_fails_from=self.one_of(
                (*DISCIPLINE_FORMS, None), read, "discipline_fails_from"
            ),
            new_months=self._months(),
            successors_are_new=self.flag(read, "successors_are_new"),
            cap_percent=self.number(cap, "percent", "cap."),
            cap_base=self.one_of(CAP_BASES, cap, "base", "cap."),
            cap_by_kind=self.flag(cap, "by_kind", "cap."),
            cap_within=self.one_of(CAP_WITHIN, cap, "within", "cap."),
            shortcomings_mended=self.flag(
                conditions, "shortcomings_mended", "conditions.", default=False
            ),
        )
        self.refuse_problems()
        return scheme

    def _months(self):
        months = self.number(self.definition, "new_months", most=MOST_NEW_MONTHS)
        if months != int(months):
            self.problems.append("new_months: a whole number of months is needed")
        return int(months)
