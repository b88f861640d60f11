"""An organization that is split, or gives a part of itself away."""

from assignments.models import Assignment
from assignments.reorganizing import plans
from branches.models import (
    Member,
    Membership,
    Organization,
    Placement,
)
from tests import builders as make

from .world import DAY, branch_of


class TestSplit:
    def test_with_exact_counts_as_in_ward_14(self, place):
        """10A 52 + 10B 40 + 10C 32 become 10A 52 + 10B 26 + 10C 24 + a new branch of 22."""
        quarter = make.make_organization("sub_committee", code="KP10", parent=place.ward)
        sizes = {"10A": 52, "10B": 40, "10C": 32}
        branches = {code: make.make_organization(code=code, parent=quarter) for code in sizes}
        people = {
            code: [make.make_member(branches[code], code=f"{code}-{n:02}") for n in range(size)]
            for code, size in sizes.items()
        }
        leaving = [*people["10B"][:14], *people["10C"][:8]]
        plan = plans.Split(
            on=DAY,
            sources=(branches["10B"], branches["10C"]),
            parts=(plans.NewOrganization("Chi bộ chung cư", "CC", "branch", quarter),),
            members={each.pk: "CC" for each in leaving},
            ends=False,
        )
        shown = place.see(plan)
        assert [(each.code, each.before, each.after) for each in shown.balance] == [
            ("10B", 40, 26),
            ("10C", 32, 24),
            ("CC", 0, 22),
            ("", 72, 72),
        ]
        place.do(plan)
        counts = {
            each.code: Member.objects.in_organization(each, on=DAY).count()
            for each in Organization.objects.filter(code__in=[*sizes, "CC"])
        }
        assert counts == {"10A": 52, "10B": 26, "10C": 24, "CC": 22}
        assert Member.objects.in_organization(quarter, on=DAY).count() == 124

    def parts(self, place):
        return tuple(
            plans.NewOrganization(f"Chi bộ {code}", code, "branch", place.ward)
            for code in ("W-1A", "W-1B")
        )

    def test_one_that_ends_leaves_nobody_without_a_branch(self, place):
        first, second = place.members[:2]
        plan = plans.Split(
            on=DAY, sources=(place.one,), parts=self.parts(place), members={first.pk: "W-1A"}
        )
        place.refused(plan, "1 members", second.code, field="members")

    def test_named_members_and_the_rest(self, place):
        first, second = place.members[:2]
        place.do(
            plans.Split(
                on=DAY,
                sources=(place.one,),
                parts=self.parts(place),
                members={first.pk: "W-1B"},
                rest="W-1A",
            )
        )
        assert (branch_of(first, DAY), branch_of(second, DAY)) == ("W-1B", "W-1A")
        assert Assignment.objects.get(code="A1-20260701").target.code == "W-1A"
        assert {each.successor.code for each in place.one.successions.all()} == {"W-1A", "W-1B"}

    def test_a_split_cell_keeps_members_their_first_days_and_tasks(self, place):
        cell = make.make_organization("cell", code="C", parent=place.one)
        task = make.make_task(place.members[0], cell, 2026, state="in_progress")
        before = list(Membership.objects.order_by("pk").values())
        parts = [plans.NewOrganization(f"Tổ {n}", f"C{n}", "cell", place.one) for n in (1, 2)]
        place.do(plans.Split(on=DAY, sources=(cell,), parts=tuple(parts)))
        assert list(Membership.objects.order_by("pk").values()) == before
        task.refresh_from_db()
        assert (task.organization, task.state) == (cell, "in_progress")
        names = Organization.objects.children_of(place.one, on=DAY).order_by("code")
        assert [each.code for each in names] == ["C1", "C2"]

    def test_a_committee_divides_what_stands_below_it(self, place):
        parts = tuple(
            plans.NewOrganization(code, code, "grassroots_committee", place.district)
            for code in ("N1", "N2")
        )
        plan = plans.Split(
            on=DAY, sources=(place.ward,), parts=parts, children={place.one.pk: "N1"}, rest="N2"
        )
        place.do(plan)
        placed = Placement.objects.filter(validity__startswith=DAY, organization__kind="branch")
        assert dict(placed.values_list("organization__code", "parent__code")) == {
            "W-1": "N1",
            "W-2": "N2",
            "W-3": "N2",
        }

    def test_tasks_of_who_leaves_go_along_when_chosen(self, place):
        leaving = place.members[0]
        task = make.make_task(leaving, place.one, 2026, state="registered")
        place.do(
            plans.Split(
                on=DAY,
                sources=(place.one,),
                parts=self.parts(place)[:1],
                members={leaving.pk: "W-1A"},
                ends=False,
                work=plans.Work(tasks="go_over"),
            )
        )
        task.refresh_from_db()
        assert task.organization.code == "W-1A"

    def test_who_is_on_a_later_roster_cannot_leave(self, place):
        make.attend(make.make_meeting(place.one, DAY), place.members[0])
        plan = plans.Split(
            on=DAY,
            sources=(place.one,),
            parts=self.parts(place)[:1],
            members={place.members[0].pk: "W-1A"},
            ends=False,
        )
        place.refused(plan, "rosters", field="on")
