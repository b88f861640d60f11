"""The download of one's own data: all of it, and nothing of other people."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

from django.conf import settings
from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AccessLog
from assignments.models import TaskClosing, TaskStep
from branches.models import Discipline, Member
from branches.periods import period
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
OTHERS = ("Lê Văn Cao", "M-OTHER", "Đỗ Thị Trưởng", "M-LEAD", "A-OTHER", "doctrom")


class OwnDataTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.one, cls.two) = make.make_ward("W", parent=cls.district, branches=2)
        cls.member = make.make_member(
            cls.one, code="M-OWN", full_name="Trần Thị Bình", phone="+84900000088"
        )
        cls.other = make.make_member(cls.one, code="M-OTHER", full_name="Lê Văn Cao")
        lead = make.make_member(cls.two, code="M-LEAD", full_name="Đỗ Thị Trưởng")
        make.move(cls.member, cls.two, on=date(2010, 1, 1))
        make.make_position(lead, cls.district)
        directive = make.make_directive(cls.district, number="02-NQ/QU")
        team = make.make_team(directive, cls.ward, lead, code="T1")
        assignment = make.make_assignment(
            cls.member, cls.one, code="A-OWN", directive=directive, team=team
        )
        make.make_assignment(cls.other, cls.two, code="A-OTHER")
        make.make_review(assignment, 2018)
        heir = make.make_assignment(
            cls.other, cls.one, code="A-OTHER-2", since=date(2025, 7, 1), directive=directive
        )
        assignment.validity = period(assignment.validity.lower, date(2025, 6, 30))
        assignment.save()
        ending = make.make_ending(assignment, successor=heir, reason="Điều động về quận")
        meeting = make.make_meeting(cls.two, date(2018, 3, 3), code="H1")
        make.attend(meeting, cls.member)
        make.attend(meeting, cls.other, capacity="assigned")
        Discipline.objects.create(
            member=cls.member,
            decided_on=date(2018, 4, 4),
            form="warning",
            note="=1+1",
            issuer="Đảng ủy phường",
        )
        make.make_status(
            cls.member,
            "away",
            since=date(2020, 1, 1),
            decision_number="15-QĐ/QU",
            receiving_place="Chi bộ Cái Khế",
        )
        make.make_position(cls.member, cls.ward, title="Ủy viên", end_reason="hết nhiệm kỳ")
        make.make_position(cls.member, cls.ward, rank="committee_member", title="Cấp ủy viên")
        closed = make.make_task(cls.member, cls.two, 2018, code="K2", state="cancelled")
        TaskClosing.objects.create(
            task=closed, ending=ending, former_state="in_progress", reason="Không còn cần"
        )
        TaskStep.objects.create(
            task=closed, kind="cancelled", at=NOON, text="Không còn cần", by=make.make_user("huy")
        )
        earlier = make.make_member(code="M-EARLIER", full_name="Trần Thị Binh")
        Member.objects.filter(pk=earlier.pk).update(
            merged_into=cls.member, merged_on=date(2024, 1, 1)
        )
        make.make_task(cls.member, cls.two, 2018, code="K1", confirmed_by=cls.ward)
        make.make_deduction(cls.member, date(2018, 5, 1), 2)
        roll_up_inline(cls.ward, year=2018, at=NOON)
        cls.user = make.make_user("binh", member=cls.member)
        make.grant(cls.user, Role.SECRETARY, cls.two, since=date(2020, 1, 1))
        cls.user.saved_views.create(page="branches:members", name="Của tôi", query="q=an")
        reader = make.make_user("doctrom")
        AccessLog.objects.create(kind="ratings_seen", by=reader, at=NOON, member=cls.member)
        cls.url = reverse("workbook:own_data")

    def download(self, user=None, language="vi"):
        """{name of a file: text}."""
        client = self.client_class()
        client.force_login(user or self.user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        response = client.get(self.url)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(response.getvalue()))
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}

    def test_it_holds_every_kind_of_record(self):
        files = self.download(language="en")
        rows = {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text)))
            for name, text in files.items()
            if name.endswith(".csv")
        }
        assert {name: len(each) for name, each in rows.items()} == {
            "organizations": 4,
            "members": 1,
            "memberships": 1,
            "statuses": 1,
            "disciplines": 1,
            "positions": 2,
            "directives": 1,
            "assignments": 1,
            "meetings": 1,
            "attendance": 1,
            "tasks": 2,
            "reviews": 1,
            "deductions": 1,
            "endings": 1,
            "task_closings": 1,
            "task_steps": 1,
            "merged_records": 1,
            "ratings": 1,
            "ratings_explained": len(rows["ratings_explained"]),
            "account": 1,
            "grants": 1,
            "saved_views": 1,
            "accesses": 1,
        }
        assert rows["statuses"][0]["decision_number"] == "15-QĐ/QU"
        assert rows["statuses"][0]["receiving_place"] == "Chi bộ Cái Khế"
        assert rows["disciplines"][0]["issuer"] == "Đảng ủy phường"
        assert {row["title"] for row in rows["positions"]} == {"Ủy viên", "Cấp ủy viên"}
        assert rows["endings"][0]["Reason"] == "Điều động về quận"
        assert rows["endings"][0]["Somebody goes on"] == "1"
        assert rows["task_closings"][0]["Task"] == "K2"
        assert rows["task_steps"][0]["What"] == "Cancelled"
        assert rows["merged_records"][0]["Full name"] == "Trần Thị Binh"
        assert rows["saved_views"][0]["Filters and sorting"] == "q=an"
        assert rows["members"][0]["phone"] == "'+84900000088"
        assert rows["tasks"][0]["confirmed_by_code"] == "W"
        assert rows["disciplines"][0]["note"] == "'=1+1"
        assert rows["ratings"][0]["score"]
        assert {row["Criterion"] for row in rows["ratings_explained"]}
        assert "“ratings” are your ratings" in files["README.txt"]

    def test_it_is_in_the_language_of_the_reader(self):
        files = self.download()
        assert "M-OWN" in files["Đảng viên.csv"]
        assert files["Đảng viên.csv"].startswith("Số thẻ đảng viên,Họ và tên")

    def test_nothing_of_others_is_in_it(self):
        text = "".join(f"{name}\n{text}" for name, text in self.download().items())
        assert "Trần Thị Bình" in text
        assert not [each for each in OTHERS if each in text]

    def test_a_download_is_logged(self):
        self.download()
        entry = AccessLog.objects.get(kind="own_data_downloaded")
        assert (entry.by, entry.member_id) == (self.user, self.member.pk)
        assert entry.rows > 10

    def test_a_user_who_is_no_member_gets_the_account(self):
        names = set(self.download(make.make_user("quantri"), language="en"))
        assert names == {"account.csv", "README.txt"}

    def test_nobody_else_gets_it(self):
        assert self.client.get(self.url).status_code == 302
        self.client.force_login(self.user)
        assert self.client.post(self.url).status_code == 405

    def test_the_pages_lead_to_it(self):
        self.client.force_login(self.user)
        own = reverse("branches:member", args=[self.member.pk])
        for page in (own, reverse("accounts:account")):
            assert f'href="{self.url}"' in self.client.get(page).content.decode()
        other = reverse("branches:member", args=[self.other.pk])
        board = make.make_user()
        make.grant(board, Role.BOARD, self.ward)
        self.client.force_login(board)
        assert self.url not in self.client.get(other).content.decode()
