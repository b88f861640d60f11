"""What a cycle still needs before it can be locked (docs/year-end.md, 5)."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..choices import StepKind
from ..deciding.conditions import broken_conditions
from ..models import CycleBranch, StepDone
from ..organizations import missing_organizations

UNDECIDED = Q(rated=True) & (Q(decision=None) | Q(decision__level=""))
DECIDED = Q(decision__isnull=False) & ~Q(decision__level="")
NOT_TO_BE_RATED = Q(rated=False) & ~Q(not_rated_reason="no_results")


@dataclass(frozen=True)
class Readiness:
    """What is missing, as numbers of members, and of branches by step.

    not_rated  those who are not rated: {reason: number of members}
    more       sentences on organizations, and on conditions that came to be known later
    """

    was_suggested: bool
    without_suggestion: int
    undecided: int
    decided_wrongly: int
    decided: int
    steps: dict
    not_rated: dict
    more: list

    @property
    def is_ready(self):
        return not self.sentences

    @property
    def sentences(self):
        """What is missing, each as a sentence that says what to do."""
        found = []
        if self.without_suggestion or not self.was_suggested:
            found.append(
                ngettext(
                    "%(count)d member has no suggestion: run the roll-up and take the suggestions.",
                    "%(count)d members have no suggestion: run the roll-up and take the "
                    "suggestions.",
                    self.without_suggestion,
                )
                % {"count": self.without_suggestion}
            )
        if self.undecided:
            sentence = ngettext(
                "%(count)d member is not decided on: decide first.",
                "%(count)d members are not decided on: decide first.",
                self.undecided,
            )
            found.append(sentence % {"count": self.undecided})
        if self.decided_wrongly:
            sentence = ngettext(
                "%(count)d member is decided on and not to be rated any more: take that back.",
                "%(count)d members are decided on and not to be rated any more: take that back.",
                self.decided_wrongly,
            )
            found.append(sentence % {"count": self.decided_wrongly})
        steps = [_step_sentence(kind, count) for kind, count in self.steps.items() if count]
        return found + steps + self.more


def _step_sentence(kind, count):
    sentence = ngettext(
        "%(count)d branch has not done the step “%(step)s”: finish it first.",
        "%(count)d branches have not done the step “%(step)s”: finish it first.",
        count,
    )
    return sentence % {"count": count, "step": StepKind(kind).label}


def read_readiness(cycle):
    """The Readiness of a cycle. Seven queries, and some more where its set has conditions."""
    counts = cycle.appraisals.aggregate(
        without_suggestion=Count("pk", filter=Q(rated=None)),
        undecided=Count("pk", filter=UNDECIDED),
        decided_wrongly=Count("pk", filter=DECIDED & NOT_TO_BE_RATED),
        decided=Count("pk", filter=DECIDED),
    )
    not_rated = cycle.appraisals.filter(rated=False, decision__isnull=True).order_by()
    reasons = not_rated.values_list("not_rated_reason").annotate(Count("pk"))
    return Readiness(
        was_suggested=cycle.suggested_at is not None,
        steps=_open_steps(cycle),
        not_rated=dict(reasons),
        more=missing_organizations(cycle) + _condition_sentences(cycle),
        **counts,
    )


def _condition_sentences(cycle):
    """Who stands above a condition that was decided or stated after them."""
    sentence = _(
        "%(name)s is decided above what the condition “%(condition)s” leaves open: decide again, "
        "with the reason."
    )
    return [
        sentence % {"name": appraisal.member, "condition": wrong[0].kind.label}
        for appraisal, wrong in broken_conditions(cycle)
    ]


def _open_steps(cycle):
    """{kind: so many branches have not done it} of the steps of the cycle, in their order."""
    branches = CycleBranch.objects.filter(cycle=cycle)
    sizes = branches.aggregate(all=Count("pk"), below=Count("section"))
    done = StepDone.objects.filter(cycle_branch__cycle=cycle).order_by()
    counts = dict(done.values_list("kind").annotate(Count("pk")))
    kinds = set(cycle.steps.values_list("kind", flat=True))
    return {
        kind: (sizes["below"] if kind == StepKind.SECTION else sizes["all"]) - counts.get(kind, 0)
        for kind in StepKind
        if kind in kinds
    }
