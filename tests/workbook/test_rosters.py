"""Reasons of absences and check-ins: in workbooks, in merged records, in one's own data."""

from datetime import date
from zipfile import ZipFile

import pytest
from django.utils import timezone

from branches.models import Attendance, CheckIn, Organization
from tests import builders as make
from workbook.own_data import write_own_data
from workbook.quality import merging
from workbook.services import export_workbook

from .sheets import TODAY, only, sheets, take_tables

pytestmark = pytest.mark.django_db
HEADING = "meeting_code,member_code,status,capacity,confirmed"


def attendance(heading, *rows):
    return sheets() | only(attendance="\n".join([heading, *rows]))


def export_lines(tmp_path, **more):
    organization = Organization.objects.get(code="D")
    export_workbook(organization, on=TODAY, output=tmp_path / "out", **more)
    name = "Điểm danh" if more.get("vi") else "attendance"
    return (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8-sig").splitlines()


def test_a_reason_goes_in_and_out(tmp_path):
    rows = ("H1,M1,excused,,,Đi công tác", "H1,M3,present,assigned,1,")
    take_tables(tmp_path, attendance(f"{HEADING},reason", *rows))
    assert Attendance.objects.get(status="excused").reason == "Đi công tác"
    heading, first, _second = export_lines(tmp_path)
    assert heading == f"{HEADING},reason"
    assert first.endswith(",Đi công tác")
    assert export_lines(tmp_path, vi=True)[0].endswith(",Lý do vắng")


def test_without_reasons_the_workbook_is_as_it_was(tmp_path):
    take_tables(tmp_path, attendance(HEADING, "H1,M1,excused,,", "H1,M3,present,assigned,1"))
    assert export_lines(tmp_path)[0] == HEADING


def test_who_was_there_after_all_has_no_reason_any_more(tmp_path):
    rows = ("H1,M1,excused,,,Ốm", "H1,M3,present,assigned,1,")
    take_tables(tmp_path, attendance(f"{HEADING},reason", *rows))
    take_tables(tmp_path, attendance(HEADING, "H1,M1,present,,", "H1,M3,present,assigned,1"))
    assert set(Attendance.objects.values_list("status", "reason")) == {("present", "")}


def test_merging_keeps_one_check_in_and_the_reason_of_what_counts():
    _ward, (one, two) = make.make_ward(branches=2)
    kept, gone = make.make_member(one), make.make_member(two)
    meeting, plan = make.make_meeting(one, date(2026, 3, 3)), make.make_plan(one, TODAY)
    make.attend(meeting, kept, "unexcused")
    make.attend(meeting, gone, "excused", reason="Ốm")
    for member in (kept, gone):
        CheckIn.objects.create(meeting=meeting, member=member, at=timezone.now())
    CheckIn.objects.create(plan=plan, member=gone, at=timezone.now())
    given = {"values": {}, "branch_of": kept, "by": make.make_user(), "on": TODAY}
    merging.merge_members(kept, gone, reason="trùng", **given)
    assert list(Attendance.objects.values_list("member", "status", "reason")) == [
        (kept.pk, "excused", "Ốm")
    ]
    assert set(CheckIn.objects.values_list("member", "meeting", "plan")) == {
        (kept.pk, meeting.pk, None),
        (kept.pk, None, plan.pk),
    }


def test_one_s_own_data_have_one_s_check_ins(tmp_path):
    _ward, [branch] = make.make_ward("W")
    member, other = make.make_member(branch), make.make_member(branch)
    user = make.make_user(member=member)
    plan = make.make_plan(branch, TODAY)
    meeting = make.make_meeting(branch, date(2026, 3, 3))
    CheckIn.objects.create(plan=plan, member=member, at=timezone.now())
    CheckIn.objects.create(meeting=meeting, member=member, at=timezone.now())
    CheckIn.objects.create(plan=plan, member=other, at=timezone.now())
    counts = write_own_data(user, on=TODAY, output=tmp_path / "own.zip", language="en")
    assert counts["check_ins"] == 2
    text = ZipFile(tmp_path / "own.zip").read("check_ins.csv").decode("utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["2026-03-01", "2026-03-03"]
