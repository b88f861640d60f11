from datetime import date
from decimal import Decimal

from django.test import TestCase
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from assignments.models import Assignment, Indicator, Team
from branches.models import Organization
from branches.periods import period
from tests import builders as make
from tests import paper_builders as papers
from tests.pages import count_queries, text_of
from workbook.demo import CASES
from workbook.services import import_workbook

DAY = date(2025, 3, 1)


class TeamTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D", name="Quận ủy")
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", parent=cls.district, branches=2)
        cls.offices, (cls.office,) = make.make_ward("AGENCIES", parent=cls.district)
        cls.leader = make.make_member(cls.office, code="L", full_name="Trần Thường Vụ")
        make.make_position(cls.leader, cls.district, since=date(2020, 1, 1))
        cls.cadre = make.make_member(cls.office, code="C", full_name="Lê Cán Bộ")
        cls.directive = make.make_directive(cls.district, number="15-QĐ/QU", issued_on=DAY)
        cls.board = make.make_user()
        make.grant(cls.board, Role.BOARD, cls.district)
        cls.duty = {"since": "01/03/2025", "visits_due": "1", "visits_period": "month"}

    def setUp(self):
        self.client.cookies["language"] = "en"
        self.enterContext(translation.override("en"))
        self.client.force_login(self.board)

    def team(self, **fields):
        team = make.make_team(self.directive, self.ward, self.leader, **fields)
        make.make_assignment(
            self.leader,
            self.ward,
            since=DAY,
            role="team_leader",
            team=team,
            directive=self.directive,
        )
        return team

    def post(self, page, *args, **data):
        return self.client.post(reverse(f"assignments:{page}", args=args), data)

    def form_team(self, **changes):
        values = {"target": "W", "name": "", "leader": self.leader.pk, **self.duty}
        return self.post("team_add", self.directive.pk, **values | changes)


class FormTests(TeamTests):
    def test_a_team_comes_with_its_leaders_assignment(self):
        assert self.form_team(visits_due="2").status_code == 302
        team = Team.objects.get()
        assert (team.code, team.name, team.target) == ("DOAN-2025-001", "Team for W", self.ward)
        row = Assignment.objects.get()
        assert (row.member, row.target, row.role, row.team) == (
            self.leader,
            self.ward,
            "team_leader",
            team,
        )
        assert (row.directive, row.visits_due, row.validity.lower) == (self.directive, 2, DAY)

    def test_the_form_offers_who_may_lead_and_says_of_others_why_not(self):
        earlier = make.make_member(self.office, full_name="Phạm Đã Thôi")
        make.make_position(earlier, self.district, until=date(2025, 2, 28))
        coming = make.make_member(self.office, full_name="Hồ Sắp Vào")
        make.make_position(coming, self.district, since=date(2025, 3, 2))
        plain = make.make_member(self.office, full_name="Ngô Ủy Viên")
        make.make_position(plain, self.district, rank="committee_member", title="Ủy viên")
        response = self.client.get(reverse("assignments:team_add", args=[self.directive.pk]))
        assert list(response.context["form"].fields["leader"].queryset) == [self.leader]
        reasons = {str(member): reason for member, reason in response.context["others"]}
        assert "01/01/2000 to 28/02/2025: not on 01/03/2025" in reasons["Phạm Đã Thôi"]
        assert "since 02/03/2025: not on 01/03/2025" in reasons["Hồ Sắp Vào"]
        assert "is “Ủy viên” of Quận ủy on 01/03/2025" in reasons["Ngô Ủy Viên"]
        assert len(reasons) == 3

    def test_who_may_not_lead_is_refused_at_the_field(self):
        for member in (self.cadre, make.make_member(self.branch)):
            assert list(self.form_team(leader=member.pk).context["form"].errors) == ["leader"]
        assert not Team.objects.exists()

    def test_it_is_sent_to_what_stands_below_the_issuer(self):
        stranger = make.make_ward("X")[0]
        for target in ("D", stranger.code, "nobody", ""):
            with self.subTest(target=target):
                assert list(self.form_team(target=target).context["form"].errors) == ["target"]

    def test_what_the_assignment_is_refused_for_is_told(self):
        response = self.form_team(since="28/02/2025")
        assert "was issued on 01/03/2025" in str(response.context["form"].errors)
        assert not Team.objects.exists()

    def test_who_may(self):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        team = self.team()
        self.client.force_login(ward_board)
        assert self.client.get(reverse("assignments:team", args=[team.pk])).status_code == 200
        assert self.form_team().status_code == 403
        for name in ("team_change", "team_members"):
            assert self.post(name, team.pk).status_code == 403
        # The ward's own targets are the ward's to enter as well.
        assert (
            self.client.get(reverse("assignments:team_indicator_add", args=[team.pk])).status_code
            == 200
        )


class MembersTests(TeamTests):
    def add(self, team, **people):
        return self.post("team_members", team.pk, **self.duty, **people)

    def test_each_takes_a_branch_and_who_has_none_is_flagged(self):
        team = self.team()
        other = make.make_member(self.office, full_name="Võ Chưa Rõ")
        response = self.add(
            team, member_1="le can bo", branch_1="W-1", member_4=other.code, branch_4=""
        )
        assert response.status_code == 302
        rows = Assignment.objects.filter(role="team_member").order_by("code")
        assert [(row.member, row.target, row.directive) for row in rows] == [
            (self.cadre, self.branch, self.directive),
            (other, self.ward, self.directive),
        ]
        page = self.client.get(response["Location"]).context["page"]
        assert [row.has_no_branch for row in page.people] == [True, False]
        assert (page.without_branch, page.covered, page.branches) == (1, 1, 2)

    def test_what_is_wrong_stands_at_its_line_and_nothing_is_saved(self):
        team = self.team()
        make.make_assignment(self.cadre, self.branch, since=DAY)
        for people, field, words in (
            ({"member_2": "C", "branch_2": "W-1"}, "member_2", "already assigned there"),
            ({"member_2": "C", "branch_2": "AGENCIES-1"}, "branch_2", "called “AGENCIES-1”"),
            ({"member_3": "nobody"}, "member_3", "called “nobody”"),
            ({"branch_3": "W-2"}, "member_3", "Who goes to this branch?"),
            ({}, "__all__", "at least one"),
        ):
            with self.subTest(people=people):
                form = self.add(team, member_1="L", branch_1="W-2", **people) if people else None
                form = (form or self.add(team)).context["form"]
                assert list(form.errors) == [field]
                assert words in str(form.errors[field])
        assert not Assignment.objects.filter(role="team_member").exists()

    def test_more_lines(self):
        team = self.team()
        url = reverse("assignments:team_members", args=[team.pk])
        for lines, shown in (("", 6), ("12", 12), ("999", 60), ("-1", 6), ("²", 6)):
            assert len(self.client.get(url, {"lines": lines}).context["form"].lines) == shown


class ChangeTests(TeamTests):
    def change(self, team, **changes):
        url = reverse("assignments:team_change", args=[team.pk])
        form = self.client.get(url).context["form"]
        values = {"name": team.name, "leader": team.leader_id, "seen": form["seen"].value()}
        return self.client.post(url, values | changes)

    def test_the_name(self):
        team = self.team()
        assert self.change(team, name="Đoàn mới").status_code == 302
        team.refresh_from_db()
        assert team.name == "Đoàn mới"

    def test_another_leader_goes_on_the_next_day(self):
        team = self.team()
        new = make.make_member(self.office, full_name="Đỗ Mới Lên")
        make.make_position(new, self.district)
        response = self.change(team, leader=new.pk)
        assert list(response.context["form"].errors) == ["since"]
        assert self.change(team, leader=new.pk, since="01/06/2025").status_code == 302
        team.refresh_from_db()
        assert team.leader == new
        rows = Assignment.objects.filter(role="team_leader").order_by("validity")
        assert [(row.member, row.validity, row.team) for row in rows] == [
            (self.leader, period(DAY, date(2025, 5, 31)), team),
            (new, period(date(2025, 6, 1)), team),
        ]

    def test_not_before_the_earlier_one_began(self):
        team = self.team()
        new = make.make_member(self.office)
        make.make_position(new, self.district)
        response = self.change(team, leader=new.pk, since="01/03/2025")
        assert list(response.context["form"].errors) == ["since"]
        team.refresh_from_db()
        assert team.leader == self.leader

    def test_of_two_who_save_at_once_the_second_is_told(self):
        team = self.team()
        response = self.change(team, name="Đoàn khác", seen="0" * 24)
        assert "Somebody else has changed this" in str(response.context["form"].errors)


class IndicatorTests(TeamTests):
    def setUp(self):
        super().setUp()
        self.client.cookies["language"] = "vi"
        self.enterContext(translation.override("vi"))

    def enter(self, team, **changes):
        values = {"name": "Cây ăn trái", "year": "2025", "aim": "1.000", "actual": "710,5"}
        return self.post("team_indicator_add", team.pk, **values | {"measure": "ha"} | changes)

    def test_numbers_are_typed_and_shown_as_in_vietnamese(self):
        team = self.team()
        assert self.enter(team).status_code == 302
        row = Indicator.objects.get()
        assert (row.organization, row.target, row.actual) == (
            self.ward,
            1000,
            Decimal("710.5"),
        )
        page = text_of(self.client.get(reverse("assignments:team", args=[team.pk]), {"year": 2025}))
        for words in ("1.000 ha", "710,5 ha", "71,1 %"):
            assert words in page

    def test_wrong_values(self):
        team = self.team()
        for changes, field in (
            ({"aim": "710.5"}, "aim"),
            ({"actual": "nhiều"}, "actual"),
            ({"year": "1900"}, "year"),
            ({"name": " "}, "name"),
        ):
            assert list(self.enter(team, **changes).context["form"].errors) == [field]
        self.enter(team)
        assert list(self.enter(team).context["form"].errors) == ["name"]

    def test_change_and_remove(self):
        team = self.team()
        row = papers.make_indicator(self.ward, 2025, target=Decimal("710.5"), unit="ha")
        url = reverse("assignments:team_indicator", args=[team.pk, row.pk])
        form = self.client.get(url).context["form"]
        assert form["aim"].value() == "710,5"
        values = {name: form[name].value() or "" for name in form.fields} | {"actual": "700"}
        assert self.client.post(url, values).status_code == 302
        assert Indicator.objects.get().actual == 700
        # The mark is that of the row before.
        assert "seen" in self.client.post(url, values).context["form"].data
        assert self.client.post(url, values).context["form"].non_field_errors()
        remove = reverse("assignments:team_indicator_remove", args=[team.pk, row.pk])
        assert self.client.post(remove, {"reason": "Nhầm"}).status_code == 302
        assert not Indicator.objects.exists()

    def test_only_of_where_the_team_goes(self):
        row = papers.make_indicator(self.offices, 2025)
        url = reverse("assignments:team_indicator", args=[self.team().pk, row.pk])
        assert self.client.get(url).status_code == 404


class PageTests(TeamTests):
    def test_visits_tasks_and_reviews_of_each(self):
        team = self.team()
        row = make.make_assignment(
            self.cadre,
            self.branch,
            since=DAY,
            role="team_member",
            team=team,
            directive=self.directive,
            visits_due=2,
        )
        make.make_review(row, 2025, "excellent")
        make.make_task(self.cadre, self.branch, 2025, assignment=row, title="Hỗ trợ hộ nghèo")
        for day in (date(2025, 3, 5), date(2025, 4, 5), date(2024, 4, 5)):
            make.attend(
                make.make_meeting(self.branch, day), self.cadre, capacity="assigned", confirmed=True
            )
        make.attend(
            make.make_meeting(self.second, DAY), self.leader, capacity="assigned", confirmed=True
        )
        response = self.client.get(
            reverse("assignments:team", args=[team.pk]), {"on": "2025-04-30"}
        )
        page = response.context["page"]
        (person,) = page.people
        assert (person.made, person.asked, person.review) == (2, 4, "excellent")
        assert (page.leader.made, page.leader.asked) == (1, 2)
        assert (page.results.made, page.results.asked) == (3, 6)
        assert [task.title for task in page.tasks] == ["Hỗ trợ hộ nghèo"]

    def test_the_member_sees_it_and_strangers_do_not(self):
        team = self.team()
        url = reverse("assignments:team", args=[team.pk])
        make.make_assignment(self.cadre, self.branch, team=team, role="team_member")
        self.client.force_login(make.make_user(member=self.cadre))
        assert self.client.get(url).status_code == 200
        stranger = make.make_user()
        make.grant(stranger, Role.BOARD, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(url).status_code == 404

    def test_list_filters(self):
        team = self.team(name="Đoàn Thường Thạnh")
        other = make.make_team(
            make.make_directive(self.district, issued_on=DAY), self.offices, self.leader
        )
        url = reverse("assignments:teams")
        for query, found in (
            ({}, [other, team]),
            ({"q": "thuong thanh"}, [team]),
            ({"q": self.offices.name.lower()}, [other]),
            ({"directive": self.directive.pk}, [team]),
            ({"org": self.ward.pk}, [team]),
            ({"on": "2025-02-28"}, []),
        ):
            with self.subTest(query=query):
                rows = self.client.get(url, query).context["table"].page.object_list.data
                assert list(rows) == found

    def test_cost_does_not_grow(self):
        team = self.team()
        urls = [
            reverse("assignments:teams") + f"?org={self.district.pk}",
            reverse("assignments:team", args=[team.pk])
            + f"?org={self.district.pk}&on=2025-12-31&year=2025",
        ]

        def add(number):
            member = make.make_member(self.office)
            row = make.make_assignment(
                member, self.branch, since=DAY, team=team, role="team_member"
            )
            make.make_task(member, self.branch, 2025, assignment=row)
            papers.make_indicator(self.ward, 2025, name=f"Chỉ tiêu {number}")
            make.make_team(self.directive, self.second, self.leader)

        add(0)
        few = [count_queries(self.client, url) for url in urls]
        for number in range(1, 15):
            add(number)
        assert [count_queries(self.client, url) for url in urls] == few
        assert few[0] <= 12
        assert few[1] <= 25


class CaiRangTests(TestCase):
    """What the press reported of the district in 2018."""

    @classmethod
    def setUpTestData(cls):
        import_workbook(CASES / "cai-rang-2018", effective=date(2026, 1, 1))
        cls.board = make.make_user()
        cls.district = Organization.objects.get(code="CR")
        make.grant(cls.board, Role.BOARD, cls.district)

    def setUp(self):
        self.client.force_login(self.board)

    def get(self, name, *args):
        query = {"org": self.district.pk, "on": "2018-12-31"}
        return self.client.get(reverse(f"assignments:{name}", args=args), query)

    def test_seven_teams_in_seven_wards(self):
        rows = self.get("teams").context["table"].page.object_list.data
        assert len(rows) == len({row.target_id for row in rows}) == 7
        assert {row.target_on: row.members for row in rows}["Đảng ủy phường Thường Thạnh"] == 12
        assert sum(row.without_branch for row in rows) == 0

    def test_twelve_members_in_thuong_thanh_with_one_area_each(self):
        team = Team.objects.get(target__code="CR-P07")
        response = self.get("team", team.pk)
        page = response.context["page"]
        assert len(page.people) == 12
        assert len({person.assignment.target_id for person in page.people}) == 12
        assert (page.covered, page.branches, page.without_branch) == (12, 12, 0)
        assert page.leader.assignment.member == team.leader
        assert (page.results.year, page.indicators_reached, page.indicators_due) == (2018, 2, 2)
        text = text_of(response)
        for words in ("1.000 hộ", "710,5 ha"):
            assert words in text

    def test_three_of_seven_wards_are_excellent(self):
        excellent = {
            team.target.name.removeprefix("Đảng ủy phường ")
            for team in Team.objects.select_related("target")
            if "Hoàn thành xuất sắc nhiệm vụ" in text_of(self.get("team", team.pk))
        }
        assert excellent == {"Ba Láng", "Phú Thứ", "Thường Thạnh"}

    def test_the_page_of_the_decision(self):
        directive = Team.objects.first().directive
        page = self.get("directive", directive.pk).context["page"]
        assert len(page.teams) == 7
        assert (page.assigned, len(page.assignments), page.ever) == (53, 50, 53)
        assert page.covered == 46
        assert (page.indicators_due, page.indicators_reached) == (2, 2)
