"""What nobody covers: cadres who can go no more, and branches without any."""

from datetime import date

from django.test import TestCase
from django.urls import reverse
from django.utils.translation import override

from accounts.choices import Role
from assignments.board.uncovered import branches_without_cadre, count_gaps, leaving, reasons_of
from assignments.models import Assignment
from branches.acting import Acting
from tests import builders as make
from tests.pages import count_queries, text_of

BEGAN, BEFORE, DAY = date(2025, 1, 1), date(2026, 2, 28), date(2026, 3, 1)


class UncoveredTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, cls.branches = make.make_ward("W", parent=cls.district, branches=3)
        cls.office, (cls.desk,) = make.make_ward("O", parent=cls.district)
        cls.elsewhere, (cls.far,) = make.make_ward("X")
        cls.directive = make.make_directive(cls.district)
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.district)

    def assign(self, member=None, **fields):
        member = member or make.make_member(self.desk)
        values = {"since": BEGAN, "directive": self.directive}
        return make.make_assignment(member, self.branches[0], **(values | fields))

    def acting(self, on=DAY, organization=None):
        return Acting(self.user, organization or self.district, on, DAY)

    def reasons(self, assignment, on=DAY):
        """Why it is raised on the day, or None when it is not."""
        found = leaving(self.acting(on)).filter(pk=assignment.pk).first()
        with override("en"):
            return found and reasons_of(found, on=on)


class LeavingTests(UncoveredTests):
    def test_a_cadre_who_is_there_raises_nothing(self):
        member = make.make_member(self.desk)
        make.make_position(member, self.district)
        assert self.reasons(self.assign(member)) is None

    def test_who_left_the_party(self):
        member = make.make_member(self.desk, left_on=DAY, left_reason="deceased")
        assignment = self.assign(member)
        (reason,) = self.reasons(assignment)
        assert reason.startswith("left the Party on ")
        assert self.reasons(assignment, on=BEFORE) is None

    def test_a_status(self):
        for status, text in (
            ("exempt", "is exempt from work"),
            ("suspended", "is suspended"),
            ("away", "is active elsewhere"),
        ):
            member = make.make_member(self.desk)
            make.make_status(member, status, since=DAY, until=date(2026, 4, 30))
            assignment = self.assign(member)
            assert self.reasons(assignment) == [text]
            assert self.reasons(assignment, on=BEFORE) is None
            assert self.reasons(assignment, on=date(2026, 5, 1)) is None

    def test_a_transfer_out_of_who_issued_it(self):
        member = make.make_member(self.desk)
        assignment = self.assign(member)
        make.move(member, self.branches[1], on=DAY)
        assert self.reasons(assignment) is None  # still of the district
        present = member.memberships.get(validity__upper_inf=True)
        present.branch = self.far
        present.save()
        assert self.reasons(assignment) == ["belongs no more to who issued it"]
        assert self.reasons(assignment, on=BEFORE) is None

    def test_who_never_belonged_to_the_issuer_has_not_left_it(self):
        member = make.make_member(self.far)
        assert self.reasons(self.assign(member)) is None

    def test_a_post_that_ended(self):
        member = make.make_member(self.desk)
        position = make.make_position(member, self.district, until=BEFORE)
        assignment = self.assign(member)
        assert self.reasons(assignment) == ["holds no post any more at who issued it"]
        assert self.reasons(assignment, on=BEFORE) is None
        make.make_position(member, self.district, rank="secretary", since=DAY)
        assert self.reasons(assignment) is None
        assert position.pk

    def test_only_what_is_valid_on_the_day_and_seen(self):
        member = make.make_member(self.desk)
        make.make_status(member, "suspended")
        ended = self.assign(member, until=BEFORE)
        assert self.reasons(ended) is None
        stranger = make.make_user()
        make.grant(stranger, Role.BOARD, self.elsewhere)
        assert not leaving(Acting(stranger, self.elsewhere, DAY, DAY)).exists()


class BranchTests(UncoveredTests):
    def test_those_without_an_assignment_on_the_day(self):
        self.assign(until=BEFORE)
        make.make_assignment(make.make_member(self.desk), self.branches[1])
        make.make_organization(parent=self.ward, code="W-9", until=BEFORE)
        ward = self.acting(organization=self.ward)
        assert [each.code for each in branches_without_cadre(ward)] == ["W-1", "W-3"]
        past = self.acting(BEFORE, self.ward)
        assert {each.code for each in branches_without_cadre(past)} == {"W-3", "W-9"}
        assert count_gaps(ward) == (0, 2)


class PageTests(UncoveredTests):
    def setUp(self):
        self.client.force_login(self.user)
        self.url = reverse("assignments:uncovered")
        self.member = make.make_member(self.desk, full_name="Trần Đình Chỉ")
        make.make_status(self.member, "suspended")
        self.free = make.make_member(self.desk, full_name="Lê Thị Rảnh")
        make.make_position(self.free, self.ward)
        self.assignment = self.assign(self.member)

    def listed(self, **query):
        return self.client.get(self.url, {"org": self.ward.pk} | query).context["gaps"]

    def test_both_kinds_stand_in_order_of_the_branches_with_what_to_do(self):
        first, second, third = self.listed()
        assert (first.assignment, first.target) == (self.assignment, self.branches[0])
        assert [each.target for each in (second, third)] == self.branches[1:]
        page = text_of(self.client.get(self.url, {"org": self.district.pk}))
        address = reverse("assignments:hand_over", args=[self.assignment.pk])
        assert f"{address}?org={self.district.pk}&amp;cadre={self.free.pk}" in page
        assert "Trần Đình Chỉ" in page
        assert "Lê Thị Rảnh" in page

    def test_one_kind_alone(self):
        assert len(self.listed(kind="leaving")) == 1
        assert len(self.listed(kind="nobody")) == 2
        assert len(self.listed(kind="x")) == 3
        self.member.statuses.all().delete()
        assert self.listed(kind="leaving") == []

    def test_what_was_issued_from_above_is_not_handed_over_here(self):
        board = make.make_user()
        make.grant(board, Role.BOARD, self.ward)
        self.client.force_login(board)
        page = text_of(self.client.get(self.url))
        assert "Trần Đình Chỉ" in page
        assert reverse("assignments:hand_over", args=[self.assignment.pk]) not in page

    def test_who_does_not_assign_sees_no_suggestion(self):
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.district)
        self.client.force_login(leader)
        assert "Lê Thị Rảnh" not in text_of(self.client.get(self.url))
        assert self.client.get(reverse("assignments:suggestions")).status_code == 403

    def test_the_suggestions_go_into_the_grid(self):
        url = reverse("assignments:suggestions")
        response = self.client.get(url, {"org": self.ward.pk})
        assert [branch for branch, _found in response.context["rows"]] == self.branches[1:]
        district = {"org": self.district.pk}
        pair = f"{self.free.pk}:{self.branches[1].pk}"
        assert f'value="{pair}"' in text_of(self.client.get(url, district))
        grid = self.client.get(
            reverse("assignments:assign"), district | {"pair": [pair, "x", "1:2", f"{pair}9"]}
        ).context["grid"]
        assert grid.rows[0] == {
            "member": f"{self.free} ({self.free.code})",
            "target": f"{self.branches[1]} ({self.branches[1].code})",
        }
        assert not any(grid.rows[1].values())
        assert Assignment.objects.count() == 1

    def test_nothing_of_elsewhere_goes_into_the_grid(self):
        other = make.make_member(self.far)
        pairs = [f"{other.pk}:{self.branches[1].pk}", f"{self.free.pk}:{self.far.pk}"]
        grid = self.client.get(reverse("assignments:assign"), {"pair": pairs}).context["grid"]
        assert not any(any(row.values()) for row in grid.rows)

    def test_cost_does_not_grow(self):
        urls = [
            f"{reverse(f'assignments:{name}')}?org={self.district.pk}"
            for name in ("uncovered", "suggestions")
        ]
        few = [count_queries(self.client, url) for url in urls]
        for number in range(60):
            branch = make.make_organization(parent=self.ward, code=f"W-2{number:02}")
            if number % 2:
                make.make_assignment(self.member, branch, directive=self.directive)
        assert [count_queries(self.client, url) for url in urls] == few
        assert max(few) <= 12


class CounterTests(UncoveredTests):
    def test_the_board_and_the_home_page_tell_of_it(self):
        self.client.force_login(self.user)
        address = reverse("assignments:uncovered")
        member = make.make_member(self.desk)
        self.assign(member)
        for name in ("assignments:desk", "home"):
            url = reverse(name)
            assert f"{address}?org={self.district.pk}&amp;kind=leaving" not in text_of(
                self.client.get(url)
            )
        make.make_status(member, "suspended")
        for name in ("assignments:desk", "home"):
            url = reverse(name)
            assert f"{address}?org={self.district.pk}&amp;kind=leaving" in text_of(
                self.client.get(url)
            )
