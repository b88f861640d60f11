"""Visits where other work meets them: meetings, merged members, workbooks, anonymised members."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

from django.db import connection

from accounts.choices import Role
from accounts.models import JournalChange
from assignments.models import Visit
from assignments.services.visits import (
    refuse_visit,
)
from branches.models import (
    Attendance,
    Member,
    StoredFile,
)
from evaluations.anonymisation import NOBODY, anonymise_member
from tests import builders as make
from workbook.quality.merging import merge_members
from workbook.services import import_workbook

from .world import DAY, NOW, TODAY, VisitCase


class AdoptionTests(VisitCase):
    def adopt(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT adopt_unconfirmed()")
            return cursor.fetchone()[0]

    def test_what_a_workbook_left_unconfirmed_waits(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.attend(meeting, self.cadre, capacity="assigned", confirmed=False)
        stranger = make.make_member(self.home)
        make.attend(meeting, stranger, "excused", capacity="assigned", confirmed=False)
        before = self.attendance()
        assert self.adopt() == 2
        visit = Visit.objects.get(member=self.cadre)
        assert (visit.state, visit.stated, visit.stated_by) == ("logged", "present", None)
        assert (visit.assignment, visit.confirmer) == (self.assignment, self.ward)
        other = Visit.objects.get(member=stranger)
        assert (other.state, other.assignment, other.confirmer) == ("excused", None, self.ward)
        assert self.attendance() == before
        assert self.adopt() == 0
        assert self.confirm(visit)[0].state == "confirmed"

    def test_what_is_confirmed_is_left(self):
        make.attend(make.make_meeting(self.branch, DAY), self.cadre, capacity="assigned")
        assert self.adopt() == 0

    def test_a_workbook_does_not_overrule_the_office(self):
        meeting = make.make_meeting(self.branch, DAY)
        self.log()
        Attendance.objects.filter(meeting=meeting).update(confirmed=True)
        assert self.adopt() == 0
        assert self.attendance() == [(self.cadre.pk, "present", False)]


class MergingTests(VisitCase):
    """The visits of one person who was entered twice."""

    def merge(self, gone):
        by = self.user_with(Role.BOARD, self.district)
        values = {"values": {}, "branch_of": self.cadre, "on": TODAY, "reason": "trùng"}
        return merge_members(self.cadre, gone, by=by, **values)

    def test_go_along_and_the_confirmed_one_of_two_stays(self):
        gone = make.make_member(self.home)
        other = make.make_assignment(gone, self.branch)
        meeting = make.make_meeting(self.branch, DAY)
        self.log(note="chưa xác nhận")
        self.confirm(make.make_visit(other, self.branch, DAY, meeting=meeting))
        alone = make.make_visit(other, self.branch, date(2026, 3, 6))
        self.merge(gone)
        visits = Visit.objects.filter(member=self.cadre, assignment=self.assignment)
        states = visits.order_by("held_on").values_list("held_on", "state")
        assert list(states) == [(DAY, "confirmed"), (alone.held_on, "logged")]
        assert Visit.objects.count() == 2
        assert self.attendance() == [(self.cadre.pk, "present", True)]


class WorkbookTests(VisitCase):
    """Attendance that a workbook brings unconfirmed waits, and goes with the import's undo."""

    def test_becomes_a_visit(self):
        heading = "meeting_code,member_code,status,capacity,confirmed"
        attendance = f"{heading}\nH9,{self.cadre.code},present,assigned,0\n"
        meetings = f"code,branch_code,held_on,kind\nH9,{self.branch.code},2026-03-05,regular\n"
        file = BytesIO()
        file.name = "so.zip"
        with ZipFile(file, "w") as archive:
            archive.writestr("meetings.csv", meetings)
            archive.writestr("attendance.csv", attendance)
        file.seek(0)
        import_workbook(file, effective=TODAY)
        visit = Visit.objects.get()
        assert (visit.state, visit.stated, visit.confirmer) == ("logged", "present", self.ward)
        assert visit.meeting.code == "H9"


class AnonymisationTests(VisitCase):
    """What was said of somebody's visits goes with the person; that they were made stays."""

    def test_words_and_photo_go(self):
        file = {"media_type": "image/jpeg", "by": self.user, "at": NOW}
        photo = StoredFile.store("anh.jpg", b"Nguyen Van An", **file)
        self.log(note="Gặp ông Sáu", photo=photo)
        visit = self.state(make.make_meeting(self.branch, DAY), "excused", "Ốm nặng")
        refuse_visit(visit, reason="Không dự", by=self.office, at=NOW)
        Member.objects.filter(pk=self.cadre.pk).update(
            left_on=date(2026, 4, 1), left_reason="transferred_out"
        )
        self.cadre.refresh_from_db()
        at = datetime(2040, 1, 1, tzinfo=UTC)
        anonymise_member(self.cadre, by=None, on=at.date(), at=at, reason="Hết hạn")
        visit.refresh_from_db()
        assert (visit.state, visit.decision, visit.held_on) == ("excused", "refused", DAY)
        assert (visit.note, visit.remarks, visit.photo) == (NOBODY, "", None)
        assert (visit.stated_reason, visit.decision_reason) == (NOBODY, NOBODY)
        assert not StoredFile.objects.exists()
        told = str(list(JournalChange.objects.values("before", "after")))
        assert "Gặp ông Sáu" not in told
        assert "Ốm nặng" not in told
