"""The audit trail that triggers write: whatever changes a row leaves an entry."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.audited import NOT_AUDITED, audited_models, owner_of
from accounts.history import first_values
from accounts.models import JournalChange, JournalEntry, User
from accounts.recording import recording
from assignments.models import Review
from branches.models import Attendance, Member, Membership, OrganizationPath
from branches.periods import period
from tests.builders import (
    attend,
    make_assignment,
    make_meeting,
    make_member,
    make_organization,
    make_user,
    make_ward,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


@pytest.fixture
def clerk():
    return make_user("clerk")


def entries(model):
    return list(JournalEntry.objects.filter(table_name=model._meta.db_table).order_by("pk"))


def last_entry(model):
    return entries(model)[-1]


def changes(entry):
    return {each.row_id: (each.before, each.after) for each in entry.changes.all()}


class TestEveryWayOfWriting:
    def test_bulk_create_leaves_one_entry_of_all_rows(self, clerk):
        with recording(user=clerk, reason="List of 3 March", source="/members/"):
            made = Member.objects.bulk_create(
                Member(code=f"B{number}", full_name="An", admitted_on=DAY) for number in range(5)
            )
        [entry] = entries(Member)
        assert (entry.user, entry.reason, entry.source) == (clerk, "List of 3 March", "/members/")
        assert (entry.operation, entry.rows) == ("insert", 5)
        assert [pk for some in entry.ids for pk in some] == sorted(each.pk for each in made)
        assert not entry.changes.exists()

    def test_update_of_a_queryset_leaves_what_differs_of_each_row(self, clerk):
        members = [make_member(code=f"U{number}", occupation="Thợ") for number in range(3)]
        members[2].occupation = "Giáo viên"
        members[2].save()
        with recording(user=clerk, reason="Corrected"):
            Member.objects.filter(code__startswith="U").update(occupation="Giáo viên")
        entry = last_entry(Member)
        assert (entry.operation, entry.user, entry.reason) == ("update", clerk, "Corrected")
        # The third had it already: nothing of it changed.
        assert entry.rows == 2
        assert changes(entry) == {
            member.pk: ({"occupation": "Thợ"}, {"occupation": "Giáo viên"})
            for member in members[:2]
        }

    def test_save_leaves_the_columns_that_changed(self):
        member = make_member(full_name="Lê Văn An")
        member.full_name = "Lê Văn Ân"
        member.save()
        # sort_key follows from the name and is left out.
        assert changes(last_entry(Member)) == {
            member.pk: ({"full_name": "Lê Văn An"}, {"full_name": "Lê Văn Ân"})
        }

    def test_copy_leaves_an_entry_with_user_and_reason(self, clerk):
        rows = "".join(f"C{number}\tAn\t2020-01-01\toutside\t\t\t\n" for number in range(100))
        columns = "code, full_name, admitted_on, person_class, gender, occupation, left_reason"
        columns += "".join(
            f", {name}" for name in ("left_note", "phone", "email", "identity_number")
        )
        rows = rows.replace("\n", "\t\t\t\t\n")
        with recording(user=clerk, reason="First list"), connection.cursor() as cursor:
            cursor.copy_expert(f"COPY branches_member ({columns}) FROM STDIN", StringIO(rows))
        [entry] = entries(Member)
        assert (entry.rows, entry.operation) == (100, "insert")
        assert (entry.user, entry.reason) == (clerk, "First list")

    def test_raw_sql_leaves_entries_with_user_and_reason(self, clerk):
        member = make_member()
        with recording(user=clerk, reason="By hand"), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE branches_member SET occupation = 'Thợ' WHERE id = %s", [member.pk]
            )
        entry = last_entry(Member)
        assert (entry.operation, entry.user, entry.reason) == ("update", clerk, "By hand")
        assert changes(entry) == {member.pk: ({"occupation": ""}, {"occupation": "Thợ"})}

    def test_deleting_keeps_the_whole_rows_also_of_what_goes_along(self, clerk):
        _ward, [branch] = make_ward()
        member = make_member(branch)
        membership = member.memberships.get()
        with recording(user=clerk, reason="Entered twice"):
            member.delete()
        for model, pk in ((Member, None), (Membership, membership.pk)):
            entry = last_entry(model)
            assert (entry.operation, entry.user, entry.reason) == ("delete", clerk, "Entered twice")
            assert pk is None or set(changes(entry)) == {pk}
        [(before, after)] = changes(last_entry(Member)).values()
        assert before["full_name"] == member.full_name
        assert after is None

    def test_insert_that_updates_instead_leaves_the_update(self):
        member = make_member(code="X1")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO branches_member (code, full_name, admitted_on, person_class, gender,"
                " occupation, left_reason, left_note, phone, email, identity_number)"
                " VALUES ('X1', 'An', '2020-01-01', 'outside', '', '', '', '', '', '', '')"
                " ON CONFLICT (code) DO UPDATE SET occupation = 'Thợ'"
            )
        assert [entry.operation for entry in entries(Member)] == ["insert", "update"]
        assert changes(last_entry(Member)) == {
            member.pk: ({"occupation": ""}, {"occupation": "Thợ"})
        }

    def test_a_changed_id_leaves_both_rows(self):
        member = make_member()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE branches_member SET id = 900001 WHERE id = %s", [member.pk])
        before_and_after = changes(last_entry(Member))
        assert before_and_after[member.pk][0]["code"] == member.code
        assert before_and_after[member.pk][1] is None
        assert before_and_after[900001][0] is None
        assert before_and_after[900001][1]["code"] == member.code


class TestWhatLeavesNothing:
    def test_an_update_that_changes_nothing(self):
        make_member().save()
        Member.objects.update(occupation="")
        assert [entry.operation for entry in entries(Member)] == ["insert"]

    def test_statements_that_touch_no_row(self):
        Member.objects.filter(code="nobody").update(occupation="Thợ")
        Member.objects.filter(code="nobody").delete()
        assert entries(Member) == []

    def test_what_is_rolled_back(self):
        with recording(reason="Never happened"):
            make_member()
            transaction.set_rollback(True)
        assert entries(Member) == []

    def test_derived_rows(self):
        make_ward(branches=2)
        assert OrganizationPath.objects.exists()
        assert entries(OrganizationPath) == []


class TestSecrets:
    def test_that_a_password_changed_is_recorded_and_nothing_of_it(self):
        user = make_user("an")
        user.set_password("another long password")
        user.save()
        assert changes(last_entry(User)) == {user.pk: ({"password": None}, {"password": None})}
        User.objects.filter(pk=user.pk).delete()
        [(before, _after)] = changes(last_entry(User)).values()
        assert before["username"] == "an"
        assert "password" not in before

    def test_the_time_of_a_sign_in_is_no_change(self):
        user = make_user()
        user.last_login = "2025-03-01T00:00:00Z"
        user.save()
        assert [entry.operation for entry in entries(User)] == ["insert"]


class TestWithoutRecording:
    def test_the_database_role_and_program_are_said(self):
        make_member()
        entry = last_entry(Member)
        assert (entry.user, entry.reason, entry.source) == (None, "", "chibo")
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user")
            assert entry.db_role == cursor.fetchone()[0]


class TestForging:
    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO accounts_journalentry SELECT * FROM accounts_journalentry",
            "UPDATE accounts_journalentry SET user_id = NULL",
            "DELETE FROM accounts_journalentry",
            "INSERT INTO accounts_journalchange SELECT * FROM accounts_journalchange",
            "UPDATE accounts_journalchange SET before = NULL",
            "DELETE FROM accounts_journalchange",
            "TRUNCATE accounts_journalentry",
            "DELETE FROM accounts_accesslog",
            "UPDATE accounts_accesslog SET note = ''",
            "ALTER TABLE branches_member DISABLE TRIGGER ALL",
            "DROP TRIGGER journal_update ON branches_member",
            "SET session_replication_role = replica",
        ],
    )
    def test_the_applications_role_cannot_touch_the_trail(self, statement):
        make_member()
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


class TestFirstValues:
    def test_of_an_inserted_row_follow_from_later_changes(self):
        member = make_member(code="F1", full_name="An", occupation="Thợ")
        inserted = last_entry(Member)
        for occupation in ("Giáo viên", "Bác sĩ"):
            member.occupation = occupation
            member.save()
        changed_first = entries(Member)[1]
        pk = member.pk
        assert first_values(inserted, [pk])[pk]["occupation"] == "Thợ"
        assert first_values(changed_first, [pk])[pk]["occupation"] == "Giáo viên"
        member.delete()
        assert first_values(inserted, [pk])[pk]["occupation"] == "Thợ"
        assert first_values(inserted, [pk])[pk]["full_name"] == "An"


class TestCoverage:
    def triggers(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, array_agg(tgname::text ORDER BY tgname)"
                " FROM pg_trigger WHERE tgname LIKE 'journal_%' AND tgenabled = 'O' GROUP BY 1"
            )
            return dict(cursor.fetchall())

    def test_every_table_is_audited_or_excepted_with_a_reason(self):
        three = ["journal_delete", "journal_insert", "journal_update"]
        assert self.triggers() == {model._meta.db_table: three for model in audited_models()}

    def test_exceptions_name_models_and_reasons(self):
        known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
        assert set(NOT_AUDITED) <= known
        assert all(NOT_AUDITED.values())

    def test_what_a_row_belongs_to(self):
        assert owner_of(Membership).name == "member"
        assert owner_of(Review).name == "assignment"
        assert owner_of(Member) is None


class TestFinding:
    def explain(self, queryset):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            return queryset.explain()

    def test_about_one_row(self):
        first, second = make_member(), make_member()
        first.occupation = "Thợ"
        first.save()
        about = JournalEntry.objects.about(Member, first.pk)
        assert {entry.operation for entry in about} == {"insert", "update"}
        assert JournalEntry.objects.about(Member, second.pk).count() == 1

    def test_by_indexes(self, clerk):
        by_row = JournalEntry.objects.about(Member, 17).order_by()
        assert "journal_rows" in self.explain(by_row)
        assert "journal_user" in self.explain(clerk.journal.filter(at__year=2026).order_by())
        assert "journal_at" in self.explain(JournalEntry.objects.order_by("-at", "-pk")[:50])
        assert "journal_member" in self.explain(JournalChange.objects.of_member(17))


def test_an_import_of_moved_members_keeps_where_they_were():
    """As an import writes periods: taken out, then put in."""
    _ward, [here, there] = make_ward(branches=2)
    member = make_member(here)
    former = member.memberships.get()
    former.delete()
    Membership.objects.create(member=member, branch=there, validity=period(DAY))
    former_rows = JournalChange.objects.of_member(member.pk)
    assert [change.before["branch_id"] for change in former_rows] == [here.pk]


def test_a_meeting_goes_with_its_roster():
    _ward, [branch] = make_ward()
    meeting = make_meeting(branch, DAY)
    for _number in range(3):
        attend(meeting, make_member(branch))
    meeting.delete()
    assert (last_entry(Attendance).operation, last_entry(Attendance).rows) == ("delete", 3)


def test_a_refused_statement_leaves_nothing():
    assignment = make_assignment(make_member(), make_organization())
    assignment.visits_due = 99
    with pytest.raises(IntegrityError), transaction.atomic():
        assignment.save()
    assert last_entry(type(assignment)).operation == "insert"
