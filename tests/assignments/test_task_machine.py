"""Tasks and reviews under random sequences of actions by random people: what the wrong person or
the wrong state asks for is refused and changes nothing, and everything that works is in the audit
trail under the name of who did it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import JournalEntry
from assignments.models import Review, Task, TaskStep
from assignments.registering.states import FROM
from assignments.services import reviews, task_registering, task_work
from tests import builders as make

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)

# Written down once more, so that a slip in the table of the application shows.
STATES = {
    "change": ("draft", "registered", "in_progress", "returned"),
    "submit": ("draft", "returned"),
    "discard": ("draft",),
    "start": ("registered", "returned"),
    "progress": ("registered", "in_progress", "returned"),
    "report": ("registered", "in_progress", "returned", "reported"),
    "confirm": ("reported",),
    "return": ("registered", "in_progress", "reported"),
    "weigh": ("registered", "in_progress", "returned", "reported"),
    "cancel": ("registered", "in_progress", "returned", "reported"),
    "reopen": ("confirmed",),
}
AFTER = {
    "submit": "registered",
    "start": "in_progress",
    "progress": "in_progress",
    "report": "reported",
    "confirm": "confirmed",
    "return": "returned",
    "cancel": "cancelled",
    "reopen": "reported",
}
OWN = ("change", "submit", "discard", "start", "progress", "report")
DECIDED = ("confirm", "return", "weigh", "reopen")
PEOPLE = (
    "cadre",
    "clerk",  # an office of the ward who is assigned as well
    "office",
    "district_office",
    "board",
    "ward_board",
    "secretary",
    "stranger",
)


def act(action, task, *, by, weight):
    """Do it by the service, with values that are right."""
    said = {"by": by, "at": NOW}
    match action:
        case "change":
            task_registering.change_task(task, weight=weight, reason="Sửa", **said)
        case "submit":
            task_registering.submit_tasks([task], **said)
        case "discard":
            task_registering.discard_task(task, **said)
        case "start":
            task_work.start_task(task, **said)
        case "progress":
            task_work.note_progress(task, actual=weight, **said)
        case "report":
            task_work.report_task(task, actual=weight, comment="Xong", **said)
        case "confirm":
            task_work.confirm_tasks([(task, "met")], **said)
        case "weigh":
            task_work.weigh_task(task, weight=weight, reason="Việc khó", **said)
        case "return" | "reopen" | "cancel":
            service = getattr(task_work, f"{action}_task")
            service(task, reason="Lý do", **said)


class Machine(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        directive = make.make_directive(cls.district)
        cls.users = {}
        for name in PEOPLE:
            cls.users[name] = make.make_user(name, member=make.make_member(cls.home))
        for name, role, where in (
            ("clerk", "office", cls.ward),
            ("office", "office", cls.ward),
            ("district_office", "office", cls.district),
            ("board", "board", cls.district),
            ("ward_board", "board", cls.ward),
            ("secretary", "secretary", cls.branch),
        ):
            make.grant(cls.users[name], role, where)
        cls.assignments = {
            name: make.make_assignment(
                cls.users[name].member, cls.branch, code=name, directive=directive
            )
            for name in ("cadre", "clerk", "board")
        }

    def snapshot(self):
        return [list(model.objects.order_by("pk").values()) for model in (Task, TaskStep, Review)]

    def trail(self, user, table):
        return JournalEntry.objects.filter(user=user, table_name=table).count()

    def refused(self, error, call, **values):
        before = self.snapshot()
        with pytest.raises(error):
            call(**values)
        assert self.snapshot() == before


class TaskMachine(Machine):
    def draft(self, owner):
        row = task_registering.NewTask(
            self.assignments[owner],
            self.branch,
            2026,
            "Vận động",
            quantity=Decimal(5),
            unit="hộ",
        )
        (task,) = task_registering.register_tasks([row], by=self.users[owner], at=NOW)
        return task

    def may(self, action, person, owner):
        if action in OWN:
            return person == owner
        if person == owner:
            return False
        return person in (("office", "clerk") if action in DECIDED else ("board",))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(("cadre", "clerk", "board")),
                st.sampled_from(sorted(STATES)),
                # The right person comes up often enough for tasks to get somewhere.
                st.sampled_from((*PEOPLE, "owner", "owner", "office", "office")),
            ),
            min_size=10,
            max_size=30,
        )
    )
    @settings(max_examples=20, deadline=None)
    def test_wrong_people_and_wrong_states_are_refused(self, sequence):
        tasks = {owner: self.draft(owner) for owner in self.assignments}
        for number, (owner, action, person) in enumerate(sequence, start=2):
            person = owner if person == "owner" else person
            task, user = tasks[owner], self.users[person]
            state = Task.objects.get(pk=task.pk).state
            values = {"action": action, "task": task, "by": user, "weight": Decimal(number)}
            if not self.may(action, person, owner):
                self.refused(PermissionDenied, act, **values)
            elif state not in STATES[action]:
                self.refused(ValidationError, act, **values)
            else:
                self.works(tasks, owner, state, values)

    def works(self, tasks, owner, state, values):
        user, action = values["by"], values["action"]
        before = self.trail(user, "assignments_task")
        steps = TaskStep.objects.filter(task=values["task"]).count()
        act(**values)
        # Every one of these changes a column: the weight, the quantity reached or the state.
        assert self.trail(user, "assignments_task") == before + 1
        if action == "discard":
            assert not Task.objects.filter(pk=values["task"].pk).exists()
            tasks[owner] = self.draft(owner)
            return
        task = Task.objects.get(pk=values["task"].pk)
        assert task.state == AFTER.get(action, state)
        assert bool(task.outcome) == (task.state == "confirmed")
        told = TaskStep.objects.filter(task=task).count() - steps
        assert told == (action != "change" or state != "draft")

    def test_the_table_is_the_one_written_here(self):
        assert {action: set(states) for action, states in STATES.items()} == {
            action: set(states) for action, states in FROM.items()
        }

    def test_nobody_registers_for_somebody_else(self):
        row = task_registering.NewTask(self.assignments["cadre"], self.branch, 2026, "Vận động")
        for person in PEOPLE:
            if person != "cadre":
                self.refused(
                    PermissionDenied,
                    task_registering.register_tasks,
                    rows=[row],
                    by=self.users[person],
                    at=NOW,
                )


class ReviewMachine(Machine):
    def may(self, person, owner):
        return person != owner and person in ("office", "clerk", "ward_board")

    @given(
        st.lists(
            st.tuples(
                st.lists(
                    st.sampled_from(("cadre", "clerk", "board")),
                    unique=True,
                    min_size=1,
                    max_size=3,
                ),
                st.sampled_from(PEOPLE),
                st.sampled_from(("excellent", "good", "completed", "failed")),
                st.sampled_from(("", "Nhầm")),
                st.sampled_from((2025, 2026, 2027)),
            ),
            min_size=5,
            max_size=15,
        )
    )
    @settings(max_examples=20, deadline=None)
    def test_wrong_people_years_and_silence_are_refused(self, sequence):
        said = {}
        for owners, person, level, reason, year in sequence:
            values = {
                "rows": [(self.assignments[owner], level, "") for owner in owners],
                "year": year,
                "reason": reason,
                "by": self.users[person],
                "on": TODAY,
            }
            changes = [owner for owner in owners if said.get((owner, year), level) != level]
            new = [owner for owner in owners if (owner, year) not in said]
            if not all(self.may(person, owner) for owner in owners):
                self.refused(PermissionDenied, reviews.review_cadres, **values)
            elif year > TODAY.year or (changes and not reason):
                self.refused(ValidationError, reviews.review_cadres, **values)
            else:
                before = self.trail(self.users[person], "assignments_review")
                assert reviews.review_cadres(**values) == len(new) + len(changes)
                after = self.trail(self.users[person], "assignments_review")
                assert after - before == bool(new) + bool(changes)
                said |= {(owner, year): level for owner in owners}
        stored = Review.objects.values_list("assignment__code", "year", "level")
        assert {(owner, year): level for owner, year, level in stored} == said
