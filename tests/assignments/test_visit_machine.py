"""Whatever people do to a visit, in whatever order: what is not theirs, or not its turn, is refused
and changes nothing; what works is what a model of its own expects, and stands in the trail."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.choices import Role
from accounts.models import JournalEntry
from assignments.models import Visit
from assignments.services import visits as services
from branches.models import Attendance
from tests import builders as make

DAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
ABSENT = ("excused", "unexcused")
PERSONS = (
    "cadre",
    "another cadre",
    "secretary",
    "secretary elsewhere",
    "office",
    "office above",
    "office that is the cadre",
    "stranger",
)
OUTSIDERS = {"another cadre", "secretary elsewhere", "office above", "stranger"}
CLAIMING = {"cadre", "office that is the cadre"}
DECIDING = {"office"}
ACTIONS = (
    "log",
    "correct",
    "withdraw",
    "state present",
    "state excused",
    "state unexcused",
    "state nothing",
    "confirm",
    "refuse",
    "dispute",
    "reopen",
)


@dataclass(frozen=True)
class Model:
    """The three facts, as plain words, of one visit; `exists` from the first that is said of it."""

    exists: bool = False
    claim: bool = False
    note: str = ""
    stated: str = ""
    decision: str = ""
    disputed: bool = False

    @property
    def state(self):
        if self.decision == "confirmed":
            return "confirmed"
        if self.decision == "refused":
            return self.stated if self.stated in ABSENT else "unexcused"
        if not self.claim and self.stated != "present":
            return self.stated
        return "disputed" if self.disputed or self.stated in ABSENT else "logged"

    @property
    def attendance(self):
        """(status, confirmed) of the row that is counted; None for no row."""
        states = {
            "logged": ("present", False),
            "disputed": ("present", False),
            "confirmed": ("present", True),
            "excused": ("excused", False),
            "unexcused": ("unexcused", False),
        }
        return states.get(self.state)

    def after(self, person, action, reason):
        """What it becomes, or the error that is due."""
        name, _space, status = action.partition(" ")
        if name in ("log", "correct", "withdraw"):
            return self._claimed(person, name, reason)
        if name == "state":
            return self._stated(person, "" if status == "nothing" else status)
        return self._decided(person, name, reason)

    def _claimed(self, person, action, reason):
        if person not in CLAIMING:
            return PermissionDenied
        if action == "log":
            if self.decision == "refused":
                return ValidationError
            note = self.note if self.claim else "đã dự"
            return replace(self, exists=True, claim=True, note=note)
        if not self.claim or self.decision == "refused" or (self.decision and not reason):
            return ValidationError
        if action == "correct":
            return replace(self, note=f"{self.note}+", decision="")
        return replace(self, claim=False, decision="")

    def _stated(self, person, status):
        if person != "secretary":
            return PermissionDenied
        if status == self.stated:
            return self
        if self.decision:
            return ValidationError
        return replace(self, exists=True, stated=status)

    def _decided(self, person, action, reason):
        if person not in DECIDING:
            return PermissionDenied
        if action == "reopen":
            return replace(self, decision="") if self.decision and reason else ValidationError
        if self.state not in ("logged", "disputed") or self.decision:
            return ValidationError
        if action == "confirm":
            unclear = self.state == "disputed" and not reason
            return ValidationError if unclear else replace(self, decision="confirmed")
        if not reason or (action == "dispute" and self.disputed):
            return ValidationError
        if action == "refuse":
            return replace(self, decision="refused")
        return replace(self, disputed=True)


class VisitMachineTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        cls.member = make.make_member(cls.home)
        make.make_assignment(cls.member, cls.branch)
        other = make.make_member(cls.home)
        make.make_assignment(other, cls.branch)
        cls.meeting = make.make_meeting(cls.branch, DAY)
        cls.users = {person: make.make_user() for person in PERSONS}
        own, another = cls.users["cadre"], cls.users["another cadre"]
        own.member, another.member = cls.member, other
        own.save()
        another.save()
        for person, role, organization in (
            ("secretary", Role.SECRETARY, cls.branch),
            ("secretary elsewhere", Role.SECRETARY, cls.home),
            ("office", Role.OFFICE, cls.ward),
            ("office above", Role.OFFICE, cls.district),
            ("office that is the cadre", Role.OFFICE, cls.ward),
        ):
            make.grant(cls.users[person], role, organization)

    @hypothesis_settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(PERSONS), st.sampled_from(ACTIONS), st.sampled_from(["", "Vì thế"])
            ),
            max_size=25,
        )
    )
    def test_any_order(self, steps):
        model = Model()
        for person, action, reason in steps:
            model = self.step(model, person, action, reason)

    def test_every_single_step_of_everybody_in_every_state(self):
        """What random orders might not reach: each person and action in each state there is."""
        for way in (
            [],
            [("cadre", "log")],
            [("secretary", "state present")],
            [("secretary", "state excused")],
            [("cadre", "log"), ("secretary", "state unexcused")],
            [("cadre", "log"), ("office", "dispute")],
            [("cadre", "log"), ("office", "confirm")],
            [("cadre", "log"), ("office", "refuse")],
            [("cadre", "log"), ("cadre", "withdraw")],
        ):
            with self.undone():
                model = Model()
                for person, action in way:
                    model = self.step(model, person, action, "Vì thế")
                persons = PERSONS if len(way) < 2 else set(PERSONS) - OUTSIDERS
                for person, action in sorted(product(persons, ACTIONS)):
                    with self.undone():
                        self.step(model, person, action, "Vì thế")

    @contextmanager
    def undone(self):
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    def step(self, model, person, action, reason):
        """Take it, and hold what happened to the model; returns that of afterwards."""
        if not model.exists and action.partition(" ")[0] not in ("log", "state"):
            return model
        user = self.user(person)
        due = model.after(person, action, reason)
        before, seen = self.rows(), self.last_entry()
        if isinstance(due, type):
            with pytest.raises(due), transaction.atomic():
                self.act(user, action, reason)
            assert (self.rows(), self.last_entry()) == (before, seen)
            return model
        self.act(user, action, reason)
        self.hold(due)
        if due != model:
            entries = JournalEntry.objects.filter(pk__gt=seen)
            assert "assignments_visit" in {entry.table_name for entry in entries}
            assert {entry.user for entry in entries} == {user}
        return due

    def user(self, person):
        """The one member has one account at a time: whoever acts as the cadre has it."""
        user = self.users[person]
        if person in CLAIMING and user.member is None:
            for each in CLAIMING:
                self.users[each].member = None
                self.users[each].save(update_fields=["member"])
            user.member = self.member
            user.save(update_fields=["member"])
        return user

    def act(self, user, action, reason):
        who = {"by": user, "at": NOW}
        name, _space, status = action.partition(" ")
        if name == "log":
            place = {"member": self.member, "branch": self.branch, "held_on": DAY}
            return services.log_visit(**place, note="đã dự", **who)
        if name == "state":
            said = {self.member.pk: ("" if status == "nothing" else status, "")}
            return services.state_visits(self.meeting, said, **who)
        visit = Visit.objects.get()
        if name == "correct":
            return services.correct_visit(visit, note=f"{visit.note}+", reason=reason, **who)
        if name == "confirm":
            return services.confirm_visits([visit], reason=reason, **who)
        service = getattr(services, f"{name}_visit")
        return service(visit, reason=reason, **who)

    def hold(self, model):
        """The rows say what the model says."""
        rows = Attendance.objects.filter(capacity="assigned").values_list("status", "confirmed")
        assert list(rows) == ([model.attendance] if model.attendance else [])
        visit = Visit.objects.first()
        if visit is None:
            assert not model.exists
            return
        facts = (visit.is_claimed, visit.note, visit.stated, visit.decision)
        assert facts == (model.claim, model.note, model.stated, model.decision)
        assert (visit.state, visit.disputed_at is not None) == (model.state, model.disputed)

    def rows(self):
        visits = list(Visit.objects.order_by("pk").values())
        return visits, list(Attendance.objects.order_by("pk").values())

    def last_entry(self):
        return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
