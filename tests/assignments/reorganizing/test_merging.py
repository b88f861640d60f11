"""Organizations that are merged: what goes where, what stays, what stands in the way."""

from datetime import date

import pytest

from assignments.models import Assignment
from assignments.reorganizing import plans
from branches.models import (
    Member,
    Organization,
    Position,
    Succession,
)
from branches.periods import period
from tests import builders as make

from .world import DAY, DAY_BEFORE, TODAY, branch_of


class TestMerge:
    def test_members_go_to_the_successor_on_the_day_and_nobody_is_lost(self, place):
        place.do(place.merge())
        assert [branch_of(each, DAY_BEFORE) for each in place.members] == [
            "W-1",
            "W-1",
            "W-2",
            "W-2",
            "W-3",
            "W-3",
        ]
        assert [branch_of(each, DAY) for each in place.members] == ["W-10"] * 4 + ["W-3"] * 2
        for day in (DAY_BEFORE, DAY):
            assert Member.objects.in_organization(place.ward, on=day).count() == 6

    def test_the_sources_end_the_day_before_and_say_what_became_of_them(self, place):
        place.do(place.merge())
        names = Organization.objects.children_of(place.ward, on=DAY).order_by("code")
        assert [each.code for each in names] == ["W-10", "W-3"]
        before = Organization.objects.children_of(place.ward, on=DAY_BEFORE).order_by("code")
        assert [each.code for each in before] == ["W-1", "W-2", "W-3"]
        said = Succession.objects.values_list("organization__code", "successor__code", "on", "kind")
        assert sorted(said) == [("W-1", "W-10", DAY, "merge"), ("W-2", "W-10", DAY, "merge")]

    def test_assignments_are_issued_again_and_posts_end(self, place):
        place.do(place.merge())
        old, new = Assignment.objects.order_by("code")
        assert (old.code, old.target.code, old.validity.upper) == ("A1", "W-1", DAY)
        assert (new.code, new.target.code, new.validity) == ("A1-20260701", "W-10", period(DAY))
        assert (new.member, new.role, new.visits_due) == (place.cadre, "direct", 2)
        assert Position.objects.get().validity.upper == DAY

    def test_who_guided_two_of_them_guides_the_successor_once(self, place):
        make.make_assignment(place.cadre, place.two, code="A2")
        place.do(place.merge())
        again = Assignment.objects.filter(target__code="W-10")
        assert [each.code for each in again] == ["A1-20260701"]

    def test_assignments_may_end_by_the_rule_or_each_by_choice(self, place):
        second = make.make_assignment(place.cadre, place.two, code="A2")
        work = plans.Work(assignments="end", chosen={second.pk: "W-10"})
        place.do(place.merge(work=work))
        again = Assignment.objects.filter(target__code="W-10")
        assert [each.code for each in again] == ["A2-20260701"]

    def test_open_tasks_stay_where_they_were_registered(self, place):
        place.do(place.merge())
        place.task.refresh_from_db()
        assert (place.task.organization, place.task.assignment) == (place.one, place.assignment)

    def test_or_go_over_with_the_assignment(self, place):
        done = make.make_task(place.cadre, place.one, 2026, assignment=place.assignment)
        old = make.make_task(place.cadre, place.one, 2025, state="reported")
        place.do(place.merge(work=plans.Work(tasks="go_over")))
        place.task.refresh_from_db()
        assert place.task.organization.code == "W-10"
        assert place.task.assignment.code == "A1-20260701"
        for task in (done, old):
            task.refresh_from_db()
            assert task.organization == place.one

    def test_who_left_the_party_before_stays_where_they_were(self, place):
        gone = make.make_member(
            place.one, code="GONE", left_on=date(2026, 1, 1), left_reason="deceased"
        )
        place.do(place.merge())
        assert gone.memberships.get().branch == place.one

    def test_meetings_stay(self, place):
        place.do(place.merge())
        place.meeting.refresh_from_db()
        assert place.meeting.branch == place.one

    def test_into_one_of_them(self, place):
        place.do(place.merge(into=place.two))
        assert [branch_of(each, DAY) for each in place.members] == ["W-2"] * 4 + ["W-3"] * 2
        place.two.refresh_from_db()
        assert place.two.validity.upper is None
        assert Succession.objects.get().organization == place.one

    def test_committees_bring_what_stands_below_them(self, place):
        into = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Merge(on=DAY, sources=(place.ward, place.other), into=into))
        new = Organization.objects.get(code="N")
        below = Organization.objects.children_of(new, on=DAY).order_by("code")
        assert [each.code for each in below] == ["W-1", "W-2", "W-3", "X-1"]
        assert Member.objects.in_organization(new, on=DAY).count() == 7
        assert Member.objects.in_organization(place.ward, on=DAY_BEFORE).count() == 6

    def test_assignments_that_a_merged_committee_confirms_are_confirmed_by_the_new_one(self, place):
        place.assignment.confirmer = place.ward
        place.assignment.save()
        into = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Merge(on=DAY, sources=(place.ward, place.other), into=into))
        new = Assignment.objects.get(code="A1-20260701")
        assert (new.target, new.confirmer.code) == (place.one, "N")

    def test_a_day_to_come_takes_effect_by_dates(self, place):
        day = date(2027, 1, 1)
        place.do(place.merge(on=day))
        assert Member.objects.in_organization(place.one, on=TODAY).count() == 2
        assert Member.objects.in_organization(place.one, on=day).count() == 0

    @pytest.mark.parametrize(
        ("later", "words"),
        [
            (lambda p: make.make_meeting(p.one, date(2026, 7, 5)), ("1 meetings", "05/07/2026")),
            (lambda p: make.make_member(p.one, since=DAY), ("1 members", "01/07/2026")),
            (lambda p: make.make_position(p.members[0], p.two, since=DAY), ("1 posts",)),
            (lambda p: make.make_assignment(p.cadre, p.two, since=DAY), ("1 assignments",)),
            (lambda p: make.make_review(p.assignment, 2027), ("1 reviews", "2027")),
            (lambda p: make.make_directive(p.one, issued_on=DAY), ("1 documents",)),
            (
                lambda p: make.make_organization("cell", parent=p.one, parent_since=DAY, since=DAY),
                ("1 organizations",),
            ),
        ],
    )
    def test_later_facts_stand_in_the_way(self, place, later, words):
        later(place)
        place.refused(place.merge(), *words, field="on")

    def test_different_kinds_and_too_few_are_refused(self, place):
        place.refused(place.merge(sources=(place.one, place.ward)), "kinds", field="sources")
        place.refused(place.merge(sources=(place.one,), into=place.one), "two", field="sources")
        place.refused(place.merge(sources=(place.one,)), "two", field="sources")
        place.refused(place.merge(into=place.other), "another kind", field="into")

    def test_a_taken_code_is_refused(self, place):
        into = plans.NewOrganization("Chi bộ 10", "X-1", "branch", place.ward)
        place.refused(place.merge(into=into), "X-1", field="into")

    def test_one_that_ended_is_refused(self, place):
        place.do(place.merge())
        place.one.refresh_from_db()
        place.refused(place.merge(sources=(place.one, place.three)), "not exist", field="sources")
