"""A district that is reorganized, and what the tests ask of it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.choices import Role
from assignments.reorganizing import plans, showing
from assignments.reorganizing.trail import TABLES
from assignments.services import reorganizing
from branches.models import (
    Membership,
)
from tests import builders as make

DAY, DAY_BEFORE, TODAY = date(2026, 7, 1), date(2026, 6, 30), date(2026, 8, 1)
AT = datetime(2026, 8, 1, 9, tzinfo=UTC)
EVERY_TABLE = (*TABLES, "branches_organizationpath", "branches_meeting", "branches_attendance")


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
