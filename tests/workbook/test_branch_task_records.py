"""What branches wrote of their members: in one's own data, merged, and anonymised."""

import zipfile
from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from accounts.models import JournalChange
from assignments.models import Fitness, OwnPlan, TaskCheck
from evaluations.anonymisation import NOBODY, anonymise_member
from tests import builders as make
from workbook.own_data import write_own_data
from workbook.quality.merging import merge_members

YEAR, TODAY = 2018, date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    _ward, (branch,) = make.make_ward()
    return make.make_branch_plan(branch, YEAR)


def written(plan, member):
    """A task of the member with all that is written of it."""
    Fitness.objects.create(plan=plan, member=member, circumstances=f"Bệnh tim {member.code}")
    task = make.make_task(member, plan.branch, YEAR, state="registered")
    make.give_task(task, plan)
    days = {"begins_on": date(YEAR, 3, 1), "ends_on": date(YEAR, 6, 1)}
    OwnPlan.objects.create(task=task, steps="Họp tổ 7", written_on=date(YEAR, 2, 9), **days)
    meeting = make.make_meeting(plan.branch, date(YEAR, 3, 3))
    TaskCheck.objects.create(task=task, meeting=meeting, progress="behind", note="Ốm nặng")
    return task


def test_ones_own_data_hold_what_the_branch_wrote(plan, tmp_path):
    member = make.make_member(plan.branch, code="M1")
    written(plan, member)
    written(plan, make.make_member(plan.branch, code="M2"))
    user = make.make_user("m1", member=member)
    output = tmp_path / "own.zip"
    with override("en"):
        counts = write_own_data(user, on=TODAY, output=output, language="en")
    names = ("circumstances", "own_plans", "task_checks")
    assert [counts[name] for name in names] == [1, 1, 1]
    with zipfile.ZipFile(output) as archive:
        assert "Bệnh tim M1" in archive.read("circumstances.csv").decode()
        assert "Ốm nặng" in archive.read("task_checks.csv").decode()


def test_of_two_records_of_a_person_that_of_the_kept_one_stays(plan):
    kept, gone = (make.make_member(plan.branch, code=code) for code in ("K1", "K2"))
    for member in (kept, gone):
        written(plan, member)
    given = {"values": {}, "branch_of": kept, "by": make.make_user(), "on": TODAY}
    merge_members(kept, gone, **given, reason="trùng")
    assert [row.circumstances for row in kept.fitness.all()] == ["Bệnh tim K1"]
    assert (gone.fitness.count(), kept.tasks.count()) == (0, 2)


def test_it_goes_with_the_member_and_from_the_trail(plan):
    member = make.make_member(plan.branch)
    written(plan, member)
    Fitness.objects.update(field="Khuyến học")
    OwnPlan.objects.update(steps="Họp tổ 8")
    type(member).objects.filter(pk=member.pk).update(
        left_on=date(2019, 1, 1), left_reason="deceased"
    )
    member.memberships.all().delete()
    anonymise_member(member, by=None, on=TODAY, at=NOON, reason="Hết hạn")
    fitness, own_plan, check = Fitness.objects.get(), OwnPlan.objects.get(), TaskCheck.objects.get()
    assert (fitness.circumstances, fitness.field) == (NOBODY, "")
    assert (own_plan.steps, check.note, check.progress) == (NOBODY, "", "behind")
    told = str(list(JournalChange.objects.values_list("before", "after")))
    assert not [text for text in ("Bệnh tim", "Khuyến học", "Họp tổ", "Ốm nặng") if text in told]
