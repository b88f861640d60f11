"""The one function that takes personal data out of the audit trail."""

import json
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from accounts.models import JournalChange, JournalEntry
from accounts.recording import recording
from branches.models import Member
from tests import builders as make

TABLES = ["branches_member", "branches_memberstatus"]


def redact(member, tables=TABLES):
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_redact_member(%s, %s)", [member.pk, tables])
        return cursor.fetchone()[0]


def trail():
    """Everything that the trail holds, as text."""
    rows = JournalChange.objects.values_list("before", "after")
    return json.dumps([list(row) for row in rows], ensure_ascii=False)


class RedactionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.by = make.make_user("quantri")
        cls.ward, (cls.branch,) = make.make_ward()
        cls.member = make.make_member(cls.branch, code="790000000011", full_name="Trần Thị Bình")
        cls.other = make.make_member(cls.branch, code="790000000022", full_name="Lê Văn Cao")
        for member in (cls.member, cls.other):
            status = make.make_status(member, until=date(2001, 1, 1))
            status.reason = f"bệnh của {member.full_name}"
            status.save()
            status.reason = "khác"
            status.save()
            Member.objects.filter(pk=member.pk).update(phone="0900000088", occupation="giáo viên")
        # A row that was deleted since stands whole in the trail.
        gone = make.make_status(cls.member, since=date(2005, 1, 1))
        gone.reason = "bệnh cũ của Trần Thị Bình"
        gone.save()
        gone.delete()

    def anonymise(self):
        Member.objects.filter(pk=self.member.pk).update(
            full_name="x",
            code="an-1",
            phone="",
            left_on=date(2010, 1, 1),
            left_reason="resigned",
            anonymised_on=date(2020, 1, 1),
        )

    def test_it_hides_the_members_own_values_and_no_others(self):
        self.anonymise()
        assert "Trần Thị Bình" in trail()
        with recording(user=self.by, reason="Quyết định 12"):
            assert redact(self.member) >= 3
        told = trail()
        assert "Trần Thị Bình" not in told
        assert "790000000011" not in told
        assert "Lê Văn Cao" in told
        of_member = JournalChange.objects.filter(
            entry__table_name="branches_member", row_id=self.member.pk
        )
        # That they changed stays, and what is no personal data.
        assert any(change.after["phone"] is None for change in of_member if "phone" in change.after)
        assert any("left_on" in change.after for change in of_member)

    def test_it_says_that_it_did_and_not_what(self):
        self.anonymise()
        with recording(user=self.by, reason="Quyết định 12"):
            count = redact(self.member)
        entry = JournalEntry.objects.order_by("-pk")[0]
        assert (entry.user, entry.reason, entry.source) == (self.by, "Quyết định 12", "redaction")
        assert entry.rows == count
        assert not entry.changes.exists()

    def test_only_the_tables_named_and_known(self):
        self.anonymise()
        with recording(user=self.by, reason="x"):
            redact(self.member, ["branches_member"])
            assert "bệnh của Trần Thị Bình" in trail()
            before = trail()
            assert redact(self.member, ["branches_meeting", "auth_group; DROP TABLE x"]) == 0
        assert trail() == before

    def test_it_refuses_without_reason_and_who_is_not_anonymised(self):
        with recording(user=self.by, reason="x"), refused("is not anonymised"):
            redact(self.member)
        self.anonymise()
        with recording(user=self.by), refused("without a reason"):
            redact(self.member)
        assert "Trần Thị Bình" in trail()

    def test_the_application_cannot_change_the_trail_otherwise(self):
        for statement in (
            "UPDATE accounts_journalchange SET before = NULL",
            "DELETE FROM accounts_journalentry",
            "TRUNCATE accounts_journalchange",
        ):
            with (
                self.subTest(statement),
                refused("permission denied"),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


@contextmanager
def refused(words):
    """The database refuses what is done inside, in such words; the transaction goes on."""
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        yield
