"""Registered tasks: what is asked of them, what is told of them, what a rating makes of them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import SimpleTestCase, TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import JournalEntry
from assignments.assigning.endings import undoing_of
from assignments.models import Task, TaskEvidence, TaskStep
from assignments.registering.outcomes import due_day, suggest_outcome
from assignments.registering.pasting import read_tasks
from assignments.registering.places import places_of, rows_of_last_year
from assignments.services import task_registering as registering
from assignments.services import task_work as work
from assignments.services.handing_over import hand_over
from branches.models import StoredFile
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.refusal import assert_refused

NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
LATER = datetime(2026, 12, 1, 3, tzinfo=UTC)
TODAY = date(2026, 3, 10)
PDF = b"%PDF-1.7 minutes"


class OutcomeTests(SimpleTestCase):
    def suggest(self, actual, *, quantity=10, on=date(2026, 6, 1), percent=30):
        return suggest_outcome(
            quantity=None if quantity is None else Decimal(quantity),
            actual=None if actual is None else Decimal(actual),
            due_on=date(2026, 6, 30),
            reported_on=on,
            exceeded_percent=percent,
        )

    def test_by_the_quantity(self):
        assert [self.suggest(each) for each in (0, 9, 10, "12.99", 13, 20)] == [
            "unmet",
            "unmet",
            "met",
            "met",
            "exceeded",
            "exceeded",
        ]

    def test_what_counts_as_exceeded_is_a_setting(self):
        assert [self.suggest(11, percent=percent) for percent in (10, 11, 0)] == [
            "exceeded",
            "met",
            "exceeded",
        ]

    def test_by_the_day(self):
        assert self.suggest(10, on=date(2026, 6, 30)) == "met"
        assert self.suggest(20, on=date(2026, 7, 1)) == "late"
        assert self.suggest(9, on=date(2026, 7, 1)) == "unmet"
        assert self.suggest(20, on=None) == "exceeded"

    def test_work_without_figures(self):
        assert self.suggest(None, quantity=None) == "met"
        assert self.suggest(None, quantity=None, on=date(2026, 7, 1)) == "late"
        assert self.suggest(None) == "unmet"
        assert self.suggest(5, quantity=0) == "met"

    def test_a_task_without_a_day_is_due_when_its_year_ends(self):
        assert due_day(None, year=2026) == date(2026, 12, 31)
        assert due_day(TODAY, year=2026) == TODAY


class TaskCase(TestCase):
    """A cadre of one branch is assigned by the district to another branch of the ward."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.user = make.make_user("cadre", member=cls.cadre)
        cls.directive = make.make_directive(cls.district)
        cls.assignment = make.make_assignment(cls.cadre, cls.branch, directive=cls.directive)
        cls.office = make.make_user("office")
        make.grant(cls.office, "office", cls.ward)
        cls.board = make.make_user("board")
        make.grant(cls.board, "board", cls.district)

    def row(self, **values):
        said = {"title": "Vận động hộ dân", "year": 2026} | values
        assignment = said.pop("assignment", self.assignment)
        organization = said.pop("organization", assignment.target)
        return registering.NewTask(assignment, organization, said.pop("year"), **said)

    def register(self, *rows, submit=True, at=NOW):
        tasks = registering.register_tasks(rows or [self.row()], by=self.user, at=at)
        return registering.submit_tasks(tasks, by=self.user, at=at) if submit else tasks

    def report(self, task, *, at=NOW, **values):
        return work.report_task(task, by=self.user, at=at, **values)

    def reported(self, **values):
        (task,) = self.register(self.row(**values))
        return self.report(task, actual=task.quantity)

    def wrong(self, **values):
        with pytest.raises(registering.TasksRefused) as refused:
            self.register(self.row(**values))
        (row,) = refused.value.rows
        return set(row)


class RegisteringTests(TaskCase):
    def test_several_at_once_get_codes_one_after_the_other(self):
        tasks = self.register(self.row(), self.row(title="Hòa giải"), submit=False)
        assert [task.code for task in tasks] == ["PV-2026-00001", "PV-2026-00002"]
        assert {task.state for task in tasks} == {"draft"}
        (third,) = self.register(submit=False)
        assert third.code == "PV-2026-00003"

    def test_all_or_none(self):
        with pytest.raises(registering.TasksRefused) as refused:
            self.register(self.row(), self.row(title=" "))
        assert [sorted(row) for row in refused.value.rows] == [[], ["title"]]
        assert not Task.objects.exists()

    def test_what_is_asked_of_one(self):
        outside = make.make_organization(parent=self.ward)
        assert self.wrong(organization=outside) == {"organization"}
        assert self.wrong(year=2025) == {"year"}
        assert self.wrong(year=2028) == {"year"}
        assert self.wrong(due_on=date(2027, 1, 1)) == {"due_on"}
        assert self.wrong(due_on=date(2026, 3, 9)) == {"due_on"}
        assert self.wrong(quantity=Decimal(0)) == {"quantity"}
        assert self.wrong(weight=Decimal(0)) == {"weight"}

    def test_next_year_is_registered_before_it_begins(self):
        (task,) = self.register(self.row(year=2027, due_on=date(2027, 2, 1)))
        assert task.year == 2027

    def test_not_under_an_assignment_that_ended(self):
        other = make.make_organization(parent=self.ward)
        ended = make.make_assignment(self.cadre, other, until=date(2026, 2, 1))
        assert self.wrong(assignment=ended) == {"organization"}

    def test_a_ward_s_cadre_works_at_a_branch_below(self):
        ward = make.make_assignment(self.cadre, self.ward)
        (task,) = self.register(self.row(assignment=ward, organization=self.home))
        assert (task.assignment, task.organization) == (ward, self.home)

    def test_a_draft_is_changed_freely_and_tells_nothing(self):
        (task,) = self.register(submit=False)
        registering.change_task(task, title="Hòa giải", by=self.user, at=NOW)
        assert Task.objects.get(pk=task.pk).title == "Hòa giải"
        assert not TaskStep.objects.exists()

    def test_a_registered_one_with_a_reason_that_everybody_sees(self):
        (task,) = self.register(self.row(due_on=date(2026, 6, 30)))
        with pytest.raises(ValidationError) as refused:
            registering.change_task(task, due_on=None, by=self.user, at=NOW)
        assert set(refused.value.message_dict) == {"reason"}
        registering.change_task(task, due_on=None, reason="Mưa bão", by=self.user, at=NOW)
        step = task.steps.get(kind="changed")
        assert (step.text, step.changes) == ("Mưa bão", {"due_on": ["2026-06-30", ""]})

    def test_a_task_whose_day_has_passed_keeps_it_when_something_else_is_changed(self):
        (task,) = self.register(self.row(due_on=date(2026, 6, 30)))
        registering.change_task(task, weight=Decimal(2), reason="Việc khó", by=self.user, at=LATER)
        with pytest.raises(ValidationError):
            registering.change_task(
                task, due_on=date(2026, 7, 30), reason="Lùi", by=self.user, at=LATER
            )

    def test_what_a_branch_gave_is_not_the_member_s_to_change(self):
        given = make.make_task(self.cadre, self.home, 2026, state="registered")
        with pytest.raises(PermissionDenied):
            registering.change_task(given, title="Khác", by=self.user, at=NOW)
        assert work.start_task(given, by=self.user, at=NOW).state == "in_progress"


class ReportTests(TaskCase):
    def test_progress_and_evidence_stay_when_more_is_reported(self):
        (task,) = self.register(self.row(quantity=Decimal(12), unit="hộ"))
        files = [SimpleUploadedFile("anh.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]
        work.note_progress(
            task, actual=Decimal(5), comment="5 hộ", evidence=files, by=self.user, at=NOW
        )
        assert Task.objects.get(pk=task.pk).state == "in_progress"
        self.report(task, actual=Decimal(12), comment="Đủ 12 hộ")
        told = task.steps.values_list("kind", "actual", "text")
        assert list(told) == [
            ("registered", None, ""),
            ("progress", 5, "5 hộ"),
            ("reported", 12, "Đủ 12 hộ"),
        ]
        assert TaskEvidence.objects.filter(step__kind="progress").count() == 2

    def test_what_is_no_file_of_its_kind_is_refused(self):
        (task,) = self.register()
        with pytest.raises(ValidationError) as refused:
            self.report(task, evidence=[SimpleUploadedFile("anh.pdf", b"MZ")])
        assert set(refused.value.message_dict) == {"evidence"}
        assert not StoredFile.objects.exists()
        assert Task.objects.get(pk=task.pk).state == "registered"

    def test_a_photo_does_not_tell_where_it_was_taken(self):
        place = b"\xff\xe1\x00\x0bExif\x00\x0010B"
        photo = b"\xff\xd8" + place + b"\xff\xda\x00\x02picture\xff\xd9"
        (task,) = self.register()
        self.report(task, evidence=[SimpleUploadedFile("anh.jpg", photo)])
        assert bytes(StoredFile.objects.get().content) == photo.replace(place, b"")

    def test_a_quantity_is_asked_for_where_one_was_promised(self):
        (task,) = self.register(self.row(quantity=Decimal(12)))
        for actual in (None, Decimal(-1)):
            with pytest.raises(ValidationError) as refused:
                self.report(task, actual=actual)
            assert set(refused.value.message_dict) == {"actual"}


class ConfirmTests(TaskCase):
    def test_many_in_one_sitting(self):
        tasks = [self.reported(title=f"Việc {number}") for number in range(20)]
        with CaptureQueriesContext(connection) as few:
            work.confirm_tasks([(task, "met") for task in tasks[:2]], by=self.office, at=LATER)
        with CaptureQueriesContext(connection) as many:
            pairs = [(task, "exceeded") for task in tasks[2:]]
            work.confirm_tasks(pairs, by=self.office, at=LATER)
        assert len(many) == len(few)
        confirmed = Task.objects.filter(state="confirmed", confirmed_by=self.ward)
        assert confirmed.filter(outcome="met").count() == 2
        assert confirmed.filter(outcome="exceeded").count() == 18
        steps = TaskStep.objects.filter(kind="confirmed", by=self.office, committee=self.ward)
        assert steps.count() == 20

    def test_one_that_is_not_theirs_keeps_all_from_being_confirmed(self):
        _elsewhere, (there,) = make.make_ward("X", parent=self.district)
        foreign = make.make_task(self.cadre, there, 2026, state="reported")
        pairs = [(self.reported(), "met"), (foreign, "met")]
        with pytest.raises(PermissionDenied):
            work.confirm_tasks(pairs, by=self.office, at=NOW)
        assert not Task.objects.filter(state="confirmed").exists()

    def test_by_the_committee_that_the_assignment_names(self):
        elsewhere, _branches = make.make_ward("X", parent=self.district)
        clerk = make.make_user("clerk")
        make.grant(clerk, "office", elsewhere)
        self.assignment.confirmer = elsewhere
        self.assignment.save()
        task = self.reported()
        assert list(Task.objects.visible_to(clerk, on=TODAY)) == [task]
        with pytest.raises(PermissionDenied):
            work.confirm_tasks([(task, "met")], by=self.office, at=NOW)
        work.confirm_tasks([(task, "met")], by=clerk, at=NOW)
        assert Task.objects.get(pk=task.pk).confirmed_by == elsewhere

    @override_settings(TASK_EXCEEDED_PERCENT=50)
    def test_what_is_suggested(self):
        (task,) = self.register(self.row(quantity=Decimal(10), due_on=date(2026, 6, 30)))
        self.report(task, actual=Decimal(14))
        rows = Task.objects.with_reported_at()
        assert work.suggested_outcome(rows.get(pk=task.pk)) == "met"
        self.report(task, actual=Decimal(15))
        assert work.suggested_outcome(rows.get(pk=task.pk)) == "exceeded"
        self.report(task, actual=Decimal(15), at=LATER)
        assert work.suggested_outcome(rows.get(pk=task.pk)) == "late"

    def test_sending_back_asks_why(self):
        task = self.reported()
        with pytest.raises(ValidationError):
            work.return_task(task, reason=" ", by=self.office, at=NOW)
        work.return_task(task, reason="Thiếu ảnh", by=self.office, at=NOW)
        entry = JournalEntry.objects.filter(table_name="assignments_task").latest("pk")
        assert (entry.user, entry.reason) == (self.office, "Thiếu ảnh")

    def test_who_assigned_the_cadre_drops_a_task_and_nobody_their_own(self):
        make.grant(self.user, "board", self.district)
        (task,) = self.register()
        with pytest.raises(PermissionDenied):
            work.cancel_task(task, reason="Không làm", by=self.user, at=NOW)
        work.cancel_task(task, reason="Thay việc khác", by=self.board, at=NOW)
        assert Task.objects.get(pk=task.pk).state == "cancelled"

    def test_the_office_weighs(self):
        (task,) = self.register()
        work.weigh_task(task, weight=Decimal("2.5"), reason="Khó", by=self.office, at=NOW)
        step = task.steps.get(kind="changed")
        assert (step.changes, step.committee) == ({"weight": ["1", "2.5"]}, self.ward)
        assert Task.objects.get(pk=task.pk).weight == Decimal("2.5")

    def test_the_database_asks_for_a_reason_as_well(self):
        task = self.reported()
        assert_refused(
            "task_step_back_has_a_reason",
            TaskStep.objects.create,
            task=task,
            kind="returned",
            at=NOW,
        )


class RatingTests(TaskCase):
    """As rating.md counts them: only what was confirmed earns anything, a report that waits is
    pending, what was promised and not reported is unmet once it is due."""

    def facts(self):
        roll_up = roll_up_inline(self.ward, year=2026, at=LATER)
        rating = Rating.objects.get(roll_up=roll_up, member=self.cadre)
        names = ("total", "exceeded", "met", "late", "unmet", "pending")
        return tuple(getattr(rating, f"tasks_{name}") for name in names)

    def test_each_step_of_the_way(self):
        drafts = self.register(self.row(), submit=False)
        assert self.facts() == (0, 0, 0, 0, 0, 0)
        (task,) = registering.submit_tasks(drafts, by=self.user, at=NOW)
        assert self.facts() == (1, 0, 0, 0, 1, 0)
        self.report(task)
        assert self.facts() == (0, 0, 0, 0, 0, 1)
        work.return_task(task, reason="Thiếu ảnh", by=self.office, at=NOW)
        assert self.facts() == (1, 0, 0, 0, 1, 0)
        self.report(task)
        work.confirm_tasks([(task, "exceeded")], by=self.office, at=LATER)
        assert self.facts() == (1, 1, 0, 0, 0, 0)

    def test_a_cancelled_one_counts_nowhere(self):
        (task,) = self.register()
        work.cancel_task(task, reason="Thôi", by=self.board, at=NOW)
        assert self.facts() == (0, 0, 0, 0, 0, 0)

    def test_what_was_confirmed_for_a_rated_year_stays(self):
        task = self.reported()
        work.confirm_tasks([(task, "met")], by=self.office, at=LATER)
        roll_up_inline(self.ward, year=2026, at=LATER)
        with pytest.raises(ValidationError):
            work.reopen_task(task, reason="Nhầm", by=self.office, at=LATER)
        assert Task.objects.get(pk=task.pk).outcome == "met"


class HandedOverTests(TaskCase):
    def test_the_successor_s_task_is_theirs_to_report(self):
        successor = make.make_member(self.home)
        user = make.make_user(member=successor)
        (task,) = self.register()
        hand_over(
            self.assignment,
            member=successor,
            last_day=date(2026, 3, 31),
            reason="Điều động",
            by=self.board,
            on=TODAY,
        )
        with pytest.raises(ValidationError):
            self.report(task)
        new = task.closing.successor
        ending = task.closing.ending
        assert undoing_of(ending).obstacles == []
        registering.change_task(new, weight=Decimal(2), reason="Khó", by=user, at=LATER)
        assert len(undoing_of(ending).obstacles) == 1  # their work is not thrown away
        assert work.report_task(new, comment="Xong", by=user, at=LATER).state == "reported"


class PlacesTests(TaskCase):
    def test_targets_and_what_is_below_them(self):
        ward = make.make_assignment(self.cadre, self.ward)
        places = places_of(self.user, year=2026, on=TODAY)
        found = {(row.pk, where.code) for row, where in places.found.values()}
        assert found == {
            (self.assignment.pk, "W-1"),
            (ward.pk, "W"),
            (ward.pk, "W-1"),
            (ward.pk, "W-2"),
        }
        assert places_of(self.user, year=2025, on=TODAY).found == {}

    def test_the_tasks_of_last_year_begin_the_next(self):
        self.register(self.row(quantity=Decimal(3), due_on=date(2026, 6, 30)))
        draft = self.row(title="Chưa đăng ký")
        self.register(draft, submit=False)
        places = places_of(self.user, year=2027, on=date(2026, 12, 1))
        (row,) = rows_of_last_year(self.user, places, year=2027)
        assert (row["title"], row["quantity"], row["due_on"]) == (
            "Vận động hộ dân",
            3,
            date(2027, 6, 30),
        )
        assert places.found[row["place"]][1] == self.branch


class PastingTests(TaskCase):
    def read(self, text):
        return read_tasks(text, places=places_of(self.user, year=2026, on=TODAY))

    def test_with_a_heading_in_any_order(self):
        (row,) = self.read(
            "STT\tHạn\tNội dung phần việc\tChỉ tiêu\tĐVT\n1\t30/6/2026\tHòa giải\t3\tvụ"
        )
        assert row == {
            "due_on": "30/6/2026",
            "title": "Hòa giải",
            "quantity": "3",
            "measure": "vụ",
            "weight": "1",
            "place": next(iter(places_of(self.user, year=2026, on=TODAY).found)),
        }

    def test_without_one(self):
        rows = self.read("1\tHòa giải\t3\tvụ\t30/6/2026\t2\n2\tVận động\n\n")
        assert [(row["title"], row.get("quantity"), row["weight"]) for row in rows] == [
            ("Hòa giải", "3", "2"),
            ("Vận động", None, "1"),
        ]

    def test_where_by_its_name(self):
        other = make.make_assignment(self.cadre, self.ward)
        rows = self.read("Nội dung\tNơi thực hiện\nMột\tW\nHai\tW-2\nBa\tnơi khác\nBốn\tW-1")
        places = [row["place"] for row in rows]
        assert places[0] == f"{other.pk}-{self.ward.pk}"
        assert places[1] == f"{other.pk}-{self.home.pk}"
        # Unknown, or named by two assignments: whoever pastes chooses.
        assert places[2:] == ["", ""]
