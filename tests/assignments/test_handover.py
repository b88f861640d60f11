"""Handing an assignment over, ending it, and taking either back: the services."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import TestCase

from accounts.choices import Role
from accounts.models import JournalEntry
from assignments.models import Assignment, Ending, Task
from assignments.services.handing_over import end_assignment, hand_over, next_codes, undo_ending
from branches.periods import period
from tests import builders as make

BEGAN, LAST, TODAY = date(2025, 1, 1), date(2026, 6, 30), date(2026, 7, 15)
NEXT = date(2026, 7, 1)


class HandoverTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.office) = make.make_ward("W", branches=2)
        cls.old = make.make_member(cls.office, full_name="Trần Văn Cũ")
        cls.new = make.make_member(cls.office, full_name="Lê Thị Mới")
        cls.directive = make.make_directive(cls.ward)
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.ward)

    def setUp(self):
        self.assignment = make.make_assignment(
            self.old,
            self.branch,
            code="PC7",
            since=BEGAN,
            directive=self.directive,
            role="attend",
            visits_due=2,
            visits_period="quarter",
            confirmer=self.ward,
        )

    def task(self, state="in_progress", **fields):
        return make.make_task(
            self.old,
            self.branch,
            fields.pop("year", 2026),
            state=state,
            assignment=self.assignment,
            **fields,
        )

    def hand_over(self, **values):
        defaults = {"member": self.new, "last_day": LAST, "reason": "QĐ 12"}
        who = {"by": self.user, "on": TODAY}
        return hand_over(self.assignment, **(defaults | who | values))

    def end(self, **values):
        defaults = {"last_day": LAST, "reason": "Nghỉ", "by": self.user, "on": TODAY}
        return end_assignment(self.assignment, **(defaults | values))

    def undo(self, ending):
        return undo_ending(ending, reason="Nhầm", by=self.user, on=TODAY)

    def refused(self, **values):
        """The fields at which it is refused, with nothing changed."""
        with pytest.raises(ValidationError) as caught:
            self.hand_over(**values)
        self.assignment.refresh_from_db()
        assert self.assignment.validity == period(BEGAN)
        assert Assignment.objects.filter(target=self.branch, validity__contains=NEXT).count() <= 2
        return caught.value.message_dict


class HandOverTests(HandoverTests):
    def test_one_ends_and_the_other_begins_the_next_day_with_the_same_work(self):
        successor = self.hand_over().successor
        self.assignment.refresh_from_db()
        assert self.assignment.validity == period(BEGAN, LAST)
        successor.refresh_from_db()
        assert (successor.member, successor.validity) == (self.new, period(NEXT))
        same = ("target", "role", "directive", "team", "visits_due", "visits_period", "confirmer")
        for name in same:
            assert getattr(successor, name) == getattr(self.assignment, name)
        assert successor.code == "PC7_2"

    def test_what_is_changed_on_the_way_is_changed(self):
        other = make.make_directive(self.ward)
        changes = {"role": "direct", "visits_due": 1, "visits_period": "month"}
        successor = self.hand_over(
            changes=changes | {"directive": other}, until=date(2026, 12, 31)
        ).successor
        assert {name: getattr(successor, name) for name in changes} == changes
        assert successor.directive == other
        assert successor.validity == period(NEXT, date(2026, 12, 31))

    def test_tasks_in_progress_go_over_or_are_closed(self):
        over = self.task(title="Nuôi bò", quantity=10, actual=Decimal("4.5"), unit="con", weight=2)
        closed, done = self.task("registered"), self.task("confirmed")
        reported = self.task("reported")
        ending = self.hand_over(closed={closed.pk: "Không còn cần"})
        (fresh,) = ending.successor.tasks.all()
        kept = ("title", "organization", "quantity", "actual", "unit", "weight", "state", "year")
        for name in kept:
            assert getattr(fresh, name) == getattr(over, name), name
        assert (fresh.member, fresh.continues.task) == (self.new, over)
        assert fresh.code == f"{over.code}_2"
        states = dict(self.assignment.tasks.values_list("pk", "state"))
        assert states == {
            over.pk: "cancelled",
            closed.pk: "cancelled",
            done.pk: "confirmed",
            reported.pk: "reported",
        }
        assert closed.closing.reason == "Không còn cần"
        assert over.closing.former_state == "in_progress"

    def test_a_task_that_goes_over_into_the_next_year_counts_there(self):
        self.task(year=2025)
        ending = self.hand_over()
        assert ending.successor.tasks.get().year == 2026

    def test_all_of_it_has_one_reason_in_the_trail(self):
        self.task()
        before = JournalEntry.objects.count()
        self.hand_over(reason="QĐ 12-QĐ/ĐU")
        entries = JournalEntry.objects.order_by("pk")[before:]
        assert {entry.reason for entry in entries} == {"QĐ 12-QĐ/ĐU"}
        assert {entry.user for entry in entries} == {self.user}
        assert {entry.table_name for entry in entries} == {
            "assignments_assignment",
            "assignments_ending",
            "assignments_task",
            "assignments_taskclosing",
        }

    def test_a_cadre_who_left_is_refused_and_who_is_there_already(self):
        left = make.make_member(self.office, left_on=LAST, left_reason="deceased")
        exempt = make.make_member(self.office)
        make.make_status(exempt, "suspended", since=LAST)
        there = make.make_member(self.office)
        make.make_assignment(there, self.branch)
        for member in (left, exempt, there, self.old):
            with self.subTest(member=member):
                assert list(self.refused(member=member)) == ["member"]

    def test_the_last_day_lies_within_the_assignment_and_its_reviews(self):
        assert list(self.refused(last_day=date(2024, 12, 31))) == ["last_day"]
        make.make_review(self.assignment, 2026)
        assert "01/01/2026" in str(self.refused(last_day=date(2025, 12, 31)))

    def test_the_new_days_lie_within_the_directive(self):
        self.directive.valid_to = LAST
        self.directive.save()
        assert list(self.refused()) == ["directive"]
        assert list(self.refused(changes={"directive": None}, until=LAST)) == ["until"]

    def test_who_goes_on_is_not_replaced_by_a_second_handing_over(self):
        self.hand_over()
        with pytest.raises(ValidationError, match="01/07/2026"):
            self.hand_over(member=make.make_member(self.office))

    def test_one_that_has_ended_is_handed_over_on_its_last_day(self):
        self.end()
        successor = self.hand_over().successor
        assert successor.validity == period(NEXT)
        ending = self.assignment.endings.get()
        assert (ending.successor, ending.reason) == (successor, "QĐ 12")

    def test_what_was_issued_from_above_is_not_handed_over_here(self):
        district = make.make_organization("district")
        make.place(self.ward, district)
        self.assignment.directive = make.make_directive(district)
        self.assignment.save()
        for call in (self.hand_over, self.end):
            with pytest.raises(PermissionDenied):
                call()
        assert Ending.objects.count() == 0

    def test_codes_go_on_counting(self):
        for code in ("PC7_2", "PC7_3", "PC8", "PC8x_2"):
            make.make_assignment(make.make_member(self.office), self.branch, code=code)
        assert next_codes(Assignment, ["PC7", "PC7_3", "PC8", "PC8_9"]) == {
            "PC7": "PC7_4",
            "PC7_3": "PC7_5",
            "PC8": "PC8_2",
            "PC8_9": "PC8_3",
        }
        (long,) = next_codes(Task, ["x" * 64]).values()
        assert len(long) <= 64


class EndTests(HandoverTests):
    def test_it_ends_with_its_reason(self):
        ending = self.end()
        self.assignment.refresh_from_db()
        assert self.assignment.validity == period(BEGAN, LAST)
        assert (ending.reason, ending.successor, ending.planned_last_day) == ("Nghỉ", None, None)

    def test_tasks_are_closed_or_stay(self):
        closed, kept, other = self.task(), self.task(), self.task()
        self.end(closed={closed.pk: "Xong phần chính"}, kept={kept.pk})
        states = dict(self.assignment.tasks.values_list("pk", "state"))
        assert states == {
            closed.pk: "cancelled",
            kept.pk: "in_progress",
            other.pk: "cancelled",
        }
        assert closed.closing.reason == "Xong phần chính"
        assert other.closing.reason == "Nghỉ"

    def test_an_end_that_changes_nothing_is_refused(self):
        self.assignment.validity = period(BEGAN, LAST)
        self.assignment.save()
        with pytest.raises(ValidationError, match="30/06/2026"):
            self.end()


class UndoTests(HandoverTests):
    def stands_as_before(self):
        self.assignment.refresh_from_db()
        assert self.assignment.validity == period(BEGAN)
        assert list(Assignment.objects.all()) == [self.assignment]
        assert not Ending.objects.exists()

    def test_everything_is_as_before(self):
        over, closed = self.task("returned"), self.task("registered")
        self.undo(self.hand_over(closed={closed.pk: "Thôi"}))
        self.stands_as_before()
        assert dict(Task.objects.values_list("pk", "state")) == {
            over.pk: "returned",
            closed.pk: "registered",
        }

    def test_an_ending_without_successor(self):
        self.undo(self.end())
        self.stands_as_before()

    def test_not_when_the_successor_has_been_there(self):
        ending = self.hand_over()
        meeting = make.make_meeting(self.branch, date(2026, 7, 3))
        make.attend(meeting, self.new, capacity="assigned")
        self.keeps(ending)

    def test_not_when_the_successor_has_a_task_or_a_review(self):
        ending = self.hand_over()
        task = make.make_task(self.new, self.branch, 2026, assignment=ending.successor)
        self.keeps(ending)
        task.delete()
        make.make_review(ending.successor, 2026)
        self.keeps(ending)

    def test_not_when_a_task_was_worked_on(self):
        self.task()
        ending = self.hand_over()
        ending.successor.tasks.update(state="reported")
        self.keeps(ending)

    def test_not_when_the_cadre_came_back(self):
        ending = self.end()
        make.make_assignment(self.old, self.branch, since=TODAY)
        self.keeps(ending)

    def test_not_when_the_days_were_changed_or_the_target_ended(self):
        ending = self.end()
        self.branch.validity = period(None, date(2026, 12, 31))
        self.branch.save()
        self.keeps(ending)
        self.assignment.validity = period(BEGAN, TODAY)
        self.assignment.save()
        ending.refresh_from_db()
        self.keeps(ending)

    def test_not_by_others(self):
        ending = self.end()
        with pytest.raises(PermissionDenied):
            undo_ending(ending, reason="x", by=make.make_user(), on=TODAY)

    def keeps(self, ending):
        ending = Ending.objects.get(pk=ending.pk)
        with pytest.raises(ValidationError):
            self.undo(ending)
        assert Ending.objects.filter(pk=ending.pk).exists()
