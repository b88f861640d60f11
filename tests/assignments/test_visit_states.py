"""Where visits stand, meeting by meeting: what is missing is never mistaken for absent."""

from datetime import UTC, date, datetime

from django.template.loader import render_to_string
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assignments.templatetags.visits import CHIPS
from assignments.visits.states import states_of
from branches.choices import VisitState
from branches.models import MeetingPlan
from branches.periods import whole_year
from tests import builders as make
from tests.pages import text_of

TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 3, tzinfo=UTC)


class StatesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.home) = make.make_ward(branches=2)
        cls.cadre = make.make_member(cls.home)
        cls.assignment = make.make_assignment(cls.cadre, cls.ward, since=date(2026, 1, 10))

    def states(self):
        lines = states_of([self.assignment], whole_year(2026), today=TODAY)
        return [(line.day.isoformat()[5:], str(line.state)) for line in lines]

    def plan(self, day, **fields):
        return MeetingPlan.objects.create(branch=self.branch, planned_on=day, **fields)

    def test_every_state_there_is(self):
        self.plan(date(2026, 3, 25))
        self.plan(date(2026, 3, 18))
        self.plan(date(2026, 3, 16), state="not_held", reason="Bão")
        make.make_meeting(self.branch, date(2026, 3, 14))
        make.make_visit(self.assignment, self.branch, date(2026, 3, 12))
        meeting = make.make_meeting(self.branch, date(2026, 3, 10))
        said = {"stated": "unexcused", "stated_at": NOW}
        make.make_visit(self.assignment, self.branch, date(2026, 3, 10), meeting=meeting, **said)
        for day, status, confirmed in ((8, "present", True), (6, "excused", True)):
            meeting = make.make_meeting(self.branch, date(2026, 3, day))
            make.attend(meeting, self.cadre, status, capacity="assigned", confirmed=confirmed)
        meeting = make.make_meeting(self.branch, date(2026, 3, 4))
        fields = said | {"claimed_at": None, "meeting": meeting}
        make.make_visit(self.assignment, self.branch, date(2026, 3, 4), **fields)
        assert self.states() == [
            ("03-25", "expected"),
            ("03-18", "not_reported"),
            ("03-16", "not_held"),
            ("03-14", "not_reported"),
            ("03-12", "logged"),
            ("03-10", "disputed"),
            ("03-08", "confirmed"),
            ("03-06", "excused"),
            ("03-04", "unexcused"),
        ]

    def test_a_log_of_a_planned_day_is_one_line(self):
        self.plan(date(2026, 3, 18))
        make.make_visit(self.assignment, self.branch, date(2026, 3, 18))
        assert self.states() == [("03-18", "logged")]

    def test_a_log_that_was_withdrawn_says_nothing(self):
        make.make_meeting(self.branch, date(2026, 3, 18))
        make.make_visit(self.assignment, self.branch, date(2026, 3, 18), withdrawn_at=NOW)
        make.make_visit(self.assignment, self.branch, date(2026, 3, 17), withdrawn_at=NOW)
        assert self.states() == [("03-18", "not_reported")]

    def test_not_before_the_assignment_nor_at_home_nor_elsewhere(self):
        make.make_meeting(self.branch, date(2026, 1, 9))
        make.make_meeting(self.home, date(2026, 3, 1))
        _ward, [elsewhere] = make.make_ward("X")
        make.make_meeting(elsewhere, date(2026, 3, 1))
        assert self.states() == []

    def test_of_many_in_six_queries(self):
        others = [make.make_assignment(make.make_member(), self.branch) for _ in range(5)]
        for day in range(1, 20):
            make.make_meeting(self.branch, date(2026, 3, day))
        with self.assertNumQueries(6):
            lines = states_of([self.assignment, *others], whole_year(2026), today=TODAY)
        assert len(lines) == 6 * 19

    def test_the_page_of_the_assignment_tells_them_as_they_are_today(self):
        user = make.make_user()
        make.grant(user, Role.BOARD, self.ward)
        self.client.force_login(user)
        make.make_meeting(self.branch, timezone.localdate())
        address = reverse("assignments:assignment", args=[self.assignment.pk])
        assert 'data-visit-state="not_reported"' in text_of(self.client.get(address))
        past = self.client.get(address, {"on": "2026-02-01"})
        assert "data-visit-state" not in text_of(past)


def test_each_state_has_one_word_and_one_chip():
    words = {state.label for state in VisitState}
    assert len(words) == len(VisitState) == 8
    assert CHIPS.keys() <= set(VisitState)
    for state in VisitState:
        shown = render_to_string("assignments/_visit_state.html", {"state": state.value})
        assert str(state.label) in shown
        assert f"chip {CHIPS.get(state, '')}".strip() in shown
    assert not render_to_string("assignments/_visit_state.html", {"state": ""}).strip()
