"""What may never be false of the organization is refused by the database, whoever writes it."""

from datetime import date

from django.test import TestCase

from branches.models import Membership, Organization, Placement
from branches.periods import period
from tests import builders as make
from tests.owner import function_replaced
from tests.refusal import assert_refused

DAY = date(2025, 3, 1)
MAY_STAND_UNDER = "may_stand_under(child text, child_is_grassroots boolean, parent text)"


class ConstraintTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward = make.make_organization("grassroots_committee", code="W", parent=cls.district)
        cls.branch = make.make_organization(code="B", parent=cls.ward)
        cls.member = make.make_member(cls.branch, code="M")

    def test_codes(self):
        for code in ("", "-a", "a b", "đ", "a\n"):
            with self.subTest(code=code):
                assert_refused("organization_code_form", make.make_organization, code=code)

    def test_a_committee_is_grassroots(self):
        assert_refused(
            "organization_committee_is_grassroots",
            make.make_organization,
            "grassroots_committee",
            grassroots=False,
        )

    def test_one_parent_a_day(self):
        other = make.make_organization("grassroots_committee", parent=self.district)
        assert_refused("placement_one_parent_a_day", make.place, self.branch, other)

    def test_parents_of_the_right_kind(self):
        orphan = make.make_organization("branch")
        assert_refused("placement_parent_kind", make.place, orphan, self.district)
        Organization.objects.filter(pk=orphan.pk).update(grassroots=True)
        make.place(orphan, self.district)
        cell = make.make_organization("cell")
        assert_refused("placement_parent_kind", make.place, cell, self.ward)
        make.place(cell, self.branch)

    def test_a_change_of_kind_is_checked_against_parent_and_children(self):
        write = Organization.objects.filter(pk=self.ward.pk).update
        assert_refused("placement_parent_kind", write, kind="province")

    def test_no_cycle(self):
        write = Placement.objects.filter(organization=self.ward).update
        lower = make.make_organization("sub_committee", parent=self.ward)
        assert_refused("placement_parent_kind", write, parent=lower)
        a, b = make.make_organization("province"), make.make_organization("province")
        # Kinds alone forbid every cycle; with that rule out of the way the other must hold.
        with function_replaced(MAY_STAND_UNDER, "RETURN true"):
            assert_refused("placement_no_cycle", self.make_cycle, a, b)

    def make_cycle(self, a, b):
        make.place(a, b)
        make.place(b, a)

    def test_a_child_exists_only_inside_its_parent(self):
        write = Organization.objects.filter(pk=self.ward.pk).update
        assert_refused("placement_inside_parent", write, validity=period(date(2001, 1, 1)))

    def test_one_branch_a_day(self):
        other = make.make_organization(parent=self.ward)
        assert_refused(
            "membership_one_branch_a_day",
            Membership.objects.create,
            member=self.member,
            branch=other,
            validity=period(DAY),
        )

    def test_members_belong_to_branches(self):
        assert_refused("membership_in_a_branch", make.make_member, self.ward)

    def test_a_branch_with_members_cannot_become_something_else(self):
        write = Organization.objects.filter(pk=self.branch.pk).update
        assert_refused("placement_parent_kind", write, kind="cell")
        assert_refused("membership_in_a_branch", write, kind="sub_committee")

    def test_not_before_admission_nor_after_leaving(self):
        name = "membership_between_admission_and_leaving"
        assert_refused(name, make.make_member, self.branch, since=date(1999, 12, 31))
        assert_refused(
            name,
            make.make_member,
            self.branch,
            left_on=date(1999, 12, 31),
            left_reason="deceased",
        )

    def test_leaving_has_a_reason(self):
        assert_refused("member_left_with_reason", make.make_member, left_on=DAY)
        assert_refused("member_left_with_reason", make.make_member, left_reason="resigned")

    def test_statuses_do_not_overlap(self):
        make.make_status(self.member, "away", since=DAY, until=DAY)
        assert_refused("status_one_a_day", make.make_status, self.member, since=DAY)

    def test_meetings_are_of_a_branch_that_exists(self):
        name = "meeting_of_a_branch_that_exists"
        assert_refused(name, make.make_meeting, self.ward, DAY)
        ended = make.make_organization(parent=self.ward, until=date(2025, 2, 28))
        assert_refused(name, make.make_meeting, ended, DAY)

    def test_one_row_on_a_roster(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.attend(meeting, self.member)
        assert_refused("attendance_once", make.attend, meeting, self.member, "excused")

    def test_quality(self):
        assert_refused("meeting_quality_0_to_100", make.make_meeting, self.branch, DAY, quality=101)


class NameTests(TestCase):
    def test_search_without_diacritics(self):
        make.make_member(full_name="Nguyễn Thị Đào")
        search = type(make.make_member()).objects.search
        for text in ("dao", "ĐÀO", "thi nguyen", "  Đào  thị "):
            with self.subTest(text=text):
                assert search(text).count() == 1
        assert not search("dao%").exists()
        assert not search("dao nam").exists()

    def test_people_are_ordered_by_given_name(self):
        names = ["Lê An", "Bùi Anh", "Trần ảnh", "Vũ Ánh", "Hồ Ạnh", "Lý Ăn", "Đỗ Ân", "Cao Bình"]
        names += ["Ngô Dũng", "Đinh Đạt", "Võ Ưng", "Mai Ý", "Tạ Yến"]
        for name in reversed(names):
            make.make_member(full_name=name)
        found = type(make.make_member(full_name="Zz")).objects.order_by("sort_key")
        assert [member.full_name for member in found][:-1] == names

    def test_numbers_in_names_count(self):
        for number in (10, 2, 1):
            make.make_organization(name=f"Chi bộ {number}")
        ordered = Organization.objects.order_by("sort_key").values_list("name", flat=True)
        assert list(ordered) == ["Chi bộ 1", "Chi bộ 2", "Chi bộ 10"]
