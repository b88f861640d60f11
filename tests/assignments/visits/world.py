"""A cadre who visits a branch, its roster, and the office that decides."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import TestCase

from accounts.choices import Role
from assignments.models import Visit
from assignments.services.visits import (
    confirm_visits,
    log_visit,
    state_visits,
)
from branches.models import (
    Attendance,
)
from tests import builders as make

DAY, TODAY = date(2026, 3, 5), date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
AFTER_YEAR = datetime(2027, 1, 5, 3, tzinfo=UTC)


class VisitCase(TestCase):
    """A ward with two branches; a cadre of the second is assigned to the first."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.assignment = make.make_assignment(cls.cadre, cls.branch)
        cls.user = make.make_user("cadre", member=cls.cadre)
        cls.secretary = cls.user_with(Role.SECRETARY, cls.branch)
        cls.office = cls.user_with(Role.OFFICE, cls.ward)

    @classmethod
    def user_with(cls, role, organization, **fields):
        user = make.make_user(**fields)
        make.grant(user, role, organization)
        return user

    def log(self, **values):
        defaults = {"member": self.cadre, "branch": self.branch, "held_on": DAY}
        return log_visit(**(defaults | {"by": self.user, "at": NOW} | values))

    def state(self, meeting, status="present", reason="", *, member=None, by=None):
        statements = {(member or self.cadre).pk: (status, reason)}
        state_visits(meeting, statements, by=by or self.secretary, at=NOW)
        return Visit.objects.get(member=member or self.cadre, meeting=meeting)

    def confirm(self, *visits, by=None, **values):
        return confirm_visits(visits, by=by or self.office, at=NOW, **values)

    def attendance(self):
        rows = Attendance.objects.filter(capacity="assigned")
        return list(rows.order_by("pk").values_list("member", "status", "confirmed"))

    def refused(self, call, *args, error=ValidationError, **values):
        """The call is refused, and changes nothing."""
        before = list(Visit.objects.order_by("pk").values()), self.attendance()
        with pytest.raises(error):
            call(*args, **values)
        assert (list(Visit.objects.order_by("pk").values()), self.attendance()) == before
