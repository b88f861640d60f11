"""What is done with opinions: services, rights, and what the database refuses."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import SimpleTestCase, TestCase

from accounts.models import JournalEntry
from assignments.models import Opinion
from assignments.opinions.page import name_opinions, shown
from assignments.opinions.terms import after_working_days, is_working_day
from assignments.services import opinions as services
from tests import builders as make

HELD_ON = date(2026, 3, 4)
MARCH = datetime(2026, 3, 4, 13, tzinfo=UTC)
APRIL = datetime(2026, 4, 8, 3, tzinfo=UTC)
MAY = datetime(2026, 5, 6, 3, tzinfo=UTC)


class TermTests(SimpleTestCase):
    def test_working_days(self):
        wednesday = date(2026, 3, 4)
        assert after_working_days(wednesday, 1) == date(2026, 3, 5)
        assert after_working_days(wednesday, 3) == date(2026, 3, 9)  # over a weekend
        assert after_working_days(wednesday, 30) == date(2026, 4, 15)

    def test_days_off(self):
        off = ["04-30", "2026-02-17"]
        assert not is_working_day(date(2027, 4, 30), holidays=off)
        assert not is_working_day(date(2026, 2, 17), holidays=off)
        assert is_working_day(date(2027, 2, 17), holidays=off)
        assert after_working_days(date(2026, 4, 29), 1, holidays=["04-30", "05-01"]) == date(
            2026, 5, 4
        )


class OpinionCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", name="Huyện ủy Đồng Văn")
        cls.ward = make.make_organization("grassroots_committee", parent=cls.district)
        cls.branch = make.make_organization(parent=cls.ward)
        cls.other_ward = make.make_organization("grassroots_committee", parent=cls.district)
        cls.meeting = make.make_meeting(cls.branch, HELD_ON)
        cls.secretary = make.make_user("secretary")
        make.grant(cls.secretary, "secretary", cls.branch)
        cls.office = make.make_user("office")
        make.grant(cls.office, "office", cls.ward)
        cls.board = make.make_user("board")
        make.grant(cls.board, "board", cls.district)

    def raised(self, **values):
        said = {"raised_by": "resident", "topic": "Vay vốn", "content": "Xin vay vốn nuôi bò"}
        given = {"meeting": self.meeting, "by": self.secretary, "at": MARCH}
        return services.raise_opinion(**(said | given | values))


class ServiceTests(OpinionCase):
    def test_answered_on_the_spot(self):
        opinion = self.raised(answer="  Đã hướng dẫn  ")
        assert (opinion.code, opinion.state) == ("YK-2026-00001", "answered")
        assert (opinion.answer, opinion.referred_to) == ("Đã hướng dẫn", None)
        assert [(step.kind, step.on) for step in opinion.steps.all()] == [("raised", HELD_ON)]

    def test_without_an_answer_the_grassroots_committee_has_thirty_working_days(self):
        opinion = self.raised()
        assert (opinion.state, opinion.referred_to) == ("referred", self.ward)
        assert opinion.due_on == date(2026, 4, 15)

    def test_the_level_above_has_sixty(self):
        assert self.raised(referred_to=self.district).due_on == date(2026, 5, 29)

    def test_codes_go_on(self):
        self.raised()
        assert self.raised().code == "YK-2026-00002"

    def test_only_to_a_body_at_or_above_the_branch(self):
        for body in (make.make_organization("province"), make.make_organization(parent=self.ward)):
            with pytest.raises(ValidationError) as refused:
                self.raised(referred_to=body)
            assert "referred_to" in refused.value.message_dict

    def test_no_later_than_the_term(self):
        for day in (date(2026, 3, 3), date(2026, 4, 16)):
            with pytest.raises(ValidationError) as refused:
                self.raised(due_on=day)
            assert "due_on" in refused.value.message_dict
        assert self.raised(due_on=date(2026, 3, 31)).due_on == date(2026, 3, 31)

    def test_an_answer_and_a_body_exclude_each_other(self):
        with pytest.raises(ValidationError):
            self.raised(answer="Đã trả lời", referred_to=self.ward)

    def test_the_whole_way(self):
        opinion = self.raised()
        services.refer_opinion(
            opinion, referred_to=self.district, reason="Vượt thẩm quyền", by=self.office, at=APRIL
        )
        services.extend_opinion(
            opinion, due_on=date(2026, 9, 30), reason="Chờ tỉnh", by=self.board, at=APRIL
        )
        services.answer_opinion(opinion, answer="Được vay 50 triệu", by=self.board, at=MAY)
        told_at = make.make_meeting(self.branch, date(2026, 5, 6))
        services.tell_answer(opinion, meeting=told_at, by=self.secretary, at=MAY)
        opinion.refresh_from_db()
        assert (opinion.state, opinion.told_at) == ("resolved", told_at)
        assert [(step.kind, step.by, step.reason) for step in opinion.steps.all()] == [
            ("raised", self.secretary, ""),
            ("referred", self.office, "Vượt thẩm quyền"),
            ("extended", self.board, "Chờ tỉnh"),
            ("resolved", self.board, ""),
            ("told", self.secretary, ""),
        ]

    def test_the_branch_is_told_at_a_meeting_of_its_own_after_the_answer(self):
        opinion = self.raised()
        services.answer_opinion(opinion, answer="Có", by=self.office, at=APRIL)
        elsewhere = make.make_meeting(make.make_organization(parent=self.ward), date(2026, 4, 20))
        early = make.make_meeting(self.branch, date(2026, 4, 1))
        for meeting in (elsewhere, early):
            with pytest.raises(ValidationError) as refused:
                services.tell_answer(opinion, meeting=meeting, by=self.secretary, at=MAY)
            assert "meeting" in refused.value.message_dict

    def test_extending_goes_forward_and_says_why(self):
        opinion = self.raised()
        for day, reason in ((opinion.due_on, "x"), (date(2026, 12, 1), " ")):
            with pytest.raises(ValidationError):
                services.extend_opinion(
                    opinion, due_on=day, reason=reason, by=self.office, at=MARCH
                )

    def test_an_imported_opinion_keeps_what_it_said_before(self):
        opinion = make.make_opinion(
            self.meeting, state="referred", referred_to=self.ward, due_on=date(2026, 3, 31)
        )
        services.answer_opinion(opinion, answer="Có", by=self.office, at=APRIL)
        first, second = opinion.steps.all()
        assert (first.kind, first.on, first.state, first.by) == (
            "raised",
            HELD_ON,
            "referred",
            None,
        )
        assert (second.kind, second.state) == ("resolved", "resolved")


class RightsTests(OpinionCase):
    def test_a_cadre_takes_down_where_they_are_assigned(self):
        cadre = self.cadre_of(self.ward, since=date(2026, 1, 1))
        assert self.raised(by=cadre).state == "referred"
        elsewhere = make.make_meeting(make.make_organization(parent=self.other_ward), HELD_ON)
        with pytest.raises(PermissionDenied):
            self.raised(by=cadre, meeting=elsewhere)

    def test_not_before_the_assignment(self):
        with pytest.raises(PermissionDenied):
            self.raised(by=self.cadre_of(self.ward, since=date(2026, 3, 5)))

    def test_a_cadre_is_a_member_in_their_own_branch(self):
        with pytest.raises(PermissionDenied):
            self.raised(by=self.cadre_of(self.ward, home=self.branch))

    def cadre_of(self, target, *, since=make.LONG_AGO, home=None):
        home = home or make.make_organization(parent=self.other_ward)
        member = make.make_member(home)
        make.make_assignment(member, target, since=since)
        return make.make_user(member=member)

    def test_who_answers_for_nothing_may_nothing(self):
        opinion, body = self.raised(), {"reason": "x", "at": APRIL}
        for by in (self.secretary, make.make_user()):
            with pytest.raises(PermissionDenied):
                services.answer_opinion(opinion, answer="x", by=by, at=APRIL)
            with pytest.raises(PermissionDenied):
                services.refer_opinion(opinion, referred_to=self.district, by=by, **body)
            with pytest.raises(PermissionDenied):
                services.extend_opinion(opinion, due_on=date(2026, 12, 1), by=by, **body)

    def test_who_sees_it(self):
        opinion = self.raised()
        cadre = self.cadre_of(self.branch)
        stranger = make.make_user()
        make.grant(stranger, "secretary", make.make_organization(parent=self.ward))
        administrator = make.make_user()
        make.grant(administrator, "administrator", self.district)
        own = make.make_user(member=make.make_member(self.branch))
        seen = {
            user: Opinion.objects.visible_to(user, on=date(2026, 4, 1))
            .filter(pk=opinion.pk)
            .exists()
            for user in (self.secretary, self.office, self.board, cadre, own, stranger)
        }
        assert list(seen.values()) == [True, True, True, True, True, False]
        assert not Opinion.objects.visible_to(administrator, on=HELD_ON).exists()


class VisitTests(OpinionCase):
    def test_it_hangs_on_the_visit_until_the_branch_has_a_meeting(self):
        opinion, visit = self.on_a_visit()
        assert (opinion.meeting, opinion.branch, opinion.raised_on) == (
            None,
            self.branch,
            date(2026, 3, 10),
        )
        meeting = make.make_meeting(self.branch, date(2026, 3, 10))
        visit.meeting = meeting
        visit.save()
        opinion.refresh_from_db()
        assert opinion.meeting == meeting

    def test_the_cadre_alone_takes_down_on_a_visit_that_stands(self):
        _opinion, visit = self.on_a_visit()
        visit.withdrawn_at = APRIL
        visit.save()
        with pytest.raises(PermissionDenied):
            self.raised(meeting=None, visit=visit, by=self.cadre, at=APRIL)
        with pytest.raises(PermissionDenied):
            self.raised(meeting=None, visit=visit, by=make.make_user(), at=APRIL)

    def on_a_visit(self):
        member = make.make_member(make.make_organization(parent=self.other_ward))
        assignment = make.make_assignment(member, self.branch)
        visit = make.make_visit(assignment, self.branch, date(2026, 3, 10))
        self.cadre = make.make_user(member=member)
        opinion = self.raised(meeting=None, visit=visit, by=self.cadre, at=APRIL)
        return opinion, visit


class DatabaseTests(OpinionCase):
    def refused(self, constraint):
        return self.assertRaisesMessage(IntegrityError, constraint)

    def test_of_a_meeting_or_a_visit(self):
        with self.refused("opinion_of_a_meeting_or_visit"):
            Opinion.objects.create(code="Y", topic="x", content="x", state="answered")

    def test_told_when_resolved_and_in_its_branch(self):
        opinion = self.raised()
        with self.refused("opinion_told_when_resolved"), transaction.atomic():
            Opinion.objects.filter(pk=opinion.pk).update(told_at=self.meeting)
        services.answer_opinion(opinion, answer="Có", by=self.office, at=APRIL)
        elsewhere = make.make_meeting(self.ward, date(2026, 5, 1))
        with self.refused("told at a meeting of its own"):
            Opinion.objects.filter(pk=opinion.pk).update(told_at=elsewhere)

    def test_steps_stay(self):
        step = self.raised().steps.get()
        for change in (step.delete, lambda: type(step).objects.update(reason="x")):
            with self.refused("never changed or deleted"), transaction.atomic():
                change()

    def test_what_an_import_changes_becomes_a_step(self):
        opinion = self.raised()
        Opinion.objects.filter(pk=opinion.pk).update(state="resolved", answer="Từ tệp")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        last = opinion.steps.last()
        assert (last.kind, last.state, last.answer) == ("corrected", "resolved", "Từ tệp")


class DayTests(OpinionCase):
    def test_a_past_day_shows_what_was_so(self):
        opinion = self.raised()
        services.refer_opinion(
            opinion, referred_to=self.district, reason="x", by=self.office, at=APRIL
        )
        services.answer_opinion(opinion, answer="Có", by=self.board, at=MAY)
        assert self.seen(date(2026, 3, 3)) is None
        assert self.seen(date(2026, 4, 7)) == ("referred", self.ward, "")
        assert self.seen(date(2026, 4, 8)) == ("referred", self.district, "")
        assert self.seen(date(2026, 5, 6)) == ("resolved", self.district, "Có")

    def seen(self, day):
        rows = name_opinions(list(shown(Opinion.objects.all(), on=day)), on=day)
        return next(((row.state_on, row.body, row.answer_on) for row in rows), None)

    def test_overdue_as_of_the_day(self):
        opinion = self.raised(due_on=date(2026, 3, 31))
        services.extend_opinion(
            opinion, due_on=date(2026, 6, 1), reason="x", by=self.office, at=APRIL
        )
        days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 8), date(2026, 6, 2))
        late = [Opinion.objects.on(day).overdue(on=day).exists() for day in days]
        assert late == [False, True, False, True]


class TrailTests(OpinionCase):
    def test_who_did_it_stands_in_the_trail(self):
        opinion = self.raised()
        services.extend_opinion(
            opinion, due_on=date(2026, 6, 1), reason="Việc khó", by=self.office, at=APRIL
        )
        entry = JournalEntry.objects.filter(table_name="assignments_opinion").latest("pk")
        assert (entry.user, entry.reason) == (self.office, "Việc khó")
