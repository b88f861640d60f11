"""Reorganizations as services: what goes where, what stays, what stands in the way, and undoing."""

from datetime import UTC, date, datetime
from importlib import import_module
from threading import Thread
from time import monotonic

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.choices import Role
from accounts.models import JournalEntry
from assignments.models import Assignment, Task
from assignments.reorganizing import plans, showing, undoing
from assignments.reorganizing.trail import TABLES
from assignments.services import reorganizing
from branches.models import (
    Member,
    Membership,
    Organization,
    Placement,
    Position,
    Reorganization,
    Succession,
)
from branches.periods import period
from tests import builders as make

DAY, DAY_BEFORE, TODAY = date(2026, 7, 1), date(2026, 6, 30), date(2026, 8, 1)
AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
EVERY_TABLE = (*TABLES, "branches_organizationpath", "branches_meeting", "branches_attendance")


@pytest.fixture(autouse=True)
def _in_the_database(db):
    with translation.override("en"):
        yield


@pytest.fixture
def place():
    return Place()


class Place:
    """A district with two wards; the first has three branches with members and work."""

    def __init__(self):
        self.district = make.make_organization("district", code="D")
        self.ward, self.branches = make.make_ward("W", parent=self.district, branches=3)
        self.other, (self.elsewhere,) = make.make_ward("X", parent=self.district)
        self.one, self.two, self.three = self.branches
        self.members = [
            make.make_member(branch, code=f"{branch.code}-M{number}")
            for branch in self.branches
            for number in (1, 2)
        ]
        self.secretary = make.make_position(self.members[0], self.one, rank="branch_secretary")
        self.cadre = make.make_member(self.elsewhere, code="CADRE")
        self.assignment = make.make_assignment(self.cadre, self.one, code="A1", visits_due=2)
        self.task = make.make_task(
            self.cadre, self.one, 2026, state="in_progress", assignment=self.assignment, code="K1"
        )
        self.meeting = make.make_meeting(self.one, date(2026, 6, 3), code="H1")
        make.attend(self.meeting, self.members[0])
        self.board = make.make_user("board")
        make.grant(self.board, Role.BOARD, self.district)

    def merge(self, **more):
        into = plans.NewOrganization("Chi bộ 10", "W-10", "branch", self.ward)
        return plans.Merge(**{"on": DAY, "sources": (self.one, self.two), "into": into} | more)

    def do(self, plan, **more):
        asked = {"by": self.board, "today": TODAY, "at": AT, "reason": "r", "decision": "77-QĐ"}
        return reorganizing.reorganize(plan, **asked | more)

    def see(self, plan):
        return reorganizing.preview(plan, by=self.board, today=TODAY)

    def undo(self, done):
        return reorganizing.undo(done, by=self.board, today=TODAY, at=AT, reason="wrong")

    def refused(self, plan, *words, field):
        with pytest.raises(ValidationError) as caught:
            self.do(plan)
        said = " ".join(caught.value.message_dict[field])
        assert [word for word in words if word not in said] == [], said


def everything():
    """Every row of every table that a reorganization may touch, as text."""
    rows = {}
    with connection.cursor() as cursor:
        for table in EVERY_TABLE:
            key = "organization_id, lower(validity)" if table.endswith("path") else "id"
            left = " - 'id'" if table.endswith("path") else ""
            cursor.execute(f"SELECT (to_jsonb(t){left})::text FROM {table} t ORDER BY {key}")  # noqa: S608
            rows[table] = [row for (row,) in cursor.fetchall()]
    return rows


def said_of(changes_or_shown):
    """The lines of what happened or was announced, less the tasks that stay."""
    lines = getattr(changes_or_shown, "lines", None)
    if lines is None:
        lines = showing.lines_of(changes_or_shown)
    every = [line for part in lines.values() for line in part]
    return [line for line in every if line.after != "stays there"]


def branch_of(member, on):
    return Membership.objects.get(member=member, validity__contains=on).branch.code


class TestMerge:
    def test_members_go_to_the_successor_on_the_day_and_nobody_is_lost(self, place):
        place.do(place.merge())
        assert [branch_of(each, DAY_BEFORE) for each in place.members] == [
            "W-1",
            "W-1",
            "W-2",
            "W-2",
            "W-3",
            "W-3",
        ]
        assert [branch_of(each, DAY) for each in place.members] == ["W-10"] * 4 + ["W-3"] * 2
        for day in (DAY_BEFORE, DAY):
            assert Member.objects.in_organization(place.ward, on=day).count() == 6

    def test_the_sources_end_the_day_before_and_say_what_became_of_them(self, place):
        place.do(place.merge())
        names = Organization.objects.children_of(place.ward, on=DAY).order_by("code")
        assert [each.code for each in names] == ["W-10", "W-3"]
        before = Organization.objects.children_of(place.ward, on=DAY_BEFORE).order_by("code")
        assert [each.code for each in before] == ["W-1", "W-2", "W-3"]
        said = Succession.objects.values_list("organization__code", "successor__code", "on", "kind")
        assert sorted(said) == [("W-1", "W-10", DAY, "merge"), ("W-2", "W-10", DAY, "merge")]

    def test_assignments_are_issued_again_and_posts_end(self, place):
        place.do(place.merge())
        old, new = Assignment.objects.order_by("code")
        assert (old.code, old.target.code, old.validity.upper) == ("A1", "W-1", DAY)
        assert (new.code, new.target.code, new.validity) == ("A1-20260701", "W-10", period(DAY))
        assert (new.member, new.role, new.visits_due) == (place.cadre, "direct", 2)
        assert Position.objects.get().validity.upper == DAY

    def test_who_guided_two_of_them_guides_the_successor_once(self, place):
        make.make_assignment(place.cadre, place.two, code="A2")
        place.do(place.merge())
        again = Assignment.objects.filter(target__code="W-10")
        assert [each.code for each in again] == ["A1-20260701"]

    def test_assignments_may_end_by_the_rule_or_each_by_choice(self, place):
        second = make.make_assignment(place.cadre, place.two, code="A2")
        work = plans.Work(assignments="end", chosen={second.pk: "W-10"})
        place.do(place.merge(work=work))
        again = Assignment.objects.filter(target__code="W-10")
        assert [each.code for each in again] == ["A2-20260701"]

    def test_open_tasks_stay_where_they_were_registered(self, place):
        place.do(place.merge())
        place.task.refresh_from_db()
        assert (place.task.organization, place.task.assignment) == (place.one, place.assignment)

    def test_or_go_over_with_the_assignment(self, place):
        done = make.make_task(place.cadre, place.one, 2026, assignment=place.assignment)
        old = make.make_task(place.cadre, place.one, 2025, state="reported")
        place.do(place.merge(work=plans.Work(tasks="go_over")))
        place.task.refresh_from_db()
        assert place.task.organization.code == "W-10"
        assert place.task.assignment.code == "A1-20260701"
        for task in (done, old):
            task.refresh_from_db()
            assert task.organization == place.one

    def test_who_left_the_party_before_stays_where_they_were(self, place):
        gone = make.make_member(
            place.one, code="GONE", left_on=date(2026, 1, 1), left_reason="deceased"
        )
        place.do(place.merge())
        assert gone.memberships.get().branch == place.one

    def test_meetings_stay(self, place):
        place.do(place.merge())
        place.meeting.refresh_from_db()
        assert place.meeting.branch == place.one

    def test_into_one_of_them(self, place):
        place.do(place.merge(into=place.two))
        assert [branch_of(each, DAY) for each in place.members] == ["W-2"] * 4 + ["W-3"] * 2
        place.two.refresh_from_db()
        assert place.two.validity.upper is None
        assert Succession.objects.get().organization == place.one

    def test_committees_bring_what_stands_below_them(self, place):
        into = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Merge(on=DAY, sources=(place.ward, place.other), into=into))
        new = Organization.objects.get(code="N")
        below = Organization.objects.children_of(new, on=DAY).order_by("code")
        assert [each.code for each in below] == ["W-1", "W-2", "W-3", "X-1"]
        assert Member.objects.in_organization(new, on=DAY).count() == 7
        assert Member.objects.in_organization(place.ward, on=DAY_BEFORE).count() == 6

    def test_assignments_that_a_merged_committee_confirms_are_confirmed_by_the_new_one(self, place):
        place.assignment.confirmer = place.ward
        place.assignment.save()
        into = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Merge(on=DAY, sources=(place.ward, place.other), into=into))
        new = Assignment.objects.get(code="A1-20260701")
        assert (new.target, new.confirmer.code) == (place.one, "N")

    def test_a_day_to_come_takes_effect_by_dates(self, place):
        day = date(2027, 1, 1)
        place.do(place.merge(on=day))
        assert Member.objects.in_organization(place.one, on=TODAY).count() == 2
        assert Member.objects.in_organization(place.one, on=day).count() == 0

    @pytest.mark.parametrize(
        ("later", "words"),
        [
            (lambda p: make.make_meeting(p.one, date(2026, 7, 5)), ("1 meetings", "05/07/2026")),
            (lambda p: make.make_member(p.one, since=DAY), ("1 members", "01/07/2026")),
            (lambda p: make.make_position(p.members[0], p.two, since=DAY), ("1 posts",)),
            (lambda p: make.make_assignment(p.cadre, p.two, since=DAY), ("1 assignments",)),
            (lambda p: make.make_review(p.assignment, 2027), ("1 reviews", "2027")),
            (lambda p: make.make_directive(p.one, issued_on=DAY), ("1 documents",)),
            (
                lambda p: make.make_organization("cell", parent=p.one, parent_since=DAY, since=DAY),
                ("1 organizations",),
            ),
        ],
    )
    def test_later_facts_stand_in_the_way(self, place, later, words):
        later(place)
        place.refused(place.merge(), *words, field="on")

    def test_different_kinds_and_too_few_are_refused(self, place):
        place.refused(place.merge(sources=(place.one, place.ward)), "kinds", field="sources")
        place.refused(place.merge(sources=(place.one,), into=place.one), "two", field="sources")
        place.refused(place.merge(sources=(place.one,)), "two", field="sources")
        place.refused(place.merge(into=place.other), "another kind", field="into")

    def test_a_taken_code_is_refused(self, place):
        into = plans.NewOrganization("Chi bộ 10", "X-1", "branch", place.ward)
        place.refused(place.merge(into=into), "X-1", field="into")

    def test_one_that_ended_is_refused(self, place):
        place.do(place.merge())
        place.one.refresh_from_db()
        place.refused(place.merge(sources=(place.one, place.three)), "not exist", field="sources")


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


class TestOthers:
    def test_create(self, place):
        new = plans.NewOrganization("Chi bộ 9", "W-9", "branch", place.ward)
        place.do(plans.Create(on=DAY, organization=new))
        assert Organization.objects.children_of(place.ward, on=DAY).filter(code="W-9").exists()
        assert not Organization.objects.valid_on(DAY_BEFORE).filter(code="W-9").exists()

    def test_a_child_may_stand_under_a_parent_that_began_later(self, place):
        new = plans.NewOrganization("Đảng ủy mới", "N", "grassroots_committee", place.district)
        place.do(plans.Create(on=DAY, organization=new))
        parent = Organization.objects.get(code="N")
        place.do(plans.Move(on=DAY, organizations=(place.one,), parent=parent))
        assert Organization.objects.above(place.one, on=DAY)[1] == parent
        assert Organization.objects.above(place.one, on=DAY_BEFORE)[1] == place.ward

    def test_rename_keeps_the_name_of_before(self, place):
        place.do(plans.Rename(on=DAY, organization=place.one, name="Chi bộ Một"))
        on = Organization.objects.on
        assert on(DAY_BEFORE).get(pk=place.one.pk).name_on == "W-1"
        assert on(DAY).get(pk=place.one.pk).name_on == "Chi bộ Một"
        place.refused(
            plans.Rename(on=date(2026, 3, 1), organization=place.one, name="Khác"),
            "01/07/2026",
            field="on",
        )

    def test_change_of_grassroots_and_of_kind(self, place):
        plan = plans.Change(on=DAY, organization=place.one, to_kind="branch", grassroots=True)
        place.do(plan)
        assert Organization.objects.on(DAY).get(pk=place.one.pk).grassroots_on
        assert not Organization.objects.on(DAY_BEFORE).get(pk=place.one.pk).grassroots_on
        wrong = plans.Change(on=DAY, organization=place.two, to_kind="cell", grassroots=False)
        place.refused(wrong, "2 members", "cannot stand under", field="to_kind")

    def test_move_and_what_it_refuses(self, place):
        place.do(plans.Move(on=DAY, organizations=(place.one, place.two), parent=place.other))
        assert Member.objects.in_organization(place.other, on=DAY).count() == 5
        again = plans.Move(on=date(2026, 6, 1), organizations=(place.one,), parent=place.ward)
        place.refused(again, "01/07/2026", field="on")
        wrong = plans.Move(on=TODAY, organizations=(place.ward,), parent=place.three)
        place.refused(wrong, "cannot stand under", "below", field="parent")

    def test_dissolve_refuses_who_and_what_has_no_place(self, place):
        place.refused(
            plans.Dissolve(on=DAY, organizations=(place.one,)),
            "2 members",
            "W-1-M1",
            field="organizations",
        )
        place.refused(
            plans.Dissolve(on=DAY, organizations=(place.ward,)),
            "3 organizations",
            field="organizations",
        )
        empty = make.make_organization(parent=place.ward, code="E")
        make.make_assignment(place.cadre, empty, code="AE")
        place.do(plans.Dissolve(on=DAY, organizations=(empty,)))
        empty.refresh_from_db()
        assert empty.validity.upper == DAY
        assert Assignment.objects.get(code="AE").validity.upper == DAY
        assert not Assignment.objects.filter(code__startswith="AE-").exists()


class TestWhoMay:
    def test_the_action_is_needed_on_everything_that_is_touched(self, place):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, place.ward)
        place.do(place.merge(), by=ward_board)
        elsewhere = plans.Move(on=DAY, organizations=(place.three,), parent=place.other)
        with pytest.raises(PermissionDenied):
            place.do(elsewhere, by=ward_board)
        with pytest.raises(PermissionDenied):
            reorganizing.preview(elsewhere, by=ward_board, today=TODAY)

    def test_nobody_ends_the_organization_that_they_answer_for(self, place):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, place.ward)
        with pytest.raises(PermissionDenied):
            place.do(plans.Dissolve(on=DAY, organizations=(place.ward,)), by=ward_board)

    def test_other_roles_may_not(self, place):
        for role in set(Role.values) - {Role.BOARD}:
            user = make.make_user()
            make.grant(user, role, place.district)
            with pytest.raises(PermissionDenied):
                place.do(place.merge(), by=user)

    def test_nothing_that_stands_alone_is_made_by_a_user(self, place):
        alone = plans.NewOrganization("Huyện ủy", "D2", "district", None)
        with pytest.raises(PermissionDenied):
            place.do(plans.Create(on=DAY, organization=alone))
        place.do(plans.Create(on=DAY, organization=alone), by=None)


class TestPreview:
    def plans(self, place):
        new = plans.NewOrganization("Chi bộ 9", "W-9", "branch", place.ward)
        return [
            place.merge(),
            place.merge(into=place.two, work=plans.Work(tasks="go_over")),
            plans.Create(on=DAY, organization=new),
            plans.Rename(on=DAY, organization=place.one, name="Chi bộ Một"),
            plans.Change(on=DAY, organization=place.one, to_kind="branch", grassroots=True),
            plans.Move(on=DAY, organizations=(place.one,), parent=place.other),
            plans.Split(on=DAY, sources=(place.one,), parts=(new,), rest="W-9"),
        ]

    def test_changes_nothing(self, place):
        before = everything()
        for plan in self.plans(place):
            assert place.see(plan).lines
        assert everything() == before
        assert not Reorganization.objects.exists()

    def test_equals_what_happens_and_undoing_puts_back_every_row(self, place):
        before = everything()
        for plan in self.plans(place):
            shown = place.see(plan)
            done = place.do(plan, digest=shown.digest)
            assert everything() != before
            assert said_of(undoing.changes_of(done)) == said_of(shown), plan
            place.undo(done)
            assert everything() == before, plan

    def test_says_each_row_before_and_after(self, place):
        lines = place.see(place.merge()).lines
        member = lines["members"][0]
        assert (member.code, member.before, member.after) == (
            "W-1-M1",
            "W-1 (W-1), since 01/01/2000",
            "W-1 (W-1), 01/01/2000 to 30/06/2026; Chi bộ 10 (W-10), since 01/07/2026",
        )
        assert {part: len(rows) for part, rows in lines.items()} == {
            "organizations": 3,
            "places": 1,
            "successions": 2,
            "members": 4,
            "posts": 1,
            "assignments": 2,
            "tasks": 1,
        }

    def test_says_what_stays_and_what_goes_along(self, place):
        shown = place.see(place.merge())
        assert shown.notes == ["1 meetings stay with what ends, with their rosters."]
        (task,) = shown.lines["tasks"]
        assert (task.code, task.after) == ("K1", "stays there")
        plan = plans.Move(on=DAY, organizations=(place.one,), parent=place.other)
        assert place.see(plan).notes == [
            "Along with what gets another place, unchanged: 1 organizations, 2 members, "
            "1 assignments, 1 open tasks."
        ]

    def test_says_whose_posts_go_on_where_they_leave(self, place):
        plan = plans.Split(
            on=DAY,
            sources=(place.one,),
            parts=(plans.NewOrganization("Chi bộ 9", "W-9", "branch", place.ward),),
            members={place.members[0].pk: "W-9"},
            ends=False,
        )
        assert place.see(plan).notes == [
            "1 posts are held where their holders leave: they go on until they are ended."
        ]

    def test_names_the_grants_that_open_no_longer(self, place):
        user = make.make_user("bithu")
        kept = make.grant(user, Role.SECRETARY, place.one)
        assert place.see(place.merge()).grants == [(kept, False)]
        place.do(place.merge())
        assert not user.scope(on=DAY).filter(code="W-10").exists()

    def test_names_the_grants_that_open_by_a_move(self, place):
        loses = make.grant(make.make_user(), Role.OFFICE, place.ward)
        gains = make.grant(make.make_user(), Role.OFFICE, place.other)
        plan = plans.Move(on=DAY, organizations=(place.one,), parent=place.other)
        assert place.see(plan).grants == [(loses, False), (gains, True)]

    def test_what_changed_meanwhile_is_told_and_nothing_is_done(self, place):
        shown = place.see(place.merge())
        make.make_member(place.one, code="NEWCOMER")
        before = everything()
        with (
            pytest.raises(reorganizing.ChangedMeanwhile) as caught,
            transaction.atomic(),
        ):
            place.do(place.merge(), digest=shown.digest)
        assert everything() == before
        assert "NEWCOMER" in [line.code for line in caught.value.shown.lines["members"]]
        place.do(place.merge(), digest=caught.value.shown.digest)

    def test_everything_that_is_written_is_shown(self, place):
        latest = JournalEntry.objects.latest("pk").pk
        place.do(place.merge(work=plans.Work(tasks="go_over")))
        written = JournalEntry.objects.filter(pk__gt=latest).values_list("table_name", flat=True)
        assert set(written) - set(TABLES) == {"branches_reorganization"}


class TestUndo:
    def test_not_twice(self, place):
        done = place.do(place.merge())
        place.undo(done)
        with pytest.raises(ValidationError, match="undone already"):
            place.undo(done)

    @pytest.mark.parametrize(
        ("newer", "words"),
        [
            (lambda p, new: make.make_meeting(new, TODAY), "1 × "),
            (lambda p, new: make.move(p.members[0], p.three, on=TODAY), "changed again"),
            (lambda p, new: make.make_member(new, since=TODAY), "refer to what it made"),
            (lambda p, new: make.grant(make.make_user(), Role.OFFICE, new), "refer to what"),
            (
                lambda p, new: make.make_task(
                    p.cadre, p.two, 2026, assignment=Assignment.objects.get(target=new)
                ),
                "refer to what it made",
            ),
        ],
    )
    def test_not_beneath_what_is_newer(self, place, newer, words):
        done = place.do(place.merge())
        newer(place, Organization.objects.get(code="W-10"))
        with pytest.raises(ValidationError, match=words):
            place.undo(done)

    def test_not_beneath_rosters_of_the_branch_that_took_them_in(self, place):
        done = place.do(place.merge(into=place.two))
        make.attend(make.make_meeting(place.two, TODAY), place.members[0])
        with pytest.raises(ValidationError, match="rosters"):
            place.undo(done)

    def test_what_others_changed_in_a_row_that_went_over_stays(self, place):
        done = place.do(place.merge(work=plans.Work(tasks="go_over")))
        Task.objects.filter(pk=place.task.pk).update(state="reported")
        place.undo(done)
        place.task.refresh_from_db()
        assert (place.task.state, place.task.organization) == ("reported", place.one)

    def test_beneath_what_was_undone_or_changed_back(self, place):
        before = everything()
        first = place.do(place.merge())
        new = Organization.objects.get(code="W-10")
        second = place.do(plans.Rename(on=TODAY, organization=new, name="Khác"))
        with pytest.raises(ValidationError, match="changed again"):
            place.undo(first)
        place.undo(second)
        Assignment.objects.filter(target=new).update(visits_due=7)
        with pytest.raises(ValidationError, match="1 of the rows"):
            place.undo(first)
        Assignment.objects.filter(target=new).update(visits_due=2)
        place.undo(first)
        assert everything() == before

    def test_not_without_its_trail(self, place):
        done = place.do(place.merge())
        Reorganization.objects.update(entries=[])
        with pytest.raises(ValidationError, match="audit trail"):
            place.undo(done)

    def test_not_when_a_row_that_it_made_is_gone(self, place):
        done = place.do(place.merge())
        Succession.objects.filter(pk=Succession.objects.earliest("pk").pk).delete()
        with pytest.raises(ValidationError, match="1 of the rows"):
            place.undo(done)

    def test_is_for_who_may_reorganize_there(self, place):
        done = place.do(place.merge())
        ward_office = make.make_user()
        make.grant(ward_office, Role.OFFICE, place.district)
        with pytest.raises(PermissionDenied):
            reorganizing.undo(done, by=ward_office, today=TODAY, at=AT, reason="r")


class TestSize:
    def test_a_commune_of_ninety_branches_and_three_thousand_members(self):
        """Three communes into one, then all branches of the new one into three: seconds."""
        district = make.make_organization("district", code="D")
        wards = [make.make_ward(f"W{number}", parent=district, branches=30) for number in range(3)]
        branches = [branch for _ward, branches in wards for branch in branches]
        members = Member.objects.bulk_create(
            Member(code=f"M{n:04}", full_name=f"Nguyễn Văn {n}", admitted_on=make.LONG_AGO)
            for n in range(3000)
        )
        Membership.objects.bulk_create(
            Membership(member=member, branch=branches[n % 90], validity=period(make.LONG_AGO))
            for n, member in enumerate(members)
        )
        Assignment.objects.bulk_create(
            Assignment(
                code=f"A{n}", member=members[n], target=branch, validity=period(DAY), role="direct"
            )
            for n, branch in enumerate(branches)
        )
        asked = {"by": None, "today": TODAY, "at": AT, "reason": "r"}
        began = monotonic()
        new = plans.NewOrganization("Xã mới", "N", "grassroots_committee", district)
        sources = tuple(ward for ward, _branches in wards)
        reorganizing.reorganize(plans.Merge(on=DAY, sources=sources, into=new), **asked)
        parent = Organization.objects.get(code="N")
        plan = plans.Merge(
            on=TODAY,
            sources=tuple(branches),
            into=plans.NewOrganization("Chi bộ", "N-1", "branch", parent),
        )
        shown = reorganizing.preview(plan, by=None, today=TODAY)
        assert len(shown.lines["members"]) == 3000
        with CaptureQueriesContext(connection) as queries:
            done = reorganizing.reorganize(plan, **asked, digest=shown.digest)
        assert len(queries) < 100
        assert Member.objects.in_organization(parent, on=TODAY).count() == 3000
        assert Assignment.objects.filter(target__code="N-1").count() == 90
        reorganizing.undo(done, by=None, today=TODAY, at=AT, reason="r")
        assert monotonic() - began < 60  # about 3 on a machine of its own


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_the_second_is_told():
    place = Place()
    digest = place.see(place.merge()).digest
    told = []

    def confirm():
        try:
            with translation.override("en"):
                place.do(place.merge(), digest=digest)
            told.append("done")
        except ValidationError:
            told.append("told")
        finally:
            connection.close()

    threads = [Thread(target=confirm) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "told"]
    assert Reorganization.objects.count() == 1
    assert Organization.objects.filter(code="W-10").count() == 1


@pytest.mark.django_db(transaction=True)
def test_those_made_before_they_kept_their_entries_find_them():
    place = Place()
    before = everything()
    with transaction.atomic():
        first = place.do(place.merge())
        second = place.do(plans.Rename(on=DAY, organization=place.three, name="Khác"))
    kept = [first.entries, second.entries]
    Reorganization.objects.update(entries=[])
    with connection.cursor() as cursor:
        cursor.execute(
            import_module("branches.migrations.0010_reorganization_entries").FIND_ENTRIES
        )
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.entries, second.entries] == kept
    place.undo(first)
    place.undo(second)
    assert everything() == before
