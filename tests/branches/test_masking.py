"""Who sees the numbers of members: whole where the role needs them, masked elsewhere."""

import csv
import io
import re
from datetime import date

import pytest
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from branches.masking import mask_code, mask_email
from branches.models import Member
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries

CODES = {"An": "790000000011", "Binh": "790000000022", "Chi": "790000000033"}
IDENTITY, PHONE, EMAIL = "079200000077", "+84900000088", "binh@example.vn"
TODAY = date.today()


@pytest.mark.parametrize(
    ("code", "masked"),
    [
        ("", ""),
        ("A1", "••••••"),
        ("A12", "••••••2"),
        ("W-00123", "••••••23"),
        ("790000001234", "••••••1234"),
        ("7900000000001234", "••••••1234"),
    ],
)
def test_a_mask_never_shows_more_than_a_third(code, masked):
    assert mask_code(code) == masked


def test_an_address_keeps_its_place_alone():
    assert mask_email("binh@example.vn") == "••••••@example.vn"


class MaskingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.one, cls.two) = make.make_ward(branches=2)
        cls.an = make.make_member(cls.one, code=CODES["An"], full_name="Nguyễn Văn An")
        cls.binh = make.make_member(
            cls.one,
            code=CODES["Binh"],
            full_name="Trần Thị Bình",
            identity_number=IDENTITY,
            phone=PHONE,
            email=EMAIL,
        )
        cls.chi = make.make_member(cls.two, code=CODES["Chi"], full_name="Lê Thị Chi")
        make.make_position(cls.binh, cls.ward)
        cls.meeting = make.make_meeting(cls.one, date(TODAY.year - 1, 3, 3))
        make.attend(cls.meeting, cls.an)
        make.attend(cls.meeting, cls.binh)
        make.attend(cls.meeting, cls.chi, capacity="assigned")
        cls.assignment = make.make_assignment(cls.chi, cls.one)
        cls.task = make.make_task(cls.chi, cls.one, TODAY.year - 1)
        # The branch of one member is gone on the cut-off date: a warning names who it was.
        gone = make.make_organization(parent=cls.ward, until=date(2010, 1, 1))
        cls.dung = make.make_member(gone, code="790000000044", full_name="Phạm Văn Dũng")
        cls.roll_up = roll_up_inline(cls.ward, year=TODAY.year - 1, at=timezone.now())
        cls.users = {}
        for role in Role.values:
            cls.users[role] = make.make_user(role)
            make.grant(cls.users[role], role, cls.ward)
        cls.users["member"] = make.make_user("member", member=cls.an)

    def page(self, who, name, *args, **query):
        self.client = self.client_class()
        self.client.force_login(self.users[who])
        return self.client.get(reverse(name, args=args), query)

    def pages(self, who):
        """Every page on which a member may be named, as far as it opens: {address: text}."""
        ratings = self.roll_up.ratings.all()
        names = [
            *((name, ()) for name in ("home", "branches:members", "branches:meetings")),
            *((f"assignments:{name}", ()) for name in ("assignments", "tasks")),
            *((f"evaluations:{name}", ()) for name in ("board", "roll_ups")),
            *(("branches:member", (each.pk,)) for each in Member.objects.all()),
            *(("evaluations:rating", (each.pk,)) for each in ratings),
            ("branches:organizations", ()),
            ("branches:organization", (self.ward.pk,)),
            ("branches:organization", (self.one.pk,)),
            ("branches:meeting", (self.meeting.pk,)),
            ("assignments:assignment", (self.assignment.pk,)),
            ("assignments:task", (self.task.pk,)),
            ("evaluations:roll_up", (self.roll_up.pk,)),
        ]
        found = {}
        for name, args in names:
            response = self.page(who, name, *args)
            assert response.status_code in (200, 403, 404), (name, response.status_code)
            if response.status_code == 200:
                found[reverse(name, args=args)] = response.content.decode()
        # All but the last digit: what was searched for stands on the page again.
        for text in ("n", "7900", *(code[:-1] for code in CODES.values())):
            found[f"search {text}"] = self.page(who, "branches:search", q=text).content.decode()
        return found

    def numbers_in(self, who):
        """The numbers of members that stand whole on any page: {number: pages}."""
        numbers = [*CODES.values(), self.dung.code, IDENTITY, PHONE, EMAIL]
        pages = self.pages(who)
        assert len(pages) > 5
        return {
            number: [address for address, text in pages.items() if number in text]
            for number in numbers
            if any(number in text for text in pages.values())
        }

    def test_roles_that_need_them_see_numbers_whole(self):
        everything = {*CODES.values(), self.dung.code, IDENTITY, PHONE, EMAIL}
        assert set(self.numbers_in("board")) == everything
        assert set(self.numbers_in("office")) == everything
        assert set(self.numbers_in("secretary")) == everything - {IDENTITY}

    def test_roles_without_need_see_no_number_on_any_page(self):
        assert self.numbers_in("leader") == {}
        assert self.numbers_in("auditor") == {}
        assert self.numbers_in("administrator") == {}

    def test_masked_numbers_stand_where_they_would(self):
        page = self.page("leader", "branches:member", self.binh.pk).content.decode()
        for masked in ("••••••0022", "••••••0077", "••••••0088", "••••••@example.vn"):
            assert masked in page

    def test_a_member_sees_the_own_numbers_and_no_others(self):
        assert set(self.numbers_in("member")) == {CODES["An"]}
        # The roster of a meeting attended names the others.
        roster = self.page("member", "branches:meeting", self.meeting.pk).content.decode()
        assert CODES["An"] in roster
        assert "••••••0022" in roster

    def test_a_grant_elsewhere_opens_no_number_here(self):
        user = self.users["leader"]
        make.grant(user, "secretary", self.two)
        numbers = self.numbers_in("leader")
        assert set(numbers) == {CODES["Chi"]}

    def test_a_number_that_stands_masked_finds_nobody(self):
        for who, found in (("board", True), ("leader", False)):
            page = self.page(who, "branches:search", q=CODES["Chi"][:11]).content.decode()
            assert ("Lê Thị Chi" in page) is found
            page = self.page(who, "branches:members", q=CODES["Chi"]).content.decode()
            assert ("Lê Thị Chi" in page) is found
            page = self.page(who, "evaluations:board", q=CODES["Chi"]).content.decode()
            assert (f"••••••{CODES['Chi'][-4:]}" in page or CODES["Chi"] in page) is found or (
                "Lê Thị Chi" not in page
            )
            assert "Lê Thị Chi" in self.page(who, "branches:search", q="chi").content.decode()

    def test_downloads_are_masked_as_the_pages(self):
        assert {*CODES.values()} <= self.downloaded("board")
        codes = self.downloaded("leader")
        assert "••••••0011" in codes
        assert not any(re.search("[0-9]{5}", code) for code in codes)

    def downloaded(self, who):
        response = self.page(
            who, "evaluations:ratings_download", "csv", year=TODAY.year - 1, org=self.ward.pk
        )
        text = response.getvalue().decode("utf-8-sig")
        return {row["member_code"] for row in csv.DictReader(io.StringIO(text))}

    def test_a_long_list_asks_once(self):
        counts = []
        for more in (2, 30):
            for _number in range(more):
                make.make_member(self.one)
            self.page("leader", "branches:members")
            address = reverse("branches:members")
            counts.append(count_queries(self.client, address))
        assert counts[0] == counts[1]
