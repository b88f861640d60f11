"""What may never be false of assignments, tasks and reviews is refused by the database."""

from datetime import date

from django.test import TestCase

from tests import builders as make
from tests.refusal import assert_refused

DAY = date(2025, 3, 1)


class ConstraintTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch,) = make.make_ward(parent=cls.district)
        cls.cadre = make.make_member(cls.branch)
        cls.assignment = make.make_assignment(cls.cadre, cls.branch, since=DAY)

    def test_one_assignment_to_one_target_a_day(self):
        assert_refused(
            "assignment_once_a_day", make.make_assignment, self.cadre, self.branch, since=DAY
        )
        make.make_assignment(self.cadre, self.ward, since=DAY)

    def test_visits_due(self):
        for due in (32, 100):
            assert_refused(
                "assignment_visits_due_0_to_31",
                make.make_assignment,
                self.cadre,
                self.ward,
                visits_due=due,
            )

    def test_an_outcome_exactly_when_confirmed(self):
        name = "task_outcome_when_confirmed"
        assert_refused(name, make.make_task, self.cadre, self.branch, 2025, outcome="")
        assert_refused(
            name, make.make_task, self.cadre, self.branch, 2025, state="reported", outcome="met"
        )

    def test_weights_are_positive(self):
        assert_refused(
            "task_weight_positive", make.make_task, self.cadre, self.branch, 2025, weight=0
        )

    def test_a_registered_task_is_the_assigned_members(self):
        other = make.make_member(self.branch)
        assert_refused(
            "task_of_the_assigned_member",
            make.make_task,
            other,
            self.branch,
            2025,
            assignment=self.assignment,
        )

    def test_a_review_is_of_a_year_of_the_assignment(self):
        name = "review_of_a_valid_year"
        assert_refused(name, make.make_review, self.assignment, 2024)
        make.make_review(self.assignment, 2025)

    def test_shortening_an_assignment_is_checked_against_its_reviews(self):
        make.make_review(self.assignment, 2026)
        self.assignment.validity = type(self.assignment.validity)(DAY, date(2026, 1, 1))
        assert_refused("review_of_a_valid_year", self.assignment.save)

    def test_teams_are_led_by_the_issuers_standing_committee(self):
        name = "team_led_by_the_standing_committee"
        directive = make.make_directive(self.district, issued_on=DAY)
        assert_refused(name, make.make_team, directive, self.ward, self.cadre)
        position = make.make_position(self.cadre, self.district, since=DAY)
        make.make_team(directive, self.ward, self.cadre)
        assert_refused(name, position.delete)

    def test_opinions_referred_name_body_and_day(self):
        meeting = make.make_meeting(self.branch, DAY)
        assert_refused(
            "opinion_referred_with_body_and_day",
            meeting.opinions.create,
            code="Y",
            topic="Đường",
            content="Sửa đường",
            state="referred",
        )
