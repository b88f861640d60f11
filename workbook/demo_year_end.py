"""The part of the demo in which Tiền An ends its year: one branch has voted, one is about to.

Made by the services that the pages use, on the ratings of the demo; days are around today, so that
some steps are late and others are not.
"""

from datetime import timedelta
from decimal import Decimal

from accounts.models import User
from accounts.recording import recording
from branches.models import Organization
from evaluations.choices import StepKind
from evaluations.models import Cycle
from evaluations.services.appraisals import points_of_groups, propose, save_self_review
from evaluations.services.cycle_steps import finish_step
from evaluations.services.cycles import open_cycle, take_suggestions
from evaluations.services.votes import record_vote
from evaluations.voting import suggest_base

WARD, YEAR = "TA", 2016
VOTED, ABOUT_TO_VOTE = "TA-2", "TA-1"
BOARD, SECRETARY = "bantochuc", "bithu"
# Days from today until each step is to be done.
DUE = {
    StepKind.COLLECTIVE: -20,
    StepKind.SELF_REVIEW: -12,
    StepKind.COMMENTS: -8,
    StepKind.PROPOSAL: -2,
    StepKind.VOTE: 5,
    StepKind.DECISION: 15,
    StepKind.ORGANIZATIONS: 20,
    StepKind.NOTICE: 25,
}
NOTE = "Các đồng chí chưa nộp sẽ bổ sung tại hội nghị."
REVIEW = {
    "strengths": "Dự sinh hoạt đều; hoàn thành phần việc chi bộ phân công.",
    "shortcomings": "Có lúc chưa mạnh dạn góp ý.",
    "causes": "Ngại va chạm.",
    "mended": "Đã khắc phục việc nộp báo cáo chậm năm trước.",
    "plans": "Mỗi quý góp ý ít nhất một lần tại chi bộ.",
}
OTHERS = 3  # papers that mark another level than most


def load_year_end_demo(*, on, at):
    """Open the cycle and do its first steps, once the ratings are there; a second time nothing."""
    ward = Organization.objects.get(code=WARD)
    if Cycle.objects.filter(organization=ward, year=YEAR).exists():
        return
    people = User.objects.in_bulk([BOARD, SECRETARY], field_name="username")
    with recording(people[BOARD], reason="", source="load_demo"):
        steps = {kind: on + timedelta(days) for kind, days in DUE.items()}
        cycle = open_cycle(ward, year=YEAR, steps=steps, by=people[BOARD], on=on, at=at)
        take_suggestions(cycle, by=people[BOARD], on=on, at=at)
    when = {"by": people[SECRETARY], "on": on, "at": at}
    with recording(people[SECRETARY], reason="", source="load_demo"):
        for code in (ABOUT_TO_VOTE, VOTED):
            _prepare(cycle.branches.get(branch__code=code), **when)
        _vote(cycle.branches.get(branch__code=VOTED), **when)


def _prepare(branch, **when):
    """Everything before the vote: some self-reviews, and proposals as is suggested."""
    finish_step(branch, StepKind.COLLECTIVE, **when)
    rated = list(branch.appraisals.filter(rated=True).order_by("member__code"))
    for appraisal in rated[:4]:
        save_self_review(
            appraisal,
            points={
                key: most * Decimal("0.9")
                for key, _label, most in points_of_groups(branch.cycle.scheme)
            },
            level="good",
            hand_in=True,
            **REVIEW,
            **when,
        )
    finish_step(branch, StepKind.SELF_REVIEW, note=NOTE, **when)
    finish_step(branch, StepKind.COMMENTS, note=NOTE, **when)
    proposals = {each.pk: (each.suggested_level, "") for each in rated}
    propose(branch, proposals=proposals, **when)
    finish_step(branch, StepKind.PROPOSAL, note=NOTE, **when)


def _vote(branch, **when):
    base = suggest_base(branch.branch, on=when["on"])
    numbers = base.numbers | {"issued": base.present, "returned": base.present}
    most = base.present - OTHERS
    to_be_rated = list(branch.appraisals.to_be_rated())
    best = [each for each in to_be_rated if each.suggested_level == "excellent"]
    counts = {each.pk: _marked(each, most) for each in to_be_rated}
    record = {"by": when["by"], "at": when["at"], "tellers": "Tổ kiểm phiếu chi bộ"} | numbers
    record_vote(branch, counts=counts, nobody_stood=not best, **record)
    if best:
        agreed = {each.pk: {"excellent": most, "good": OTHERS} for each in best}
        record_vote(branch, ballot=2, counts=agreed, **record)
    finish_step(branch, StepKind.VOTE, **when)


def _marked(appraisal, most):
    """Most papers mark what is suggested; who has no results has completed the tasks."""
    level = appraisal.suggested_level or "completed"
    level = "good" if level == "excellent" else level
    other = "completed" if level == "good" else "good"
    return {level: most, other: OTHERS}
