from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from tests import builders as make
from tests.pages import count_queries, text_of


class AssignmentViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", parent=cls.district, branches=2)
        cls.office, (cls.office_branch,) = make.make_ward("O", parent=cls.district)
        cls.cadre = make.make_member(cls.office_branch, full_name="Trần Cán Bộ")
        cls.assignment = make.make_assignment(
            cls.cadre, cls.branch, since=date(2025, 1, 1), until=date(2025, 6, 30), visits_due=2
        )
        cls.meeting = make.make_meeting(cls.branch, date(2025, 3, 5))
        make.attend(cls.meeting, cls.cadre, capacity="assigned")
        make.make_task(
            cls.cadre, cls.branch, 2025, assignment=cls.assignment, title="Hỗ trợ hộ nghèo"
        )
        make.make_review(cls.assignment, 2025, "excellent")
        cls.user = make.make_user()
        make.grant(cls.user, Role.OFFICE, cls.ward)
        cls.url = reverse("assignments:assignment", args=[cls.assignment.pk])
        cls.list_url = reverse("assignments:assignments")

    def setUp(self):
        self.client.force_login(self.user)

    def listed(self, **query):
        return list(self.client.get(self.list_url, query).context["table"].page.object_list.data)

    def test_list_shows_those_of_the_day_with_what_was_done(self):
        (row,) = self.listed(on="2025-04-01")
        assert (row, row.visits, row.tasks_done) == (self.assignment, 1, 1)
        assert self.listed(on="2025-07-01") == []
        assert self.listed(on="2025-07-01", kind="all") == [self.assignment]

    def test_list_filters(self):
        for query, number in (
            ({"q": "can bo"}, 1),
            ({"q": "W-1"}, 1),
            ({"q": "W-2"}, 0),
            ({"role": "attend"}, 0),
            ({"role": "nonsense"}, 1),
        ):
            with self.subTest(query=query):
                assert len(self.listed(on="2025-04-01", **query)) == number

    def test_page_shows_visits_tasks_and_reviews(self):
        page = text_of(self.client.get(self.url))
        for words in ("05/03/2025", "Hỗ trợ hộ nghèo", "Hoàn thành xuất sắc nhiệm vụ", "2 / tháng"):
            assert words in page

    def test_a_cadre_out_of_scope_is_named_but_not_linked(self):
        address = reverse("branches:member", args=[self.cadre.pk])
        assert address not in text_of(self.client.get(self.url))
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.district)
        self.client.force_login(leader)
        assert address in text_of(self.client.get(self.url))

    def test_meetings_out_of_scope_are_named_but_not_linked(self):
        own = make.make_user()
        make.grant(own, Role.OFFICE, self.office)
        self.client.force_login(own)
        page = text_of(self.client.get(self.url))
        assert "05/03/2025" in page
        assert reverse("branches:meeting", args=[self.meeting.pk]) not in page

    def test_visits_below_the_target_count_for_it(self):
        whole = make.make_assignment(self.cadre, self.ward, since=date(2025, 1, 1))
        response = self.client.get(reverse("assignments:assignment", args=[whole.pk]))
        assert [row.meeting for row in response.context["page"].visits] == [self.meeting]

    def test_others_are_not_found(self):
        stranger = make.make_user()
        make.grant(stranger, Role.LEADER, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(self.url).status_code == 404
        assert self.listed() == []

    def test_the_cadre_sees_the_own_assignment(self):
        self.client.force_login(make.make_user(member=self.cadre))
        assert self.client.get(self.url).status_code == 200
        assert self.client.get(self.list_url).status_code == 403

    def test_cost_does_not_grow(self):
        query = f"?org={self.ward.pk}&on=2025-04-01"
        few = [count_queries(self.client, url + query) for url in (self.url, self.list_url)]
        for day in range(1, 25):
            make.attend(
                make.make_meeting(self.branch, date(2025, 2, day)), self.cadre, capacity="assigned"
            )
            make.make_assignment(make.make_member(self.office_branch), self.second)
        assert [count_queries(self.client, url + query) for url in (self.url, self.list_url)] == few
        assert few[0] <= 19
        assert few[1] <= 13


class TaskViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.member = make.make_member(cls.branch)
        cls.waiting = make.make_task(
            cls.member, cls.branch, 2025, state="reported", title="Vận động hội viên"
        )
        cls.done = make.make_task(cls.member, cls.branch, 2024, title="Tổ chức tuần tra")
        _other, (elsewhere,) = make.make_ward("X")
        cls.foreign = make.make_task(make.make_member(elsewhere), elsewhere, 2025)
        cls.user = make.make_user()
        make.grant(cls.user, Role.OFFICE, cls.ward)
        cls.list_url = reverse("assignments:tasks")

    def setUp(self):
        self.client.force_login(self.user)

    def listed(self, **query):
        return list(self.client.get(self.list_url, query).context["table"].page.object_list.data)

    def test_list_and_filters(self):
        for query, tasks in (
            ({}, [self.waiting, self.done]),
            ({"state": "reported"}, [self.waiting]),
            ({"year": "2024"}, [self.done]),
            ({"year": "1999"}, [self.waiting, self.done]),
            ({"outcome": "met"}, [self.done]),
            ({"q": "tuần"}, [self.done]),
            ({"q": self.member.code}, [self.waiting, self.done]),
        ):
            with self.subTest(query=query):
                assert self.listed(**query) == tasks

    def test_page(self):
        page = text_of(self.client.get(reverse("assignments:task", args=[self.waiting.pk])))
        assert "Vận động hội viên" in page
        assert "chờ cấp ủy xác nhận" in page

    def test_others_are_not_found(self):
        url = reverse("assignments:task", args=[self.foreign.pk])
        assert self.client.get(url).status_code == 404

    def test_cost_does_not_grow(self):
        url = f"{self.list_url}?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for _number in range(30):
            make.make_task(make.make_member(self.branch), self.branch, 2025)
        assert count_queries(self.client, url) == few <= 12
