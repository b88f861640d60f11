"""Nobody confirms, reviews or decides on their own record: the database refuses it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.recording import recording
from accounts.rules import NEVER_ON_ONESELF
from assignments.models import Review, Task
from branches.models import Attendance, Member, Organization
from evaluations.models import Deduction
from tests.builders import (
    attend,
    grant,
    make_assignment,
    make_deduction,
    make_meeting,
    make_member,
    make_review,
    make_task,
    make_user,
    make_ward,
)
from workbook.services import WorkbookError, import_workbook

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


@pytest.fixture
def ward():
    return make_ward()


@pytest.fixture
def cadre(ward):
    """A member with a user, who guides the branch of the ward."""
    _committee, [branch] = ward
    return make_member(branch)


@pytest.fixture
def user(cadre):
    return make_user("cadre", member=cadre)


@pytest.fixture
def colleague(ward):
    return make_user("colleague", member=make_member(ward[1][0]))


class Refused:
    def __enter__(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def __exit__(self, kind, error, trace):
        self.savepoint.__exit__(kind, error, trace)
        assert isinstance(error, IntegrityError)
        assert error.__cause__.diag.constraint_name == "never_on_oneself"
        assert error.__cause__.diag.sqlstate == "23514"
        assert "on their own record" in error.__cause__.diag.message_primary
        return True


class TestVisits:
    @pytest.fixture
    def visit(self, ward, cadre):
        meeting = make_meeting(ward[1][0], DAY)
        return attend(meeting, cadre, capacity="assigned", confirmed=False)

    def test_not_confirmed_by_oneself(self, user, visit):
        with Refused(), recording(user=user):
            Attendance.objects.filter(pk=visit.pk).update(confirmed=True)

    def test_not_by_plain_sql_among_others(self, user, visit):
        attend(visit.meeting, make_member(), capacity="assigned", confirmed=False)
        with Refused(), recording(user=user), connection.cursor() as cursor:
            cursor.execute("UPDATE branches_attendance SET confirmed = true")

    def test_not_entered_as_confirmed(self, user, cadre, ward):
        with Refused(), recording(user=user):
            attend(make_meeting(ward[1][0], DAY), cadre, capacity="assigned")

    def test_confirmed_by_another(self, colleague, visit):
        with recording(user=colleague):
            assert Attendance.objects.filter(pk=visit.pk).update(confirmed=True) == 1

    def test_changed_otherwise_once_confirmed(self, user, colleague, visit):
        with recording(user=colleague):
            Attendance.objects.filter(pk=visit.pk).update(confirmed=True)
        with recording(user=user):
            assert Attendance.objects.filter(pk=visit.pk).update(status="excused") == 1

    def test_a_member_enters_their_own_presence(self, user, cadre, ward):
        with recording(user=user):
            assert attend(make_meeting(ward[1][0], DAY), cadre).confirmed


class TestTasks:
    @pytest.fixture
    def task(self, ward, cadre):
        return make_task(cadre, ward[1][0], 2025, state="registered")

    def test_not_confirmed_by_oneself(self, user, task):
        with Refused(), recording(user=user):
            Task.objects.filter(pk=task.pk).update(state="confirmed", outcome="met")

    def test_confirmed_by_another(self, colleague, task):
        with recording(user=colleague):
            assert Task.objects.update(state="confirmed", outcome="met") == 1

    def test_described_by_oneself(self, user, task):
        with recording(user=user):
            assert Task.objects.filter(pk=task.pk).update(title="Hòa giải ở khu vực 3") == 1


class TestReviews:
    @pytest.fixture
    def assignment(self, cadre, ward):
        return make_assignment(cadre, ward[1][0])

    def test_not_of_ones_own_assignment(self, user, assignment):
        with Refused(), recording(user=user):
            make_review(assignment, 2025)

    def test_neither_changed_nor_deleted_by_oneself(self, user, assignment):
        review = make_review(assignment, 2025, "good")
        with Refused(), recording(user=user):
            Review.objects.filter(pk=review.pk).update(level="excellent")
        with Refused(), recording(user=user):
            review.delete()

    def test_of_another(self, colleague, assignment):
        with recording(user=colleague):
            make_review(assignment, 2025)


class TestDeductions:
    def test_not_ones_own(self, user, cadre):
        deduction = make_deduction(cadre, DAY, 5)
        with Refused(), recording(user=user):
            make_deduction(cadre, DAY, 0)
        with Refused(), recording(user=user):
            Deduction.objects.filter(pk=deduction.pk).update(points=0)
        with Refused(), recording(user=user):
            deduction.delete()

    def test_not_handed_to_another_member_by_oneself(self, user, cadre):
        deduction = make_deduction(cadre, DAY, 5)
        with Refused(), recording(user=user):
            Deduction.objects.filter(pk=deduction.pk).update(member=make_member())

    def test_of_another(self, colleague, cadre):
        with recording(user=colleague):
            make_deduction(cadre, DAY, 5)


def test_not_by_an_import_of_ones_own(settings):
    case = settings.BASE_DIR / "tests" / "cases" / "edges-1-2025"
    import_workbook(case, effective=DAY)
    importer = make_user("importer", member=Member.objects.get(code="E1-00001"))
    for root in Organization.objects.roots(on=DAY):
        grant(importer, "board", root)
    own = Task.objects.filter(member=importer.member, state="confirmed")
    assert own.update(state="registered", outcome="")
    with pytest.raises(WorkbookError) as refused:
        import_workbook(case, effective=DAY, by=importer, on=DAY)
    assert {(problem.table, problem.column) for problem in refused.value.problems} == {
        ("tasks", "state")
    }
    assert not own.exists()


def test_nobody_is_stopped_where_no_user_is_put_down(cadre):
    make_deduction(cadre, DAY, 5)
    with recording(reason="Import of the year"):
        Deduction.objects.update(points=4)


def test_every_action_of_the_table_is_guarded_and_no_other():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT split_part(encode(tgargs, 'escape'), '\\000', 1) FROM pg_trigger"
            " WHERE tgname LIKE 'duties_%' AND tgenabled = 'O'"
        )
        assert {action for (action,) in cursor.fetchall()} == NEVER_ON_ONESELF


class TestOnPages:
    def test_may_on_says_the_same(self, user, cadre, ward):
        committee, [branch] = ward
        grant(user, "office", committee)
        other = make_member(branch)
        assert user.may_on("confirm_work", branch, other, on=DAY)
        assert not user.may_on("confirm_work", branch, cadre, on=DAY)
        assert user.may_on("see_members", branch, cadre, on=DAY)

    def test_may_on_needs_the_role_as_well(self, user, ward):
        branch = ward[1][0]
        assert not user.may_on("confirm_work", branch, make_member(branch), on=DAY)
