"""My work: cards of assignments, with what is made and due, meetings, tasks and opinions."""

from datetime import date, time, timedelta

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assignments.duty import visits_asked
from assignments.visits.my_work import MOST_BRANCHES, read_cards
from branches.models import MeetingPlan
from branches.periods import ONE_DAY, period
from tests import builders as make
from tests.pages import count_queries, text_of

TODAY = date(2026, 3, 20)
# first day, visits, period, the days of the present one
DUTIES = [
    (date(2026, 1, 1), 2, "month", (date(2026, 3, 1), date(2026, 3, 31))),
    (date(2026, 3, 17), 2, "month", (date(2026, 3, 1), date(2026, 3, 31))),
    (date(2026, 3, 18), 1, "month", (date(2026, 3, 1), date(2026, 3, 31))),
    (date(2026, 2, 10), 6, "quarter", (date(2026, 1, 1), date(2026, 3, 31))),
    (date(2025, 7, 1), 5, "year", (date(2026, 1, 1), date(2026, 12, 31))),
]


def make_plan(branch, day, **fields):
    return MeetingPlan.objects.create(branch=branch, planned_on=day, **fields)


class Case(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, cls.branches = make.make_ward(parent=cls.district, branches=3)
        _office, (cls.home,) = make.make_ward("CQ", parent=cls.district)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.user = make.make_user("canbo", member=cls.cadre)

    def cards(self, today=TODAY):
        return read_cards(self.cadre.pk, today=today)

    def assign(self, target=None, **fields):
        return make.make_assignment(self.cadre, target or self.branches[0], **fields)


class DutyTests(Case):
    def test_due_is_what_the_rule_of_the_duty_asks_for_the_whole_period(self):
        for since, visits, each, (first, last) in DUTIES:
            with self.subTest(each=each, since=since):
                assignment = self.assign(since=since, visits_due=visits, visits_period=each)
                rule = {"visits": visits, "each": each, "year": 2026}
                asked = visits_asked(period(since), until=last, **rule)
                if first.month > 1:
                    asked -= visits_asked(period(since), until=first - ONE_DAY, **rule)
                (card,) = self.cards()
                assert card.due == asked
                assignment.delete()

    def test_made_is_what_is_confirmed_and_what_waits_stands_apart(self):
        assignment = self.assign(visits_due=2)
        confirmed = make.make_meeting(self.branches[0], date(2026, 3, 2))
        make.attend(confirmed, self.cadre, capacity="assigned")
        make.make_visit(assignment, self.branches[0], date(2026, 3, 9))
        withdrawn = timezone.now()
        make.make_visit(assignment, self.branches[0], date(2026, 3, 10), withdrawn_at=withdrawn)
        make.make_visit(assignment, self.branches[0], date(2026, 2, 27))  # of another month
        (card,) = self.cards()
        assert (card.made, card.due, card.waiting) == (1, 2, 1)

    def test_a_visit_below_the_target_counts_for_the_target(self):
        above, direct = self.assign(self.ward), self.assign()
        make.make_visit(direct, self.branches[0], date(2026, 3, 9))
        waiting = {card.assignment: card.waiting for card in self.cards()}
        assert waiting == {above: 1, direct: 1}

    def test_what_was_missed_before_stands_apart(self):
        self.assign(visits_due=1)
        make.make_meeting(self.branches[0], date(2026, 1, 3))
        make.make_meeting(self.branches[0], date(2026, 2, 3))
        (card,) = self.cards()
        assert (card.overdue, card.due) == (2, 1)

    def test_only_assignments_of_the_day(self):
        self.assign(until=TODAY - ONE_DAY)
        self.assign(self.branches[1], since=TODAY + ONE_DAY)
        assert self.cards() == []
        assert read_cards(None, today=TODAY) == []


class BranchTests(Case):
    def test_next_meeting_and_the_last_ones_with_their_states(self):
        branch = self.branches[0]
        assignment = self.assign()
        make_plan(branch, date(2026, 3, 31), kind="thematic")
        coming = make_plan(branch, date(2026, 3, 25), starts_at=time(19, 30))
        make_plan(branch, date(2026, 3, 3), state="not_held", reason="Bão")
        make.make_visit(assignment, branch, date(2026, 3, 9))
        make.make_meeting(branch, date(2026, 2, 20))
        (place,) = self.cards()[0].places
        assert (place.next.held_on, place.next.starts_at) == (
            coming.planned_on,
            coming.starts_at,
        )
        assert [(each.held_on.day, each.state) for each in place.last] == [
            (9, "logged"),
            (3, "not_held"),
            (20, "not_reported"),
        ]
        assert not place.is_due

    def test_a_plan_that_passed_without_a_word_is_not_reported_and_never_absent(self):
        self.assign()
        make_plan(self.branches[0], date(2026, 3, 19))
        (place,) = self.cards()[0].places
        assert (place.next, [each.state for each in place.last]) == (None, ["not_reported"])
        assert place.is_due

    def test_what_a_workbook_brought_has_its_state_without_a_log(self):
        self.assign()
        for day, fields in ((2, {}), (3, {"status": "excused"}), (4, {"confirmed": False})):
            meeting = make.make_meeting(self.branches[0], date(2026, 3, day))
            make.attend(meeting, self.cadre, capacity="assigned", **fields)
        (place,) = self.cards()[0].places
        assert [(each.held_on.day, each.state) for each in place.last] == [
            (4, "logged"),
            (3, "excused"),
            (2, "confirmed"),
        ]
        assert [each.is_open for each in place.last] == [True, True, False]

    def test_opinions_that_wait_for_an_answer_or_to_be_told(self):
        self.assign()
        meeting = make.make_meeting(self.branches[0], date(2026, 3, 2))
        referred = {"referred_to": self.ward, "due_on": date(2026, 4, 1)}
        make.make_opinion(meeting)
        make.make_opinion(meeting, state="referred", topic="Hẻm 12", **referred)
        make.make_opinion(meeting, state="resolved", topic="Cống", answer="Đã sửa", **referred)
        make.make_opinion(meeting, state="resolved", answer="Rồi", told_at=meeting, **referred)
        (place,) = self.cards()[0].places
        assert (place.referred, place.to_tell) == (1, 1)
        assert [topic for _pk, topic in place.opinions] == ["Hẻm 12", "Cống"]

    def test_opinions_of_a_visit_without_a_meeting_are_the_branchs_too(self):
        visit = make.make_visit(self.assign(), self.branches[0], date(2026, 3, 9))
        make.make_opinion(None, visit=visit, state="referred", referred_to=self.ward, due_on=TODAY)
        assert self.cards()[0].places[0].referred == 1

    def test_open_tasks_by_the_day_they_are_due(self):
        assignment = self.assign()
        for state, month in (("in_progress", 9), ("reported", 4), ("confirmed", 3)):
            make.make_task(
                self.cadre,
                self.branches[0],
                2026,
                state=state,
                assignment=assignment,
                due_on=date(2026, month, 1),
            )
        assert [task.state for task in self.cards()[0].tasks] == ["reported", "in_progress"]

    def test_below_a_committee_stand_all_of_a_few_branches(self):
        self.assign(self.ward)
        (card,) = self.cards()
        assert [place.name for place in card.places] == [each.name for each in self.branches]
        assert (card.is_of_one_branch, card.unseen) == (False, 0)

    def test_of_many_those_that_meet_soon_or_were_visited(self):
        far = [make.make_organization(parent=self.ward) for _ in range(MOST_BRANCHES)]
        assignment = self.assign(self.ward)
        make_plan(far[4], TODAY + timedelta(days=2))
        make_plan(far[3], TODAY + timedelta(days=60))
        make.make_visit(assignment, far[1], date(2026, 2, 3))
        (card,) = self.cards()
        assert [place.pk for place in card.places] == [far[4].pk, far[1].pk]
        assert card.unseen == len(far) + len(self.branches) - 2

    def test_a_branch_with_a_card_of_its_own_is_not_told_twice(self):
        self.assign(self.ward)
        self.assign(self.branches[0])
        shown = {card.assignment.target: [each.pk for each in card.places] for card in self.cards()}
        assert shown[self.branches[0]] == [self.branches[0].pk]
        assert shown[self.ward] == [each.pk for each in self.branches[1:]]

    def test_the_own_branch_is_not_visited(self):
        self.assign(self.home)
        (card,) = self.cards()
        assert (card.places, card.branches) == ([], 0)


class PageTests(Case):
    def get(self):
        self.client.force_login(self.user)
        return self.client.get(reverse("assignments:my_work"))

    def test_one_button_for_each_branch_and_a_way_to_log_each_meeting(self):
        self.assign()
        meeting = make.make_meeting(self.branches[0], timezone.localdate() - ONE_DAY)
        page = text_of(self.get())
        log = f"{reverse('assignments:visit_log')}?branch={self.branches[0].pk}"
        assert page.count(f'{log}"') == 1
        assert page.count(f'{log}&amp;meeting={meeting.pk}"') == 1

    def test_without_an_assignment_it_says_so(self):
        response = self.get()
        assert response.context["cards"] == []
        assert 'class="panel nothing"' in text_of(response)

    def test_it_is_the_first_in_the_menu_of_who_has_a_record(self):
        url = reverse("assignments:my_work")
        items = text_of(self.get()).split('class="nav-list"')[1]
        assert items.index(f'"{url}') < items.index('href="/"')
        make.grant(stranger := make.make_user(), Role.BOARD, self.ward)
        self.client.force_login(stranger)
        assert f'href="{url}"' not in text_of(self.client.get(reverse("home")))
        assert self.client.get(url).status_code == 403

    def test_the_home_page_leads_to_it(self):
        self.client.force_login(self.user)
        page = text_of(self.client.get(reverse("home"))).split("<main")[1]
        assert reverse("assignments:my_work") in page


@pytest.mark.django_db
def test_at_most_12_queries_for_many_as_for_few(client):
    ward, branches = make.make_ward(branches=30)
    _office, (home,) = make.make_ward("CQ")
    cadre = make.make_member(home)
    user = make.make_user("canbo", member=cadre)
    make.grant(user, Role.SECRETARY, home)
    client.force_login(user)
    url = reverse("assignments:my_work")
    make.make_assignment(cadre, branches[0])
    client.get(url)
    few = count_queries(client, url)
    today = timezone.localdate()
    for branch in branches[1:]:
        assignment = make.make_assignment(cadre, branch)
        make_plan(branch, today + ONE_DAY)
        make.make_meeting(branch, today)
        make.make_visit(assignment, branch, today - ONE_DAY)
        make.make_task(cadre, branch, today.year, state="in_progress", assignment=assignment)
    make.make_assignment(cadre, ward)
    many = count_queries(client, url)
    assert (many, many <= 12) == (few, True), many
