"""Members of a cycle as they stand before they are decided on, and what is in the way of it."""

from dataclasses import dataclass, field

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from branches.models import Member

from ..choices import StepKind
from ..models import Appraisal, StepDone, VoteCount

NAMED = 3  # so many of those that something is said of are named
AND_OTHERS = ngettext_lazy(
    "%(names)s and %(number)d other", "%(names)s and %(number)d others", "number"
)
# What keeps somebody from being decided on, and what to do about it.
PROBLEMS = {
    "suggestion": _("There is no suggestion yet for %(names)s: take the suggestions first."),
    "not_rated": _("Not to be rated this year: %(names)s. Leave them out."),
    "vote": _("The branch has not finished its vote on %(names)s: decide once that step is done."),
    "section": _(
        "The sub-committee has not proposed %(names)s yet: decide once that step is done."
    ),
    "not_voted": _(
        "The branch has not voted on %(names)s: hold a supplementary vote, then decide."
    ),
    "no_level": _("No level stands there to be taken over for %(names)s: choose one of the four."),
}


@dataclass(slots=True)
class Choice:
    """One appraisal that is decided on, as it stands, and the `level` it is to get.

    in_force, revision  the level decided so far, "" without one; the number of its decision or 0
    is_open             the rules leave the case open
    """

    pk: int
    member: int
    unit: int
    person_class: str
    rating: int | None
    rated: bool | None
    not_rated_reason: str
    suggested: str
    voted: str
    in_force: str
    revision: int
    disciplines: int
    is_open: bool
    was_voted_on: bool
    has_voted: bool
    waits_for_section: bool
    level: str = ""
    grounds: list = field(default_factory=list)

    @property
    def problem(self):
        """A key of PROBLEMS, None where nothing is in the way."""
        found = {
            "suggestion": self.rated is None,
            "not_rated": not self.rated and self.not_rated_reason != "no_results",
            "vote": not self.has_voted,
            "section": self.waits_for_section,
            "not_voted": not self.was_voted_on,
            "no_level": not self.level,
        }
        return next((kind for kind, holds in found.items() if holds), None)

    @property
    def member_id(self):
        """Its name in an Appraisal."""
        return self.member

    @property
    def move(self):
        """What the decision does to the cap (`cap_units.cap_after`)."""
        before = self.in_force or self.suggested, self.in_force
        return self.unit, self.person_class, before, (self.level or self.suggested, self.level)


def read_choices(cycle, appraisals):
    """The Choice of each appraisal of the queryset, which are of the cycle. Two queries."""
    done = StepDone.objects.filter(cycle_branch=OuterRef("cycle_branch"))
    waits = Q(pk=None)
    if cycle.steps.filter(kind=StepKind.SECTION).exists():
        waits = Q(cycle_branch__section__isnull=False) & ~Exists(done.filter(kind="section"))
    nothing = Value("", output_field=CharField())
    rows = Appraisal.objects.filter(pk__in=appraisals.order_by().values("pk"))
    columns = rows.order_by("pk").values_list(
        "pk",
        "member",
        "cycle_branch__unit",
        "person_class",
        "rating",
        "rated",
        "not_rated_reason",
        "suggested_level",
        "voted_level",
        Coalesce("decision__level", nothing),
        Coalesce("decision__revision", 0),
        Coalesce("rating__disciplines", 0),
        Coalesce(F("rating__needs_decision"), False),
        Exists(VoteCount.objects.filter(appraisal=OuterRef("pk"))),
        Exists(done.filter(kind=StepKind.VOTE)),
        Q(waits),
    )
    return [Choice(*row) for row in columns]


def about(sentence, members):
    """A sentence with `names`, of some members (ids): it names the first of them. One query."""
    named = Member.objects.filter(pk__in=sorted(members)[:NAMED]).order_by("sort_key", "code")
    names = ", ".join(map(str, named))
    if len(members) > NAMED:
        names = AND_OTHERS % {"names": names, "number": len(members) - NAMED}
    return sentence % {"names": names}
