from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from assignments.models import Opinion
from tests import builders as make
from tests.pages import count_queries, text_of


class MeetingViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        cls.other_ward, (cls.elsewhere,) = make.make_ward("X")
        cls.member = make.make_member(cls.branch, full_name="Nguyễn Thị Ánh")
        cls.forgotten = make.make_member(cls.branch)
        cls.cadre = make.make_member(cls.elsewhere, full_name="Trần Cán Bộ")
        cls.meeting = make.make_meeting(cls.branch, date(2025, 3, 5), quality=92)
        make.attend(cls.meeting, cls.member, "excused")
        make.attend(cls.meeting, cls.cadre, capacity="assigned", confirmed=False)
        make.make_meeting(cls.elsewhere, date(2025, 3, 6))
        cls.user = make.make_user()
        make.grant(cls.user, Role.SECRETARY, cls.ward)
        cls.url = reverse("branches:meeting", args=[cls.meeting.pk])
        cls.list_url = reverse("branches:meetings")

    def setUp(self):
        self.client.force_login(self.user)

    def test_page_says_who_came_in_which_capacity(self):
        response = self.client.get(self.url)
        page = text_of(response)
        assert "Nguyễn Thị Ánh" in page
        assert "Trần Cán Bộ" in page
        assert "Chưa xác nhận" in page
        assert response.context["page"].unrecorded == 1

    def test_people_out_of_scope_are_named_but_not_linked(self):
        page = text_of(self.client.get(self.url))
        assert reverse("branches:member", args=[self.member.pk]) in page
        assert reverse("branches:member", args=[self.cadre.pk]) not in page

    def test_opinions_raised_there(self):
        Opinion.objects.create(
            code="O",
            meeting=self.meeting,
            topic="Giao thông",
            content="Đường hẹp",
            state="answered",
        )
        assert "Đường hẹp" in text_of(self.client.get(self.url))

    def test_list_of_the_scope_with_counts(self):
        response = self.client.get(self.list_url)
        (row,) = response.context["table"].page.object_list.data
        assert (row.present, row.excused, row.unexcused, row.visitors) == (0, 1, 0, 1)

    def test_list_filters(self):
        make.make_meeting(self.second, date(2025, 4, 5), kind="thematic")
        for query, number in (
            ({"branch": self.second.pk}, 1),
            ({"kind": "thematic"}, 1),
            ({"since": "01/04/2025"}, 1),
            ({"until": "31/03/2025"}, 1),
            ({"since": "yesterday"}, 2),
            ({"on": "2025-03-31"}, 1),
        ):
            with self.subTest(query=query):
                response = self.client.get(self.list_url, query)
                assert response.context["table"].page.paginator.count == number

    def test_meetings_of_others_are_not_found(self):
        stranger = make.make_user()
        make.grant(stranger, Role.LEADER, self.other_ward)
        self.client.force_login(stranger)
        assert self.client.get(self.url).status_code == 404

    def test_the_visitor_may_open_it(self):
        self.client.force_login(make.make_user(member=self.cadre))
        assert self.client.get(self.url).status_code == 200

    def test_cost_does_not_grow(self):
        urls = [f"{self.url}?org={self.ward.pk}", f"{self.list_url}?org={self.ward.pk}"]
        few = [count_queries(self.client, url) for url in urls]
        for day in range(1, 29):
            make.attend(make.make_meeting(self.branch, date(2025, 2, day)), self.member)
            make.attend(self.meeting, make.make_member(self.branch))
        assert [count_queries(self.client, url) for url in urls] == few
        assert few[0] <= 17
        assert few[1] <= 12
