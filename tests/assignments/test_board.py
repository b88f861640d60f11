"""The assignment board: who goes where, visits against what is due, and counts that agree with the
report."""

from dataclasses import asdict
from datetime import date

from django.db import connection
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assignments import board
from assignments.models import Assignment
from branches.models import (
    EarlierOrganization,
    Meeting,
    Member,
    Membership,
    Organization,
    Placement,
)
from branches.periods import ONE_DAY, period
from evaluations import reports
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of

URL = reverse("assignments:desk")
DAY = date(2025, 4, 15)
NEW_YEAR = date(2025, 1, 1)


class BoardTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.one, cls.two, cls.three) = make.make_ward(
            "W", parent=cls.district, branches=3
        )
        cls.office, (cls.desk,) = make.make_ward("O", parent=cls.district)
        cls.an = make.make_member(cls.desk, full_name="Nguyễn Văn An")
        cls.binh = make.make_member(cls.desk, full_name="Đỗ Văn Bình")
        cls.first = make.make_assignment(cls.an, cls.one, since=NEW_YEAR, visits_due=1)
        cls.both = [
            make.make_assignment(each, cls.two, since=NEW_YEAR, visits_due=2)
            for each in (cls.an, cls.binh)
        ]
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.district)

    def setUp(self):
        self.client.force_login(self.user)

    def get(self, headers=None, **query):
        return self.client.get(URL, {"on": "2025-04-15"} | query, headers=headers)

    def rows(self, **query):
        return {row.target.code: row for row in self.get(**query).context["rows"]}

    def meet(self, branch, *days, by=()):
        for day in days:
            meeting = make.make_meeting(branch, day)
            for cadre in by:
                make.attend(meeting, cadre, capacity="assigned", confirmed=True)

    def test_every_branch_with_its_cadres(self):
        rows = self.rows()
        assert {code: len(row.lines) for code, row in rows.items()} == {
            "O-1": 0,
            "W-1": 1,
            "W-2": 2,
            "W-3": 0,
        }
        assert [line.assignment for line in rows["W-2"].lines] == self.both

    def test_other_targets_stand_there_when_somebody_goes_to_them(self):
        make.make_assignment(self.an, self.ward)
        gone = make.make_organization(code="W-9", parent=self.ward, until=date(2025, 2, 1))
        make.make_assignment(self.binh, gone)
        rows = self.rows()
        assert rows["W"].exists
        assert not rows["W-9"].exists

    def test_filters(self):
        make.make_position(self.an, self.district)
        team = make.make_team(make.make_directive(self.district), self.ward, self.an)
        Assignment.objects.filter(pk=self.first.pk).update(team=team)
        for query, codes in (
            ({"state": "none"}, {"O-1", "W-3"}),
            ({"state": "two"}, {"W-2"}),
            ({"team": team.pk}, {"W-1"}),
            ({"q": "binh"}, {"W-2"}),
            ({"q": "W-3"}, {"W-3"}),
            ({"q": "nguyen an", "state": "two"}, {"W-2"}),
            ({"state": "nonsense"}, {"O-1", "W-1", "W-2", "W-3"}),
            ({"org": self.office.pk}, {"O-1"}),
        ):
            with self.subTest(query=query):
                assert set(self.rows(**query)) == codes

    def test_visits_of_the_month_and_the_year_against_what_is_due(self):
        self.meet(self.one, date(2025, 1, 5), date(2025, 4, 5), by=[self.an])
        self.meet(self.one, date(2025, 2, 5), date(2025, 3, 5), date(2025, 4, 20))
        (line,) = self.rows()["W-1"].lines
        assert (line.made_now, line.due_now) == (1, 1)
        assert (line.made_year, line.due_year) == (2, 4)
        assert line.overdue == 2
        assert set(self.rows(state="overdue")) == {"W-1"}

    def test_no_more_is_overdue_than_meetings_were_held(self):
        self.meet(self.two, date(2025, 1, 5), by=[self.binh])
        lines = self.rows()["W-2"].lines
        assert [line.overdue for line in lines] == [1, 0]
        assert [(line.due_now, line.due_year) for line in lines] == [(2, 3), (2, 3)]

    def test_days_away_are_not_due(self):
        self.meet(self.one, date(2025, 2, 5), date(2025, 3, 5))
        make.make_status(self.an, "away", since=date(2025, 2, 1), until=date(2025, 3, 31))
        (line,) = self.rows()["W-1"].lines
        assert (line.overdue, line.due_year) == (0, 1)

    def test_meetings_of_the_own_branch_are_not_counted(self):
        make.make_assignment(self.binh, self.office, since=NEW_YEAR)
        self.meet(self.desk, date(2025, 1, 5), date(2025, 2, 5))
        (line,) = self.rows()["O"].lines
        assert (line.made_year, line.overdue) == (0, 0)

    def test_visits_below_the_target_count_and_quarters_too(self):
        make.make_assignment(self.binh, self.ward, since=NEW_YEAR, visits_period="quarter")
        self.meet(self.three, date(2025, 2, 5), by=[self.binh])
        self.meet(self.three, date(2025, 4, 2))
        (line,) = self.rows()["W"].lines
        assert (line.made_now, line.due_now) == (0, 1)
        assert (line.made_year, line.due_year, line.overdue) == (1, 2, 0)

    def test_what_is_not_confirmed_is_no_visit(self):
        meeting = make.make_meeting(self.one, date(2025, 1, 5))
        make.attend(meeting, self.an, capacity="assigned", confirmed=False)
        (line,) = self.rows()["W-1"].lines
        assert (line.made_year, line.overdue) == (0, 1)

    def test_it_agrees_with_the_rating_rules(self):
        """Of a whole year: made and due as a roll-up counts them."""
        self.meet(self.one, *(date(2024, month, 5) for month in range(1, 7)), by=[self.binh])
        Assignment.objects.filter(pk=self.first.pk).update(validity=period(date(2024, 1, 1)))
        (line,) = self.rows(on="2024-12-31")["W-1"].lines
        assert (line.made_year, line.overdue) == (0, 6)

    def test_ending_soon(self):
        today = timezone.localdate()
        days = period(NEW_YEAR, today + 60 * ONE_DAY)
        Assignment.objects.filter(pk=self.first.pk).update(validity=days)
        assert set(self.rows(state="ending", on="")) == {"W-1"}
        assert self.rows(on="")["W-1"].ends_soon
        later = period(NEW_YEAR, today + 61 * ONE_DAY)
        Assignment.objects.filter(pk=self.first.pk).update(validity=later)
        assert self.rows(state="ending", on="") == {}

    def test_a_past_day_knows_nothing_of_what_ended_after_it(self):
        before = text_of(self.get(headers=HTMX))
        days = period(NEW_YEAR, date(2025, 5, 1))
        Assignment.objects.filter(pk=self.first.pk).update(validity=days)
        assert text_of(self.get(headers=HTMX)) == before
        assert self.rows(state="ending") == {}

    def test_names_are_those_of_the_day(self):
        EarlierOrganization.objects.create(
            organization=self.one,
            validity=period(None, date(2025, 6, 30)),
            name="Chi bộ tên cũ",
            kind="branch",
            grassroots=False,
        )
        assert "Chi bộ tên cũ" in text_of(self.get())
        assert "Chi bộ tên cũ" not in text_of(self.get(on="2025-07-01"))

    def test_counts_agree_with_the_report(self):
        make.make_assignment(self.binh, self.ward, until=date(2025, 3, 1))
        make.make_organization(code="W-9", parent=self.ward, until=date(2025, 2, 1))
        for organization in (self.district, self.ward, self.one):
            for on in (date(2024, 12, 31), date(2025, 2, 1), DAY):
                counts = asdict(board.coverage(organization, on=on))
                report = reports.coverage(organization, year=on.year, on=on)
                same = counts.keys() & report.keys()
                assert same == {"branches", "branches_covered", "cadres", "assignments"}
                assert {key: counts[key] for key in same} == {key: report[key] for key in same}
        counts = board.coverage(self.district, on=DAY)
        assert (counts.branches_with_two, counts.cadres_with_two) == (1, 1)

    def test_htmx_gets_the_rows_alone(self):
        page = text_of(self.get(headers=HTMX))
        assert "<html" not in page
        assert "W-1" in page

    def test_only_who_assigns_is_offered_to(self):
        assert reverse("assignments:assign") in text_of(self.get())
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.district)
        self.client.force_login(leader)
        assert reverse("assignments:assign") not in text_of(self.get())

    def test_branches_of_others_are_not_there(self):
        stranger = make.make_user()
        make.grant(stranger, Role.LEADER, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert set(self.rows()) == {"X-1"}


class CostTests(TestCase):
    def test_at_most_12_queries_for_many_as_for_few(self):
        district, user = make.make_organization("district", code="D"), make.make_user()
        make.grant(user, Role.BOARD, district)
        self.client.force_login(user)
        ward, branches = make.make_ward("W", parent=district, branches=2)
        cadre = make.make_member(branches[0])
        make.make_assignment(cadre, branches[1])
        urls = [URL + "?on=2025-04-15", URL + "?on=2025-04-15&state=overdue&q=w"]
        few = [count_queries(self.client, url) for url in urls]
        fill(ward, 1000)
        assert [count_queries(self.client, url) for url in urls] == few
        assert max(few) <= 12, few


def fill(ward, number):
    """As many branches, members, assignments and meetings under the ward."""
    branches = Organization.objects.bulk_create(
        Organization(code=f"B{each:05}", name=f"Chi bộ {each}", kind="branch")
        for each in range(number)
    )
    Placement.objects.bulk_create(Placement(organization=each, parent=ward) for each in branches)
    people = Member.objects.bulk_create(
        Member(code=f"{each:05}", full_name=f"Lê Văn {each}", admitted_on=make.LONG_AGO)
        for each in range(number)
    )
    days = period(make.LONG_AGO)
    Membership.objects.bulk_create(
        Membership(member=member, branch=branch, validity=days)
        for member, branch in zip(people, branches, strict=True)
    )
    Assignment.objects.bulk_create(
        Assignment(code=f"F{place}", member=member, target=branch, role="direct", validity=days)
        for place, (member, branch) in enumerate(
            zip(people[1:], branches[: number - 1], strict=True)
        )
    )
    Meeting.objects.bulk_create(
        Meeting(code=f"F{place}", branch=branch, held_on=date(2025, 3, 3))
        for place, branch in enumerate(branches)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
