"""Whatever people do to an objection, in whatever order: what is not theirs or not its turn is
refused and changes nothing; what works stands in the trail."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import JournalEntry
from accounts.recording import recording
from evaluations import objecting
from evaluations.models import Objection
from tests import builders as make

AT = datetime(2026, 6, 26, 1, tzinfo=UTC)
DAY = date(2026, 6, 26)
OPEN, ANSWERED, WITHDRAWN = "open", "answered", "withdrawn"
WHO = ("member", "secretary", "office", "secretary elsewhere", "auditor")
ACTIONS = ("object", "answer", "withdraw")


def after(state, person, action, words):
    """What becomes of the newest objection ("": there is none), or the error that is due."""
    if action == "object":
        return OPEN if words and state != OPEN else ValidationError
    if action == "withdraw" and person != "member":
        return PermissionDenied
    if action == "answer" and person not in ("secretary", "office"):
        return PermissionDenied
    if state != OPEN or (action == "answer" and not words):
        return ValidationError
    return ANSWERED if action == "answer" else WITHDRAWN


class ObjectionMachineTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, elsewhere) = make.make_ward("W", branches=2)
        member = make.make_member(cls.branch)
        cls.users = {person: make.make_user() for person in WHO}
        cls.users["member"].member = member
        cls.users["member"].save()
        make.grant(cls.users["member"], "secretary", cls.branch)  # and yet not of their own
        make.grant(cls.users["secretary"], "secretary", cls.branch)
        make.grant(cls.users["office"], "office", cls.ward)
        make.grant(cls.users["secretary elsewhere"], "secretary", elsewhere)
        make.grant(cls.users["auditor"], "auditor", cls.ward)
        cls.meeting = make.make_meeting(cls.branch, date(2026, 3, 3))

    @hypothesis_settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(WHO), st.sampled_from(ACTIONS), st.sampled_from(["", " ", "Sai"])
            ),
            max_size=20,
        )
    )
    def test_any_order(self, steps):
        state = ""
        for person, action, words in steps:
            if action == "object":
                person = "member"  # the page knows no other
            elif not state:
                continue
            state = self.step(state, person, action, words.strip())

    def step(self, state, person, action, words):
        user, due = self.users[person], after(state, person, action, words)
        before, seen = self.rows(), self.last_entry()
        if isinstance(due, type):
            with pytest.raises(due), recording(user=user):
                self.act(user, action, words)
            assert (self.rows(), self.last_entry()) == (before, seen)
            return state
        with recording(user=user):
            self.act(user, action, words)
        assert self.rows()[0] == due
        assert {entry.user for entry in JournalEntry.objects.filter(pk__gt=seen)} == {user}
        return due

    def act(self, user, action, words):
        if action == "object":
            more = {"criterion": "attendance", "year": 2026, "text": words}
            return objecting.object_to(self.meeting, by=user, on=DAY, at=AT, **more)
        objection = Objection.objects.latest("pk")
        if action == "withdraw":
            return objecting.withdraw(objection, by=user, at=AT)
        said = {"outcome": "rejected", "words": words}
        return objecting.answer(objection, by=user, on=DAY, at=AT, **said)

    def rows(self):
        """The states of all objections, the newest first."""
        return [
            ANSWERED if each.answered_at else WITHDRAWN if each.withdrawn_at else OPEN
            for each in Objection.objects.order_by("-pk")
        ]

    def last_entry(self):
        return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
