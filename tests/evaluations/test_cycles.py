"""Opening a cycle, who takes part, and taking suggestions."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from assignments.models import Task
from branches.periods import period
from evaluations.choices import StepKind
from evaluations.cycles import taking_part as cycle_list
from evaluations.models import Appraisal, RollUp, Scheme
from evaluations.services.cycles import (
    change_cycle,
    change_scheme,
    change_steps,
    draw_list,
    open_cycle,
    take_suggestions,
    units_without_suggestions,
)
from evaluations.services.decisions import decide
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.refusal import assert_refused
from tests.year_end import (
    NOON,
    TODAY,
    YEAR,
    do_steps,
    make_everybody,
    open_small_cycle,
    vote_simply,
)

pytestmark = pytest.mark.django_db
NOW = {"on": TODAY, "at": NOON}


def codes(appraisals):
    return sorted(appraisals.values_list("member__code", flat=True))


# Opening


def test_a_cycle_lists_branches_with_their_units_and_members():
    small = open_small_cycle(branches=1, members=2, suggested=False)
    rows = [(b.branch.code, b.unit.code, b.section) for b in small.cycle_branches]
    assert rows == [("D-1-1", "D-1", None), ("D-2-1", "D-2", None)]
    assert codes(small.cycle.appraisals) == ["D-1-1-M1", "D-1-1-M2", "D-2-1-M1", "D-2-1-M2"]
    assert small.cycle.scheme.key == "qd366-2025"
    assert small.cycle.steps.count() == len(StepKind)


def test_branches_below_a_sub_committee_have_a_section():
    ward, _none = make.make_ward("W", branches=0)
    section = make.make_organization("sub_committee", code="S", parent=ward)
    branch = make.make_organization(code="S-1", parent=section)
    make.make_member(branch)
    cycle = open_cycle(ward, year=YEAR, by=make_everybody(ward), **NOW)
    row = cycle.branches.get()
    assert (row.branch, row.section, row.unit) == (branch, section, ward)


def test_a_branch_outside_every_unit_is_its_own_unit():
    district = make.make_organization("district")
    branch = make.make_organization(parent=district, grassroots=True)
    make.make_member(branch)
    cycle = open_cycle(branch, year=YEAR, by=make_everybody(branch), **NOW)
    assert cycle.branches.get().unit == branch


def test_a_cycle_holds_whole_units():
    ward, (branch,) = make.make_ward()
    with pytest.raises(ValidationError, match="W") as error:
        open_cycle(branch, year=YEAR, by=make_everybody(ward), **NOW)
    assert set(error.value.message_dict) == {"organization"}


def test_a_branch_is_in_one_cycle_a_year():
    district = make.make_organization("district")
    ward, (branch,) = make.make_ward(parent=district)
    make.make_member(branch)
    by = make_everybody(district)
    open_cycle(ward, year=YEAR, by=by, **NOW)
    with pytest.raises(ValidationError) as error:
        open_cycle(district, year=YEAR, by=by, **NOW)
    assert set(error.value.message_dict) == {"organization"}
    with pytest.raises(ValidationError) as error:
        open_cycle(ward, year=YEAR, by=by, **NOW)
    assert set(error.value.message_dict) == {"year"}
    open_cycle(district, year=2024, by=by, **NOW)


def test_only_the_board_opens_a_cycle():
    ward, _branches = make.make_ward()
    user = make.make_user()
    make.grant(user, "secretary", ward)
    with pytest.raises(PermissionDenied):
        open_cycle(ward, year=YEAR, by=user, **NOW)


def test_last_days_of_steps_follow_their_order():
    ward, _branches = make.make_ward()
    steps = {"self_review": date(2025, 12, 10), "vote": date(2025, 12, 9), "decision": None}
    with pytest.raises(ValidationError) as error:
        open_cycle(ward, year=YEAR, steps=steps, by=make_everybody(ward), **NOW)
    assert set(error.value.message_dict) == {"vote"}
    with pytest.raises(ValidationError) as error:
        open_cycle(ward, year=YEAR, steps={"vote": None}, by=make_everybody(ward), **NOW)
    assert set(error.value.message_dict) == {"decision"}


def test_the_database_refuses_a_cycle_without_its_vote():
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False)
    assert_refused("cycle_with_vote_and_decision", small.cycle.steps.filter(kind="vote").delete)


def test_the_database_refuses_a_branch_of_another_unit():
    small = open_small_cycle(branches=1, members=1, suggested=False)
    first, second = small.cycle_branches
    branches = small.cycle.branches.filter(pk=first.pk)
    assert_refused("cycle_branch_below_its_unit", branches.update, unit=second.unit)
    assert_refused("cycle_branch_of_the_year", branches.update, year=2024)
    elsewhere = open_small_cycle(code="E", branches=1, members=1, suggested=False)
    assert_refused(
        "appraisal_in_the_cycle_of_its_branch",
        small.cycle.appraisals.update,
        cycle=elsewhere.cycle,
    )


# Changing


def test_a_step_that_was_done_stays():
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False)
    do_steps(small.cycle_branches[0], before="self_review", by=small.by)
    kept = {kind: None for kind in StepKind if kind != "collective"}
    with pytest.raises(ValidationError) as error:
        change_steps(small.cycle, steps=kept, by=small.by, on=TODAY)
    assert set(error.value.message_dict) == {"collective"}
    assert_refused("step_of_the_branch", small.cycle.steps.filter(kind="collective").delete)


def test_a_step_is_not_put_before_branches_that_are_past_it():
    steps = {"self_review": None, "vote": None, "decision": None}
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False, steps=steps)
    do_steps(small.cycle_branches[0], before="vote", by=small.by)
    with pytest.raises(ValidationError) as error:
        change_steps(small.cycle, steps=steps | {"collective": None}, by=small.by, on=TODAY)
    assert set(error.value.message_dict) == {"collective"}
    assert_refused("steps_in_order", small.cycle.steps.create, kind="collective")
    days = steps | {"vote": date(2025, 12, 20), "notice": date(2025, 12, 31)}
    change_steps(small.cycle, steps=days, by=small.by, on=TODAY)
    assert dict(small.cycle.steps.values_list("kind", "due_on")) == days


def test_how_votes_are_counted_stays_once_there_are_some():
    small = open_small_cycle(units=1, branches=1, members=1)
    vote_simply(small.cycle_branches[0], by=small.by)
    values = {"vote_counting": "each", "second_ballot": True, "note": "Theo HD 43"}
    change_cycle(small.cycle, vote_share="0.5", **values, by=small.by, on=TODAY)
    with pytest.raises(ValidationError) as error:
        change_cycle(small.cycle, vote_share="0.6666", **values, by=small.by, on=TODAY)
    assert set(error.value.message_dict) == {"vote_share"}


def test_another_rating_set_gives_the_suggestions_up():
    small = open_small_cycle(units=1, branches=1, members=1)
    other = Scheme.objects.get(key="hd25-2023")
    change_scheme(small.cycle, scheme=other, by=small.by, on=TODAY)
    assert list(small.cycle.appraisals.values_list("rating", "rated")) == [(None, None)]
    small.cycle.refresh_from_db()
    assert (small.cycle.scheme, small.cycle.suggested_at) == (other, None)


# Who takes part


def test_the_list_follows_members_of_whom_nothing_was_written():
    small = open_small_cycle(units=1, branches=2, members=2, suggested=False)
    first, second = small.branches
    left, moved = (small.appraisals[n].member for n in (0, 1))
    left.left_on, left.left_reason = date(2025, 12, 20), "deceased"
    left.save()
    make.move(moved, second, on=date(2025, 12, 20))
    make.make_member(first, code="NEW", since=date(2025, 12, 1))
    drawn = draw_list(small.cycle, by=small.by, on=TODAY)
    assert drawn == {"branches": 0, "members": 1, "moved": 1, "removed": 1}
    assert codes(small.cycle.appraisals.filter(cycle_branch__branch=first)) == ["NEW"]
    assert small.appraisal(moved).cycle_branch.branch == second


def test_who_was_voted_on_stays_where_it_was():
    small = open_small_cycle(units=1, branches=2, members=2)
    voted = small.appraisals[0]
    vote_simply(voted.cycle_branch, by=small.by)
    make.move(voted.member, small.branches[1], on=date(2025, 12, 20))
    assert draw_list(small.cycle, by=small.by, on=TODAY)["moved"] == 0
    assert small.appraisal(voted.member).cycle_branch.branch == small.branches[0]


def test_members_of_the_cut_off_date_take_part_not_those_of_later_days():
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False)
    make.make_member(small.branches[0], since=date(2026, 1, 2))
    assert draw_list(small.cycle, by=small.by, on=TODAY)["members"] == 0


def test_a_branch_that_moved_below_another_unit_goes_with_it():
    small = open_small_cycle(branches=1, members=1, suggested=False)
    placement = small.branches[0].placements.get()
    placement.validity = period(None, date(2025, 6, 30))
    placement.save()
    make.place(small.branches[0], small.units[1], since=date(2025, 7, 1))
    draw_list(small.cycle, by=small.by, on=TODAY)
    assert small.cycle_branches[0].unit == small.units[1]


def test_whatever_is_written_of_a_member_keeps_them_in_the_list():
    sql = (cycle_list.SQL_DIR / "cycle_list.sql").read_text(encoding="utf-8")
    gone = sql[sql.index("DELETE FROM evaluations_appraisal") : sql.index("'removed'")]
    written = {each.related_model._meta.db_table for each in Appraisal._meta.related_objects}
    assert [table for table in written if f"FROM {table} t" not in gone] == []


# Suggestions


def test_suggestions_are_those_of_the_newest_fitting_roll_up():
    small = open_small_cycle(units=1, branches=1, members=3)
    for appraisal in small.appraisals:
        assert appraisal.suggested_level == appraisal.rating.suggested_level != ""
    fitting = RollUp.objects.get()
    other_day = {"as_of": date(2025, 11, 30), "scheme": small.cycle.scheme}
    roll_up_inline(small.district, year=YEAR, at=NOON, **other_day)
    assert take_suggestions(small.cycle, by=small.by, **NOW) == 0
    assert {each.rating.roll_up for each in small.appraisals} == {fitting}
    again = roll_up_inline(small.district, year=YEAR, at=NOON)
    assert take_suggestions(small.cycle, by=small.by, **NOW) == 3
    assert {each.rating.roll_up for each in small.appraisals} == {again}


def test_suggestions_that_leave_too_few_places_are_refused_in_words():
    small = open_small_cycle(units=1, branches=1, members=18)
    vote_simply(small.cycle_branches[0], by=small.by)
    best = small.cycle.appraisals.filter(rating__level="excellent").order_by("member__code")
    chosen = Appraisal.objects.filter(pk__in=list(best.values_list("pk", flat=True)[:2]))
    decide(
        chosen,
        level="excellent",
        reason="Tiêu biểu nhất",
        decided_on=TODAY,
        by=small.by,
        **NOW,
    )
    others = Task.objects.exclude(member__in=chosen.values("member"))
    others.filter(outcome__in=["exceeded", "met"]).update(outcome="unmet")
    roll_up_inline(small.district, year=YEAR, at=NOON)
    before = list(small.cycle.appraisals.order_by("pk").values_list("pk", "rating"))
    with translation.override("en"), pytest.raises(ValidationError, match="there are places"):
        take_suggestions(small.cycle, by=small.by, **NOW)
    assert list(small.cycle.appraisals.order_by("pk").values_list("pk", "rating")) == before


def test_without_a_fitting_roll_up_there_are_no_suggestions():
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False)
    with pytest.raises(ValidationError):
        take_suggestions(small.cycle, by=small.by, **NOW)
    assert small.cycle.suggested_at is None
    assert list(units_without_suggestions(small.cycle)) == small.units


def test_a_roll_up_is_made_with_the_rating_set_of_its_cycle():
    other = Scheme.objects.get(key="hd25-2023")
    small = open_small_cycle(branches=1, members=1, suggested=False, scheme=other)
    assert roll_up_inline(small.units[0], year=YEAR, at=NOON).scheme == other
    elsewhere, _branches = make.make_ward("E")
    assert roll_up_inline(elsewhere, year=YEAR, at=NOON).scheme.key == "qd366-2025"


def test_who_is_to_be_rated_is_known_before_suggestions_are_taken():
    small = open_small_cycle(units=1, branches=1, members=4, suggested=False)
    exempt, new, left_again, plain = (each.member for each in small.appraisals)
    make.make_status(exempt)
    make.make_status(left_again, until=date(2025, 6, 30))
    new.memberships.update(validity=period(date(2025, 7, 1)))
    new.admitted_on = date(2025, 7, 1)
    new.save()
    expected = [left_again.code, plain.code]
    assert codes(small.cycle.appraisals.to_be_rated()) == expected
    roll_up_inline(small.district, year=YEAR, at=NOON)
    take_suggestions(small.cycle, by=small.by, **NOW)
    assert codes(small.cycle.appraisals.to_be_rated()) == expected


def test_a_vote_of_the_builder_counts():
    small = open_small_cycle(units=1, branches=1, members=3)
    row = small.cycle_branches[0]
    first, second, third = small.appraisals
    levels = {first: "excellent", second: "good", third: "completed"}
    vote_simply(row, levels, by=small.by)
    voted = [each.voted_level for each in small.appraisals]
    assert voted == ["excellent", "good", "completed"]
