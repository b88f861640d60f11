"""What a reorganization says before it is done, and how long a large one takes."""

from time import monotonic

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import JournalEntry
from assignments.models import Assignment
from assignments.reorganizing import plans, undoing
from assignments.reorganizing.trail import TABLES
from assignments.services import reorganizing
from branches.models import (
    Member,
    Membership,
    Organization,
    Reorganization,
)
from branches.periods import period
from tests import builders as make

from .world import AT, DAY, TODAY, everything, said_of


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
