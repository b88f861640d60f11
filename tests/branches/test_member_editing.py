"""Entering members, changing what is known of them, and where they belong."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from accounts.models import JournalEntry
from branches.editing import mark_of
from branches.models import EarlierPersonClass, Member, Membership, Organization
from branches.periods import period
from branches.services import members, moving
from tests import builders as make
from tests.pages import text_of
from tests.refusal import assert_refused

TODAY = date(2026, 1, 5)
MARCH_1 = date(2025, 3, 1)
PERSON = {
    "full_name": "Nguyễn Thị Ánh",
    "code": "012345",
    "birth_date": "03/02/1980",
    "gender": "female",
    "admitted_on": "01/05/2010",
    "official_on": "01/05/2011",
    "occupation": "Giáo viên",
    "person_class": "outside",
    "identity_number": "",
    "phone": "0912345678",
    "email": "",
}


class EditingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        cls.other_ward, (cls.elsewhere,) = make.make_ward("X")
        cls.member = make.make_member(
            cls.branch, code="M-1", full_name="Đỗ Văn Bình", birth_date=date(1970, 1, 1)
        )
        cls.stranger = make.make_member(cls.elsewhere, code="X-1", full_name="Trần Xa Lạ")
        cls.office, cls.leader = make.make_user(), make.make_user()
        make.grant(cls.office, Role.OFFICE, cls.ward)
        make.grant(cls.leader, Role.LEADER, cls.ward)

    def setUp(self):
        self.client.force_login(self.office)

    def url(self, page, *args):
        return reverse(f"branches:{page}", args=args)

    def post(self, page, member=None, **data):
        """Post a form of a member, with the mark of the row as it is stored now."""
        member = member or self.member
        return self.client.post(self.url(page, member.pk), self.marks(member) | data)

    def marks(self, member):
        """What the pages carry to tell whether somebody else was quicker."""
        last = moving.last_membership(member)
        return {"seen": mark_of(Member.objects.get(pk=member.pk)), "place": mark_of(last)}

    def errors(self, response):
        assert response.status_code == 200
        return dict(response.context["form"].errors)

    def belongs(self, member=None):
        rows = (member or self.member).memberships.order_by("validity")
        return [(each.branch, each.validity.lower, each.validity.upper) for each in rows]


class AddTests(EditingTests):
    def add(self, **data):
        return self.client.post(
            self.url("member_add"), PERSON | {"branch": "W-1", "since": "01/05/2010"} | data
        )

    def test_a_member_belongs_to_the_branch_from_the_day(self):
        response = self.add()
        member = Member.objects.get(code="012345")
        self.assertRedirects(response, self.url("member_edit", member.pk) + f"?org={self.ward.pk}")
        assert (member.full_name, member.birth_date) == ("Nguyễn Thị Ánh", date(1980, 2, 3))
        assert self.belongs(member) == [(self.branch, date(2010, 5, 1), None)]

    def test_it_is_put_down_to_who_did_it(self):
        self.add()
        member = Member.objects.get(code="012345")
        assert JournalEntry.objects.about(Member, member.pk).get().user == self.office

    def test_a_card_is_of_one_member(self):
        assert list(self.errors(self.add(code="M-1"))) == ["code"]
        found = self.errors(self.add(code="X-1"))  # of another ward, about which nothing is told
        assert list(found) == ["code"]
        assert "Trần" not in text_of(self.add(code="X-1"))

    def test_days_that_cannot_be(self):
        assert "since" in self.errors(self.add(since="30/04/2010"))
        assert "since" in self.errors(self.add(since="01/01/2090"))
        assert "birth_date" in self.errors(self.add(birth_date="01/05/2010"))
        assert "official_on" in self.errors(self.add(official_on="01/01/2010"))
        assert "admitted_on" in self.errors(self.add(admitted_on="01/01/2090"))
        assert "birth_date" in self.errors(self.add(birth_date="01/01/0001"))
        assert not Member.objects.filter(code="012345").exists()

    def test_only_into_a_branch_of_ones_own(self):
        assert "branch" in self.errors(self.add(branch="X-1"))
        assert "branch" in self.errors(self.add(branch="W"))
        Organization.objects.filter(pk=self.second.pk).update(
            validity=period(None, date(2009, 1, 1))
        )
        assert "since" in self.errors(self.add(branch="W-2"))

    def test_somebody_who_looks_the_same_is_shown_first(self):
        twin = {"full_name": "Do van BINH", "birth_date": "01/01/1970"}
        response = self.add(**twin)
        assert response.context["alike"] == [self.member]
        assert "M-1" in text_of(response)
        assert not Member.objects.filter(code="012345").exists()
        assert self.add(**twin, is_another="on").status_code == 302

    def test_who_looks_the_same_elsewhere_is_not_told(self):
        Member.objects.filter(pk=self.stranger.pk).update(birth_date=date(1970, 1, 1))
        response = self.add(full_name="Trần Xa Lạ", birth_date="01/01/1970")
        assert response.status_code == 302

    def test_who_was_transferred_out_elsewhere_is_taken_in_again(self):
        Member.objects.filter(pk=self.stranger.pk).update(
            birth_date=date(1970, 1, 1), left_on=MARCH_1, left_reason="transferred_out"
        )
        same = {"code": "X-1", "full_name": "Trần Xa Lạ", "admitted_on": "01/01/2000"}
        assert "code" in self.errors(
            self.add(**same, since="01/04/2025")
        )  # no birth date of theirs
        same["birth_date"] = "01/01/1970"
        assert "since" in self.errors(self.add(**same, since="28/02/2025"))
        assert self.add(**same, since="01/04/2025").status_code == 302
        self.stranger.refresh_from_db()
        assert (self.stranger.left_on, self.stranger.left_reason) == (None, "")
        assert self.belongs(self.stranger) == [
            (self.elsewhere, make.LONG_AGO, MARCH_1),
            (self.branch, date(2025, 4, 1), None),
        ]

    def test_who_may_not(self):
        self.client.force_login(self.leader)
        assert self.client.get(self.url("member_add")).status_code == 403
        assert self.add().status_code == 403


class ChangeTests(EditingTests):
    def change(self, **data):
        return self.post("member_change", **PERSON | {"code": "M-1"} | data)

    def test_changes_what_is_known(self):
        assert self.change(admitted_on="01/01/2000").status_code == 302
        self.member.refresh_from_db()
        assert (self.member.full_name, self.member.phone) == ("Nguyễn Thị Ánh", "0912345678")

    def test_another_class_takes_a_day_and_keeps_what_was(self):
        person = {"admitted_on": "01/01/2000", "person_class": "leader"}
        assert list(self.errors(self.change(**person))) == ["class_since"]
        assert self.change(**person, class_since="01/03/2025").status_code == 302
        earlier = EarlierPersonClass.objects.get(member=self.member)
        assert (earlier.person_class, earlier.validity.upper) == ("outside", MARCH_1)
        assert (
            Member.objects.with_class(on=date(2025, 2, 28)).get(pk=self.member.pk).person_class_on
            == "outside"
        )

    def test_a_class_is_not_changed_before_its_last_change(self):
        person = {"admitted_on": "01/01/2000"}
        self.change(**person, person_class="leader", class_since="01/03/2025")
        late = self.change(**person, person_class="staff", class_since="01/02/2025")
        assert list(self.errors(late)) == ["class_since"]
        # From the same day it is corrected, even to what it was before.
        self.change(**person, person_class="outside", class_since="01/03/2025")
        assert not EarlierPersonClass.objects.exists()

    def test_the_admission_is_not_after_the_first_branch(self):
        assert "admitted_on" in self.errors(self.change(admitted_on="02/01/2000"))

    def test_the_second_of_two_is_told(self):
        seen = self.marks(self.member)["seen"]
        Member.objects.filter(pk=self.member.pk).update(occupation="Nông dân")
        response = self.change(seen=seen, admitted_on="01/01/2000")
        assert "__all__" in self.errors(response)
        self.member.refresh_from_db()
        assert self.member.occupation == "Nông dân"

    def test_of_others_it_is_not_found_and_who_may_not_is_refused(self):
        url = self.url("member_change", self.stranger.pk)
        assert self.client.get(url).status_code == 404
        assert self.client.post(url, PERSON).status_code == 404
        self.client.force_login(self.leader)
        assert self.client.get(self.url("member_change", self.member.pk)).status_code == 403
        assert self.change().status_code == 403


class TransferTests(EditingTests):
    def transfer(self, **data):
        return self.post("member_transfer", **{"branch": "W-2", "since": "01/03/2025"} | data)

    def test_the_present_membership_ends_the_day_before(self):
        assert self.transfer().status_code == 302
        assert self.belongs() == [
            (self.branch, make.LONG_AGO, MARCH_1),
            (self.second, MARCH_1, None),
        ]

    def test_positions_that_are_ticked_end_with_it(self):
        ends = make.make_position(self.member, self.branch, rank="branch_secretary")
        stays = make.make_position(self.member, self.ward, rank="committee_member")
        page = self.client.get(self.url("member_transfer", self.member.pk))
        assert page.context["form"]["positions"].initial == [str(ends.pk)]
        self.transfer(positions=[ends.pk], reason="Giấy 12")
        ends.refresh_from_db()
        stays.refresh_from_db()
        assert (ends.validity.upper, ends.end_reason) == (MARCH_1, "Giấy 12")
        assert stays.validity.upper is None

    def test_what_is_left_behind_is_shown(self):
        make.make_assignment(self.member, self.second)
        make.make_task(self.member, self.branch, 2026, state="in_progress", title="Vận động")
        page = text_of(self.client.get(self.url("member_transfer", self.member.pk)))
        assert "W-2" in page
        assert "Vận động" in page

    def test_what_cannot_be(self):
        assert "since" in self.errors(self.transfer(since="01/01/2000"))
        assert "since" in self.errors(self.transfer(since="31/12/1999"))
        assert "branch" in self.errors(self.transfer(branch="W-1"))
        assert "branch" in self.errors(self.transfer(branch="X-1"))
        assert "branch" in self.errors(self.transfer(branch="W"))
        Organization.objects.filter(pk=self.second.pk).update(
            validity=period(None, date(2025, 2, 28))
        )
        assert "since" in self.errors(self.transfer())
        assert self.belongs() == [(self.branch, make.LONG_AGO, None)]

    def test_the_database_would_refuse_it_too(self):
        assert_refused(
            "membership_one_branch_a_day",
            Membership.objects.create,
            member=self.member,
            branch=self.second,
            validity=period(MARCH_1),
        )
        assert_refused(
            "membership_between_admission_and_leaving",
            self.member.memberships.update,
            validity=period(date(1999, 1, 1)),
        )

    def test_two_at_once_are_told(self):
        marks = self.marks(self.member)
        self.transfer()
        response = self.transfer(**marks, branch="W-1", since="01/06/2025")
        assert "__all__" in self.errors(response)
        assert len(self.belongs()) == 2

    def test_undo(self):
        ended = make.make_position(self.member, self.branch, rank="branch_secretary")
        self.transfer(positions=[ended.pk], reason="Giấy 12")
        assert self.post("member_undo", reason="Nhầm", positions=[ended.pk]).status_code == 302
        assert self.belongs() == [(self.branch, make.LONG_AGO, None)]
        ended.refresh_from_db()
        assert ended.validity.upper is None
        entry = JournalEntry.objects.about(Membership, self.member.memberships.get().pk).latest(
            "pk"
        )
        assert entry.reason == "Nhầm"

    def test_no_undo_once_something_newer_depends_on_it(self):
        self.transfer()
        make.attend(make.make_meeting(self.second, date(2025, 4, 1)), self.member)
        step = moving.last_step(self.member)
        assert "01/04/2025" in step.refusal
        response = self.post("member_undo", reason="Nhầm")
        assert "__all__" in self.errors(response)
        assert len(self.belongs()) == 2

    def test_nothing_to_undo(self):
        page = self.client.get(self.url("member_undo", self.member.pk))
        assert page.context["step"] is None

    def test_undo_of_a_transfer_from_elsewhere_is_theirs_too(self):
        make.move(self.stranger, self.branch, on=MARCH_1)
        assert self.post("member_undo", self.stranger, reason="Nhầm").status_code == 403


class LeaveTests(EditingTests):
    def leave(self, **data):
        values = {"left_on": "01/03/2025", "left_reason": "transferred_out", "left_note": "Về Huế"}
        return self.post("member_leave", **values | data)

    def test_transfer_out(self):
        post = make.make_position(self.member, self.ward)
        assert self.leave(positions=[post.pk]).status_code == 302
        self.member.refresh_from_db()
        post.refresh_from_db()
        assert (self.member.left_on, self.member.left_note) == (MARCH_1, "Về Huế")
        assert (post.validity.upper, post.end_reason) == (MARCH_1, "Về Huế")
        assert not Member.objects.in_organization(self.ward, on=MARCH_1).exists()

    def test_days_that_cannot_be(self):
        assert "left_on" in self.errors(self.leave(left_on="01/01/2000"))
        assert "left_reason" in self.errors(self.leave(left_reason=""))
        self.leave()
        assert "left_on" in self.errors(self.leave(left_on="01/05/2025"))

    def test_undo(self):
        self.leave()
        assert self.post("member_undo", reason="Nhầm").status_code == 302
        self.member.refresh_from_db()
        assert (self.member.left_on, self.member.left_reason) == (None, "")

    def test_who_left_is_not_transferred(self):
        self.leave()
        response = self.post("member_transfer", branch="W-2", since="01/04/2025")
        assert "__all__" in self.errors(response)


class EditPageTests(EditingTests):
    def test_the_members_page_leads_there_for_who_may(self):
        url = self.url("member_edit", self.member.pk)
        assert url in text_of(self.client.get(self.url("member", self.member.pk)))
        self.client.force_login(self.leader)
        assert url not in text_of(self.client.get(self.url("member", self.member.pk)))
        assert self.client.get(url).status_code == 403

    def test_shows_everything_that_can_be_changed(self):
        make.make_status(self.member, until=date(2002, 1, 1), decision_number="12-QĐ/ĐU")
        make.make_discipline(self.member, MARCH_1)
        make.make_position(self.member, self.ward, title="Phó Bí thư")
        page = text_of(self.client.get(self.url("member_edit", self.member.pk)))
        for words in ("12-QĐ/ĐU", "01/03/2025", "Phó Bí thư", '"chip chip-warning"'):
            assert words in page


class AccessTests(EditingTests):
    def test_services_refuse_who_may_not(self):
        person = {name: getattr(self.member, name) for name in members.PERSON}
        with pytest.raises(PermissionDenied):
            members.change_member(
                self.member, person_class="outside", by=self.leader, on=TODAY, **person
            )
        with pytest.raises(PermissionDenied):
            moving.transfer_member(
                self.member, branch=self.elsewhere, since=MARCH_1, by=self.office, on=TODAY
            )
