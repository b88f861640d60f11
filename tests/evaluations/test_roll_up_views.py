from datetime import UTC, date, datetime

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from evaluations.models import RollUp
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries, text_of

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


class RollUpViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.member = make.make_member(cls.branch)
        cls.leader = make.make_user("lan")
        make.grant(cls.leader, Role.LEADER, cls.ward)
        cls.start_url = reverse("evaluations:roll_up_start")

    def setUp(self):
        self.client.force_login(self.leader)

    def start(self, **data):
        return self.client.post(self.start_url, {"year": 2018, **data})

    def test_starts_and_shows_its_progress(self):
        response = self.start(as_of="30/06/2018")
        roll_up = RollUp.objects.get()
        assert (roll_up.year, roll_up.as_of, roll_up.requested_by) == (
            2018, date(2018, 6, 30), self.leader,
        )  # fmt: skip
        self.assertRedirects(
            response, f"{reverse('evaluations:roll_up', args=[roll_up.pk])}?org={self.ward.pk}"
        )
        assert roll_up.scheme.key == "hd21-2019"

    def test_a_second_click_starts_nothing(self):
        self.start()
        self.start()
        assert RollUp.objects.count() == 1

    def test_bad_input_is_said_and_kept(self):
        for data, words in (
            ({"year": "1"}, "1930"),
            ({"as_of": "31/02/2018"}, "Ngày chốt số liệu"),
            ({"as_of": "01/01/2019"}, "phải nằm trong năm đó"),
            ({"scheme": "999"}, "Bộ tiêu chí"),
        ):
            with self.subTest(data=data):
                response = self.start(**data)
                assert response.status_code == 200
                assert words in text_of(response)
        assert not RollUp.objects.exists()

    def test_an_organization_that_did_not_exist_is_said(self):
        fresh = make.make_organization("district", since=date(2020, 1, 1))
        make.grant(self.leader, Role.LEADER, fresh)
        response = self.client.post(f"{self.start_url}?org={fresh.pk}", {"year": 2018})
        assert "không hoạt động vào ngày" in text_of(response)

    def test_only_leader_and_board_start(self):
        for role, status in ((Role.BOARD, 200), (Role.AUDITOR, 403), (Role.OFFICE, 403)):
            with self.subTest(role=role):
                user = make.make_user()
                make.grant(user, role, self.ward)
                self.client.force_login(user)
                assert self.client.get(self.start_url).status_code == status
                if status == 403:
                    assert self.start().status_code == 403
        assert not RollUp.objects.exists()

    def test_progress_asks_again_until_it_has_finished(self):
        self.start()
        url = reverse("evaluations:roll_up", args=[RollUp.objects.get().pk])
        page = text_of(self.client.get(url))
        assert 'hx-trigger="every 1s"' in page
        assert '<meta http-equiv="refresh"' in page
        assert "0 trên 1 đơn vị" in page
        part = text_of(self.client.get(url, headers=HTMX))
        assert "<html" not in part
        assert 'hx-trigger="every 1s"' in part

    def test_the_result_stays(self):
        roll_up = roll_up_inline(self.ward, year=2018, at=NOON)
        page = text_of(self.client.get(reverse("evaluations:roll_up", args=[roll_up.pk])))
        assert "1 trên 1 đơn vị" in page
        assert "every 1s" not in page
        assert f"{reverse('evaluations:board')}?org={self.ward.pk}&amp;year=2018" in page

    def test_warnings_are_sentences(self):
        gone = make.make_organization(parent=self.ward, name="Chi bộ cũ", until=date(2018, 6, 1))
        make.make_member(gone, full_name="Đỗ Văn Bình")
        roll_up = roll_up_inline(self.ward, year=2018, at=NOON)
        page = text_of(self.client.get(reverse("evaluations:roll_up", args=[roll_up.pk])))
        assert "Đỗ Văn Bình" in page
        assert "không được xếp loại ở đâu" in page

    def test_roll_ups_of_others_are_not_found(self):
        other, (branch,) = make.make_ward("X")
        make.make_member(branch)
        roll_up = roll_up_inline(other, year=2018, at=NOON)
        assert self.client.get(reverse("evaluations:roll_up", args=[roll_up.pk])).status_code == 404
        table = self.client.get(reverse("evaluations:roll_ups")).context["table"]
        assert table.page.paginator.count == 0

    def test_list_costs_the_same(self):
        url = f"{reverse('evaluations:roll_ups')}?org={self.ward.pk}"
        roll_up_inline(self.ward, year=2017, at=NOON)
        few = count_queries(self.client, url)
        for year in range(2005, 2017):
            roll_up_inline(self.ward, year=year, at=NOON)
        assert count_queries(self.client, url) == few <= 12


class HomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.member = make.make_member(cls.branch)
        meeting = make.make_meeting(cls.branch, date(2018, 1, 3))
        make.attend(meeting, cls.member)
        make.make_task(cls.member, cls.branch, 2018)
        make.make_task(cls.member, cls.branch, 2018, state="reported", title="Chờ xác nhận này")
        roll_up_inline(cls.ward, year=2018, at=NOON)

    def page(self, role=None, organization=None, member=None):
        user = make.make_user(member=member)
        if role:
            make.grant(user, role, organization or self.ward)
        self.client.force_login(user)
        return text_of(self.client.get(reverse("home")))

    def test_each_role_finds_its_work(self):
        for role, words in (
            (Role.LEADER, "Xếp loại cuối năm 2018"),
            (Role.AUDITOR, "Xếp loại cuối năm 2018"),
            (Role.BOARD, "Phân công phụ trách chi bộ"),
            (Role.OFFICE, "Chờ xác nhận này"),
            (Role.SECRETARY, "03/01/2018"),
            (Role.ADMINISTRATOR, "Người dùng và phân quyền"),
        ):
            with self.subTest(role=role):
                assert words in self.page(role)

    def test_a_member_finds_the_own_record(self):
        page = self.page(member=self.member)
        assert "Hồ sơ của tôi" in page
        assert "Xếp loại năm 2018" in page
        assert f'href="{reverse("evaluations:board")}"' not in page

    def test_nobody_is_left_without_a_word(self):
        assert "chưa có vai trò nào" in self.page()

    def test_ratings_are_not_for_the_administrator(self):
        assert "Xếp loại cuối năm" not in self.page(Role.ADMINISTRATOR)
