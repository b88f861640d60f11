"""Deciding on members: rights, grounds, the cap, revisions. What the service refuses in words the
database refuses as well."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branches.models import Organization
from evaluations.choices import Ground, StepKind
from evaluations.deciding.cap_units import read_cap_units
from evaluations.deciding.choices import read_choices
from evaluations.deciding.ties import read_ties
from evaluations.models import Appraisal, CapOverride, Decision, UnitCap
from evaluations.services.caps import give_places, set_unit_cap, withdraw_places
from evaluations.services.cycle_steps import reopen_step
from evaluations.services.cycles import take_suggestions
from evaluations.services.decisions import SUGGESTED, VOTED, decide, take_back, write
from tests import builders as make
from tests.refusal import assert_refused, set_constraints
from tests.year_end import (
    NOON,
    TODAY,
    YEAR,
    open_small_cycle,
    suggest,
    vote_simply,
)

pytestmark = pytest.mark.django_db
DECIDED = {"decided_on": TODAY, "on": TODAY, "at": NOON}
RIGHT = {"on": TODAY, "at": NOON}


@pytest.fixture
def small():
    """One unit of two branches with six members each, who are voted as suggested: of four equal
    ones the cap lets one be excellent, four are good, four open cases of completed."""
    small = open_small_cycle(units=1, members=6)
    for branch in small.cycle_branches:
        vote_simply(branch, by=small.by)
    return small


def of(small, *codes):
    """The queryset of appraisals of some members of the first branch: M1, M2 …"""
    return small.cycle.appraisals.filter(member__code__in=[f"D-1-1-{code}" for code in codes])


def decide_on(small, *codes, level=SUGGESTED, by=None, **values):
    return decide(of(small, *codes), level=level, by=by or small.by, **(DECIDED | values))


def errors_of(call, *args, **kwargs):
    with pytest.raises(ValidationError) as error:
        call(*args, **kwargs)
    if hasattr(error.value, "error_dict"):
        return error.value.message_dict
    return {"": error.value.messages}


def write_raw(small, *codes, level, reason="x", grounds=None, **values):
    """Decisions past the service."""
    choices = read_choices(small.cycle, of(small, *codes))
    for choice in choices:
        choice.level = level
        choice.grounds = list(Ground) if grounds is None else grounds
    write(
        choices,
        **{"reason": reason, "document": "", "decided_on": TODAY, "by": small.by, "at": NOON}
        | values,
    )


# What is decided


def test_what_was_suggested_and_voted_needs_no_reason(small):
    assert decide_on(small, "M2", "M5") == 2
    decision = of(small, "M2").get().decision
    assert (decision.level, decision.revision, decision.cause) == ("good", 1, "decision")
    assert (decision.grounds, decision.rating) == ([], of(small, "M2").get().rating)


def test_many_are_decided_in_a_fixed_number_of_statements(small):
    with CaptureQueriesContext(connection) as few:
        decide_on(small, "M1", "M2", reason="x")
    rest = small.cycle.appraisals.filter(decision=None)
    with CaptureQueriesContext(connection) as many:
        assert decide(rest, level=SUGGESTED, reason="x", by=small.by, **DECIDED) == 10
    assert len(few) == len(many)


def test_plans_made_for_few_do_not_check_many(small, monkeypatch):
    """A session keeps the plans that references are checked by until it is told to forget them."""
    decide_on(small, "M2")
    set_constraints("IMMEDIATE")
    monkeypatch.setattr("evaluations.services.decisions.MANY", 2)
    with CaptureQueriesContext(connection) as queries:
        decide_on(small, "M1", "M3", "M5", reason="x")
    set_constraints("IMMEDIATE")
    statements = [query["sql"] for query in queries]
    assert "INSERT INTO evaluations_decision" in statements[statements.index("DISCARD PLANS") - 1]
    assert of(small, "M1", "M3", "M5").exclude(decision=None).count() == 3


@pytest.mark.parametrize(
    ("code", "level", "grounds"),
    [
        ("M1", "good", ["tie"]),
        ("M1", "excellent", ["differs", "vote", "tie"]),
        ("M2", "completed", ["differs", "vote"]),
        ("M3", "completed", ["undecided"]),
    ],
)
def test_the_reason_is_asked_for_by_its_grounds(small, code, level, grounds):
    assert set(errors_of(decide_on, small, code, level=level)) == {"reason"}
    decide_on(small, code, level=level, reason="Đã xem xét")
    assert of(small, code).get().decision.grounds == grounds


def test_a_discipline_is_excepted_with_a_reason():
    small = open_small_cycle(units=1, branches=1, members=2, suggested=False)
    member = small.appraisals[1].member
    make.make_discipline(member, date(YEAR, 6, 1))
    suggest(small.cycle, by=small.by)
    [branch] = small.cycle_branches
    vote_simply(branch, dict.fromkeys(small.appraisals, "good"), by=small.by)
    told = errors_of(decide_on, small, "M2", level="good")
    assert set(told) == {"reason"}
    assert any(str(Ground.DISCIPLINE.label) in line for line in told["reason"])
    decide_on(small, "M2", level="good", reason="Tự giác nhận lỗi, đã khắc phục xong")
    assert of(small, "M2").get().decision.grounds == ["differs", "discipline", "undecided"]


def test_each_gets_what_was_voted(small):
    decide_on(small, "M1", "M2", "M3", level=VOTED, reason="Theo biểu quyết")
    assert [each.level for each in of(small, "M1", "M2", "M3").order_by("member__code")] == [
        "good",
        "good",
        "completed",
    ]


def test_those_of_the_level_already_stay_as_they_are(small):
    decide_on(small, "M2")
    assert decide_on(small, "M2", "M5") == 1
    assert Decision.objects.count() == 2


# Who may, and on whom


def test_only_a_leader_of_the_unit_decides(small):
    stranger = make.make_user()
    make.grant(stranger, "board", small.district)
    make.grant(stranger, "leader", Organization.objects.get(code="D-1-1"))
    with pytest.raises(PermissionDenied):
        decide_on(small, "M2", by=stranger)
    make.grant(stranger, "leader", Organization.objects.get(code="D-1"))
    assert decide_on(small, "M2", by=stranger) == 1


def test_nobody_decides_on_themselves(small):
    small.by.member = of(small, "M2").get().member
    small.by.save()
    assert set(errors_of(decide_on, small, "M2", "M5")) == {""}

    def past_the_service():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('chibo.user', %s, true)", [str(small.by.pk)])
        write_raw(small, "M2", level="good")

    assert_refused("never_on_oneself", past_the_service)


def test_members_of_one_cycle_at_a_time(small):
    other = open_small_cycle(code="E", units=1, branches=1, members=1)
    both = Appraisal.objects.filter(cycle__in=[small.cycle, other.cycle])
    assert set(errors_of(decide, both, level="good", by=small.by, **DECIDED)) == {""}
    assert set(errors_of(decide, both.none(), level="good", by=small.by, **DECIDED)) == {""}


def test_nobody_is_decided_on_before_the_vote():
    small = open_small_cycle(units=1, branches=1, members=2)
    assert set(errors_of(decide_on, small, "M2")) == {""}
    assert_refused("decision_after_the_vote", write_raw, small, "M2", level="good")


def test_who_was_absent_from_the_vote_waits_for_a_later_one():
    small = open_small_cycle(units=1, branches=1, members=3)
    [branch] = small.cycle_branches
    vote_simply(branch, {of(small, "M2").get(): "good"}, by=small.by)
    told = errors_of(decide_on, small, "M2", "M3", reason="x")
    assert "M3" in told[""][0]
    assert "M2" not in told[""][0]
    assert_refused("decision_after_the_vote", write_raw, small, "M3", level="good")
    assert decide_on(small, "M2") == 1


def test_a_sub_committee_proposes_first():
    small = open_small_cycle(units=1, branches=0, members=0, suggested=False)
    [ward] = small.units
    section = make.make_organization("sub_committee", parent=ward)
    branch = make.make_organization(code="D-1-1", parent=section)
    make.make_task(make.make_member(branch, code="D-1-1-M1"), branch, YEAR, outcome="met")
    suggest(small.cycle, by=small.by)
    [row] = small.cycle_branches
    vote_simply(row, by=small.by)
    assert set(errors_of(decide_on, small, "M1")) == {""}
    assert_refused("decision_after_the_vote", write_raw, small, "M1", level="good")
    row.done.create(kind=StepKind.SECTION, done_at=NOON, done_by=small.by)
    assert decide_on(small, "M1") == 1


def test_who_is_not_to_be_rated_is_not_decided_on(small):
    make.make_status(of(small, "M2").get().member)
    suggest(small.cycle, by=small.by)
    assert set(errors_of(decide_on, small, "M2", level="good", reason="x")) == {""}
    assert_refused("decision_on_the_rated", write_raw, small, "M2", level="good")


def test_a_decision_is_not_before_the_cut_off_date(small):
    early = {"decided_on": small.cycle.cut_off - timedelta(1)}
    assert set(errors_of(decide_on, small, "M2", **early)) == {"decided_on"}


# The cap


def test_no_more_are_excellent_than_there_are_places(small):
    told = errors_of(decide_on, small, "M1", "M4", level="excellent", reason="x")
    assert set(told) == {"level"}
    assert "D-1" in told["level"][0]
    assert_refused("decided_within_the_cap", write_raw, small, "M1", "M4", level="excellent")
    assert decide_on(small, "M1", level="excellent", reason="x") == 1


def test_more_places_are_given_for_a_reason(small):
    [unit] = small.units
    given = {"person_class": "outside", "places": 1, "by": small.by, **RIGHT}
    assert set(errors_of(give_places, small.cycle, unit, reason="", **given)) == {"reason"}
    override = give_places(small.cycle, unit, reason="Văn bản 01", **given)
    decide_on(small, "M1", "M4", level="excellent", reason="Theo văn bản 01")
    assert of(small, "M1").get().decision.grounds == ["differs", "vote", "tie", "cap"]
    taken_back = {"reason": "Nhầm", "by": small.by, **RIGHT}
    assert "D-1" in errors_of(withdraw_places, override, **taken_back)[""][0]
    assert_refused(
        "decided_within_the_cap",
        CapOverride.objects.update,
        withdrawn_at=NOON,
        withdrawn_by=small.by,
    )
    take_back(of(small, "M4"), reason="Nhầm", by=small.by, **DECIDED)
    override.refresh_from_db()
    withdraw_places(override, **taken_back)
    assert_refused("cap_override_stays", CapOverride.objects.update, places=5)
    assert_refused("cap_override_stays", CapOverride.objects.all().delete)


def test_places_are_given_for_the_class_that_the_cap_counts(small):
    values = {"places": 1, "reason": "x", "by": small.by, **RIGHT}
    assert set(errors_of(give_places, small.cycle, small.units[0], **values)) == {"person_class"}
    elsewhere = make.make_organization("grassroots_committee", parent=small.district)
    assert set(errors_of(give_places, small.cycle, elsewhere, **values)) == {""}


def test_a_unit_has_its_own_percent(small):
    [unit] = small.units
    values = {"year": YEAR, "reason": "Đơn vị tiêu biểu", "by": small.by, "on": TODAY}
    set_unit_cap(unit, percent=50, **values)
    [cap] = read_cap_units(small.cycle)
    assert (cap.percent, cap.places, cap.free) == (50, 2, 2)
    decide_on(small, "M1", "M4", level="excellent", reason="x")
    assert "D-1" in errors_of(set_unit_cap, unit, percent=20, **values)[""][0]
    assert "D-1" in errors_of(set_unit_cap, unit, percent=None, **values)[""][0]
    assert_refused("decided_within_the_cap", UnitCap.objects.update, percent=20)
    assert_refused("decided_within_the_cap", UnitCap.objects.all().delete)
    assert set(errors_of(set_unit_cap, unit, percent=20, **(values | {"reason": " "}))) == {
        "reason"
    }


def test_fewer_good_ones_leave_fewer_places(small):
    decide_on(small, "M1", level="excellent", reason="x")
    others = small.cycle.appraisals.filter(suggested_level="good").exclude(
        pk=of(small, "M1").get().pk
    )
    told = errors_of(decide, others, level="completed", reason="x", by=small.by, **DECIDED)
    assert set(told) == {"level"}


def test_suggestions_that_leave_fewer_places_are_refused(small):
    decide_on(small, "M1", level="excellent", reason="x")
    small.cycle.appraisals.exclude(pk=of(small, "M1").get().pk)
    good = small.cycle.appraisals.filter(suggested_level="good", decision=None)
    assert_refused("decided_within_the_cap", good.update, suggested_level="completed")


def test_a_tie_is_found_and_settled(small):
    [tie] = read_ties(small.cycle)
    assert [each.member.code for each in tie.appraisals] == [
        "D-1-1-M1", "D-1-1-M4", "D-1-2-M1", "D-1-2-M4",
    ]  # fmt: skip
    assert (tie.cap.free, tie.is_settled) == (1, False)
    ids = [each.pk for each in tie.appraisals]
    chosen, others = Appraisal.objects.filter(pk=ids[2]), Appraisal.objects.filter(pk__in=ids)
    decide(chosen, level="excellent", reason="Sáng kiến", by=small.by, **DECIDED)
    decide(others.exclude(pk=ids[2]), level="good", reason="x", by=small.by, **DECIDED)
    [tie] = read_ties(small.cycle)
    assert (tie.cap.free, tie.is_settled) == (0, True)


# Revisions


def test_a_change_is_another_revision_with_its_reason(small):
    decide_on(small, "M2")
    assert set(errors_of(decide_on, small, "M2", level="completed")) == {"reason"}
    decide_on(small, "M2", level="completed", reason="Xem lại")
    first, second = of(small, "M2").get().decisions.all()
    assert (first.level, second.level) == ("good", "completed")
    assert (second.revision, second.cause) == (2, "correction")
    assert of(small, "M2").get().decision == second


def test_a_decision_is_taken_back_for_a_reason(small):
    decide_on(small, "M2")
    assert set(errors_of(take_back, of(small, "M2"), reason="", by=small.by, **DECIDED)) == {
        "reason"
    }
    assert take_back(of(small, "M2", "M5"), reason="Nhầm", by=small.by, **DECIDED) == 1
    assert of(small, "M2").get().level == ""
    decide_on(small, "M2", reason="Đã rõ")
    assert of(small, "M2").get().decision.revision == 3


def test_decisions_stay_as_they_were_written(small):
    decide_on(small, "M2")
    assert_refused("decision_stays", Decision.objects.update, level="excellent")
    assert_refused("decision_stays", Decision.objects.update, reason="x")
    assert_refused("decision_stays", Decision.objects.all()._raw_delete, "default")
    decide_on(small, "M2", level="completed", reason="Xem lại")
    Decision.objects.update(reason="Đã ẩn danh")
    assert_refused(
        "decision_in_force_is_the_newest",
        of(small, "M2").update,
        decision=of(small, "M2").get().decisions.first(),
    )


def test_the_database_wants_the_grounds_and_the_suggestion(small):
    assert_refused("decision_with_its_grounds", write_raw, small, "M2", level="failed", grounds=[])
    some = {"level": "good", "grounds": ["undecided"]}
    write_raw(small, "M1", **some)
    assert_refused("decision_with_reason", write_raw, small, "M4", reason="", **some)
    roll_up_again = small.cycle.appraisals.get(member__code="D-1-1-M5").rating

    def on_another_suggestion():
        [choice] = read_choices(small.cycle, of(small, "M2"))
        choice.level, choice.rating = "good", roll_up_again.pk
        write([choice], reason="", document="", decided_on=TODAY, by=small.by, at=NOON)

    assert_refused("decision_on_the_suggestion", on_another_suggestion)


def test_a_vote_that_was_decided_on_is_not_opened_again(small):
    decide_on(small, "M2")
    with pytest.raises(ValidationError):
        reopen_step(small.cycle_branches[0], StepKind.VOTE, reason="x", by=small.by, on=TODAY)


def test_decisions_outlive_another_roll_up(small):
    decide_on(small, "M2")
    before = of(small, "M2").get().decision.rating
    suggest(small.cycle, by=small.by)
    assert of(small, "M2").get().decision.rating == before != of(small, "M2").get().rating
    take_suggestions(small.cycle, by=small.by, **RIGHT)
