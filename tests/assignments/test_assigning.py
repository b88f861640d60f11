"""Assigning many at once: everything that is wrong is told before, and all is saved or nothing."""

import threading
import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import TestCase

from accounts.choices import Role
from accounts.recording import recording
from assignments.models import Assigning, Assignment
from assignments.services.assigning import (
    AssigningRefused,
    NewAssignment,
    assign,
    check_rows,
    reasons_to_keep,
    undo_assigning,
)
from branches.models import Succession
from branches.periods import last_day, period
from tests import builders as make

TODAY = date(2026, 6, 1)
JULY = date(2026, 7, 1)
NOON = datetime(2026, 6, 1, 5, tzinfo=UTC)


class AssigningTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.one, cls.two) = make.make_ward("W", parent=cls.district, branches=2)
        cls.office, (cls.desk,) = make.make_ward("O", parent=cls.district)
        cls.an = make.make_member(cls.desk, code="M-AN", full_name="Nguyễn Văn An")
        cls.binh = make.make_member(cls.desk, code="M-BINH", full_name="Đỗ Văn Bình")
        cls.board = make.make_user("board")
        make.grant(cls.board, Role.BOARD, cls.district)

    def row(self, member=None, target=None, **fields):
        fields = {"role": "direct", "since": JULY} | fields
        return NewAssignment(member or self.an, target or self.one, **fields)

    def check(self, *rows, by=None):
        return check_rows(rows, by=by or self.board, on=TODAY)

    def found(self, *rows, by=None):
        """(level, field, text) of what is found of the last row."""
        return [(each.level, each.field, each.text) for each in self.check(*rows, by=by)[-1]]

    def assign(self, *rows, by=None, **more):
        return assign(rows, by=by or self.board, on=TODAY, **more)

    def assert_error(self, field, words, *rows):
        errors = [
            text for level, about, text in self.found(*rows) if (level, about) == ("error", field)
        ]
        assert any(words in text for text in errors), self.found(*rows)

    # What is saved

    def test_codes_go_on_from_the_last_of_the_year(self):
        make.make_assignment(self.an, self.ward, code="PC-2026-00007")
        make.make_assignment(self.an, self.office, code="PC-2026-x")
        self.assign(self.row(), self.row(self.binh, self.two))
        made = Assignment.objects.filter(validity__startswith=JULY).order_by("code")
        assert [each.code for each in made] == ["PC-2026-00008", "PC-2026-00009"]
        assert [(each.member, each.target) for each in made] == [
            (self.an, self.one),
            (self.binh, self.two),
        ]

    def test_all_or_nothing(self):
        make.make_status(self.binh, "suspended", since=date(2026, 6, 15))
        with pytest.raises(AssigningRefused) as refused:
            self.assign(self.row(), self.row(self.binh, self.two))
        assert [len(each) for each in refused.value.findings] == [0, 1]
        assert "Đỗ Văn Bình" in refused.value.messages[0]
        assert not Assignment.objects.exists()
        assert not Assigning.objects.exists()

    def test_nothing_to_save_is_refused(self):
        with pytest.raises(AssigningRefused):
            self.assign()

    def test_the_same_page_sent_twice_saves_once(self):
        token = str(uuid.uuid4())
        first = self.assign(self.row(), token=token)
        assert self.assign(self.row(), token=token) == first
        assert Assignment.objects.count() == 1

    def test_a_team_brings_its_directive(self):
        make.make_position(self.an, self.district)
        team = make.make_team(make.make_directive(self.district), self.ward, self.an)
        self.assign(self.row(role="team_leader", team=team))
        assert Assignment.objects.get().directive == team.directive

    def test_it_stands_in_the_trail_as_one_save(self):
        with recording(user=self.board, source="/assignments/assign/"):
            self.assign(self.row(), self.row(self.binh, self.two))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM accounts_journalentry"
                " WHERE table_name = 'assignments_assignment' AND user_id = %s",
                [self.board.pk],
            )
            assert cursor.fetchone() == (1,)

    # Who may

    def test_who_assigns_for_none_of_the_targets_is_forbidden(self):
        for role, place in ((Role.OFFICE, self.district), (Role.BOARD, self.office)):
            user = make.make_user()
            make.grant(user, role, place)
            with self.subTest(role=role), pytest.raises(PermissionDenied):
                self.assign(self.row(), by=user)

    def test_cadres_of_elsewhere_cannot_be_named(self):
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        with pytest.raises(PermissionDenied):
            self.assign(self.row(), by=ward_board)

    def test_a_ward_does_not_assign_what_the_level_above_issues(self):
        ward_board, own = make.make_user(), make.make_member(self.two)
        make.grant(ward_board, Role.BOARD, self.ward)
        directive = make.make_directive(self.district)
        for row in (self.row(own, self.ward), self.row(own, directive=directive)):
            with pytest.raises(PermissionDenied):
                self.assign(row, by=ward_board)
        self.assign(self.row(own), by=ward_board)
        saved = Assignment.objects.get()
        assert Assignment.objects.changeable_by(ward_board, on=TODAY).get() == saved

    # What is found

    def test_nothing_is_found_of_what_is_right(self):
        assert self.found(self.row()) == []

    def test_an_earlier_one_can_be_ended_the_day_before(self):
        earlier = make.make_assignment(self.an, self.one, code="PC-1", since=date(2026, 1, 1))
        self.assert_error("member", "30/06/2026", self.row())
        (finding,) = self.check(self.row())[0]
        assert finding.ends == earlier
        self.assign(self.row(ends_earlier=True))
        earlier.refresh_from_db()
        assert last_day(earlier.validity) == date(2026, 6, 30)
        assert Assignment.objects.valid_on(JULY).count() == 1

    def test_a_later_one_asks_for_a_last_day(self):
        make.make_assignment(self.an, self.one, since=date(2026, 9, 1))
        self.assert_error("since", "31/08/2026", self.row())
        assert self.found(self.row(until=date(2026, 8, 31))) == []

    def test_the_same_day_again_is_left_out(self):
        make.make_assignment(self.an, self.one, since=JULY)
        self.assert_error("since", "", self.row(ends_earlier=True))

    def test_one_that_was_reviewed_later_is_not_ended(self):
        earlier = make.make_assignment(self.an, self.one, since=date(2025, 1, 1))
        make.make_review(earlier, 2026)
        assert self.found(self.row(ends_earlier=True))[0][0] == "warning"
        make.make_review(earlier, 2027)
        self.assert_error("since", "2027", self.row(ends_earlier=True))

    def test_one_from_above_is_not_ended_from_below(self):
        ward_board, own = make.make_user(), make.make_member(self.two)
        make.grant(ward_board, Role.BOARD, self.ward)
        directive = make.make_directive(self.district)
        make.make_assignment(own, self.one, directive=directive, since=date(2026, 1, 1))
        (finding,) = self.check(self.row(own, ends_earlier=True), by=ward_board)[0]
        assert (finding.level, finding.ends) == ("error", None)

    def test_who_left_is_suspended_exempt_or_away(self):
        for status in ("suspended", "exempt", "away"):
            row = make.make_status(self.an, status, since=TODAY, until=date(2026, 8, 31))
            with self.subTest(status=status):
                self.assert_error("member", "01/09/2026", self.row())
                assert self.found(self.row(since=date(2026, 9, 1))) == []
            row.delete()
        self.an.left_on, self.an.left_reason = date(2026, 6, 30), "deceased"
        self.an.save()
        self.assert_error("member", "30/06/2026", self.row())

    def test_a_target_that_does_not_exist_on_the_day(self):
        merged = make.make_organization(
            code="W-9", parent=self.ward, until=date(2026, 6, 30), name="Chi bộ 9"
        )
        Succession.objects.create(organization=merged, successor=self.two, on=JULY, kind="merge")
        self.assert_error("target", "W-2", self.row(target=merged))
        self.assert_error("until", "30/06/2026", self.row(target=merged, since=TODAY))
        assert self.found(self.row(target=merged, since=TODAY, until=date(2026, 6, 30))) == []
        later = make.make_organization(code="W-8", parent=self.ward, since=date(2026, 8, 1))
        self.assert_error("target", "01/08/2026", self.row(target=later))

    def test_a_directive_that_is_not_valid_on_the_day(self):
        directive = make.make_directive(
            self.district, issued_on=date(2026, 1, 1), valid_to=date(2026, 6, 30)
        )
        self.assert_error("directive", "30/06/2026", self.row(directive=directive))
        early = self.row(directive=directive, since=date(2025, 12, 1))
        self.assert_error("directive", "01/01/2026", early)

    def test_who_may_be_in_a_team(self):
        make.make_position(self.binh, self.district)
        directive, other = make.make_directive(self.district), make.make_directive(self.district)
        team = make.make_team(directive, self.ward, self.binh, name="Đoàn 1")
        self.assert_error("team", "", self.row(role="team_member"))
        self.assert_error("team", "Đoàn 1", self.row(target=self.desk, team=team, member=self.binh))
        self.assert_error("directive", directive.number, self.row(team=team, directive=other))
        self.assert_error("role", "Đỗ Văn Bình", self.row(role="team_leader", team=team))
        assert self.found(self.row(self.binh, role="team_leader", team=team)) == []
        assert self.found(self.row(role="team_member", team=team)) == []

    def test_the_same_row_twice(self):
        self.assert_error("member", "1", self.row(), self.row(since=date(2026, 9, 1)))
        apart = self.row(until=date(2026, 8, 31)), self.row(since=date(2026, 9, 1))
        assert self.found(*apart) == []

    def test_days_and_visits_that_cannot_be(self):
        self.assert_error("until", "", self.row(until=TODAY))
        self.assert_error("visits_due", "31", self.row(visits_due=32))

    def test_warnings_keep_nothing_from_being_saved(self):
        make.make_assignment(self.binh, self.one)
        for target in (self.two, self.desk):
            make.make_assignment(self.an, target)
        own = make.make_member(self.one, full_name="Lê Thị Cúc")
        assert [found[:2] for found in self.found(self.row())] == [
            ("warning", "member"),
            ("warning", "target"),
        ]
        assert [found[:2] for found in self.found(self.row(own))] == [("warning", "target")] * 2
        self.assign(self.row(), self.row(own, since=TODAY))
        assert Assignment.objects.valid_on(JULY).filter(target=self.one).count() == 3

    def test_two_rows_to_one_target_are_warned_of(self):
        (found,) = self.found(self.row(), self.row(self.binh))
        assert found[:2] == ("warning", "target")

    def test_as_many_queries_for_many_as_for_few(self):
        people = [make.make_member(self.desk) for _number in range(40)]
        rows = [
            self.row(each, self.one if place % 2 else self.two) for place, each in enumerate(people)
        ]
        with self.assertNumQueries(20):
            self.assign(*rows)

    # Taking it back

    def saved(self):
        make.make_assignment(self.an, self.one, code="PC-1", since=date(2026, 1, 1))
        return self.assign(self.row(ends_earlier=True), self.row(self.binh, self.two))

    def undo(self, saved, by=None):
        return undo_assigning(saved, by=by or self.board, on=TODAY, at=NOON)

    def test_undoing_leaves_what_there_was(self):
        saved = self.saved()
        assert reasons_to_keep(saved) == []
        self.undo(saved)
        (left,) = Assignment.objects.all()
        assert (left.code, left.validity) == ("PC-1", period(date(2026, 1, 1)))
        saved.refresh_from_db()
        assert (saved.undone_at, saved.undone_by) == (NOON, self.board)
        self.undo(saved)  # again: nothing happens

    def test_what_something_depends_on_stays(self):
        saved = self.saved()
        made = Assignment.objects.get(member=self.binh)
        make.make_task(self.binh, self.two, 2026, assignment=made)
        with pytest.raises(ValidationError) as refused:
            self.undo(saved)
        assert made.code in refused.value.messages[0]
        assert Assignment.objects.count() == 3

    def test_what_was_changed_since_stays(self):
        saved = self.saved()
        Assignment.objects.filter(member=self.binh).update(visits_due=4)
        with pytest.raises(ValidationError):
            self.undo(saved)

    def test_who_may_not_change_them_may_not_undo(self):
        saved, office = self.saved(), make.make_user()
        make.grant(office, Role.OFFICE, self.district)
        with pytest.raises(PermissionDenied):
            self.undo(saved, by=office)


@pytest.mark.django_db(transaction=True)
def test_two_who_assign_the_same_at_once(transactional_db):
    """In two real transactions: one saves, the other is told; nothing is doubled."""
    district = make.make_organization("district", code="D")
    _ward, (branch,) = make.make_ward("W", parent=district)
    cadre = make.make_member(branch)
    boards = [make.make_user(), make.make_user()]
    for user in boards:
        make.grant(user, Role.BOARD, district)
    start, results = threading.Barrier(2), []

    def save(user):
        row = NewAssignment(cadre, branch, role="direct", since=JULY)
        try:
            start.wait()
            results.append(assign([row], by=user, on=TODAY).by)
        except AssigningRefused as refused:
            results.append(refused.messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[user]) for user in boards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [each for each in results if isinstance(each, list)]
    assert (len(results), len(told)) == (2, 1)
    assert Assignment.objects.get().code in told[0][0]
