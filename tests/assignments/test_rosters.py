"""The roster of a meeting: many people in one page and one request."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import JournalChange, JournalEntry
from assignments.models import Visit
from branches.models import Attendance, CheckIn, Meeting
from branches.periods import period
from branches.services.meetings import hold_meeting
from branches.services.rosters import close_roster, save_roster
from tests import builders as make
from tests.pages import text_of

OWN = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # of the transaction, no queries


class Branch:
    """A branch of forty with a secretary of it and one of another branch, and a plan for today."""

    def __init__(self, people=40):
        self.today = timezone.localdate()
        self.ward, (self.branch, self.other) = make.make_ward("R", branches=2)
        self.people = [
            make.make_member(self.branch, full_name=f"Trần Văn {number:02d}")
            for number in range(people)
        ]
        self.secretary, self.stranger = make.make_user(), make.make_user()
        make.grant(self.secretary, "secretary", self.branch)
        make.grant(self.stranger, "secretary", self.other)
        self.plan = make.make_plan(self.branch, self.today)

    def form(self, answers=(), **more):
        """What the page sends: a field for everybody, `answers` {index: (status, reason)}."""
        data = {f"m-{each.pk}": "" for each in self.people}
        for index, (status, reason) in dict(answers).items():
            data |= {
                f"m-{self.people[index].pk}": status,
                f"mr-{self.people[index].pk}": reason,
            }
        return data | {"key": str(uuid4()), "seen": "0"} | more

    def client(self, user=None):
        client = Client()
        client.force_login(user or self.secretary)
        return client


THREE = {3: ("excused", "Ốm"), 7: ("excused", "Công tác"), 20: ("unexcused", "")}


@pytest.mark.django_db(transaction=True)
class TestForty:
    """Everything that the request asks of the database is counted: session, user, rights, trail."""

    def post(self, client, url, data):
        client.get(reverse("assignments:check_in"))  # what the first request of a session does
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, data)
        assert response.status_code == 302, response.context["form"].errors
        return [each["sql"] for each in queries.captured_queries]

    def assert_saved(self):
        counts = dict.fromkeys(("present", "excused", "unexcused"), 0)
        for status in Attendance.objects.values_list("status", flat=True):
            counts[status] += 1
        assert counts == {"present": 37, "excused": 2, "unexcused": 1}
        assert set(Attendance.objects.exclude(reason="").values_list("reason", flat=True)) == {
            "Ốm",
            "Công tác",
        }

    def test_three_exceptions_of_a_meeting_on_record(self):
        part = Branch()
        meeting = make.make_meeting(part.branch, part.today, kind="extraordinary")
        url = f"{reverse('assignments:roster', args=[meeting.pk])}?org={part.branch.pk}"
        sql = self.post(part.client(), url, part.form(THREE, rest="1"))
        assert len(sql) <= 10, sql  # the transaction's own statements as well
        self.assert_saved()

    def test_three_exceptions_of_a_meeting_that_was_planned(self):
        part = Branch()
        url = reverse("assignments:plan_roster", args=[part.plan.pk])
        sql = self.post(part.client(), f"{url}?org={part.branch.pk}", part.form(THREE, rest="1"))
        assert len([each for each in sql if not each.startswith(OWN)]) <= 10, sql
        self.assert_saved()
        part.plan.refresh_from_db()
        assert (part.plan.state, part.plan.meeting) == ("held", Meeting.objects.get())

    def test_saved_twice_it_changes_only_what_changed(self):
        part = Branch()
        url = reverse("assignments:plan_roster", args=[part.plan.pk])
        self.post(part.client(), url, part.form(THREE, rest="1"))
        before = JournalEntry.objects.filter(table_name="branches_attendance").count()
        meeting = Meeting.objects.get()
        url = reverse("assignments:roster", args=[meeting.pk])
        again = part.form(THREE | {20: ("excused", "Đi viện")}, rest="1", seen="1")
        self.post(part.client(), url, again)
        entries = JournalEntry.objects.filter(table_name="branches_attendance")
        assert entries.count() == before + 1
        assert (entries.latest("pk").operation, entries.latest("pk").rows) == ("update", 1)
        assert JournalChange.objects.filter(entry=entries.latest("pk")).count() == 1


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.part = Branch(people=4)

    def setUp(self):
        self.client = self.part.client()
        self.url = reverse("assignments:plan_roster", args=[self.part.plan.pk])

    def post(self, *args, **more):
        return self.client.post(self.url, self.part.form(*args, **more))

    def held(self):
        meeting = make.make_meeting(self.part.branch, self.part.today)
        self.url = reverse("assignments:roster", args=[meeting.pk])
        return meeting

    def statuses(self):
        rows = Attendance.objects.filter(capacity="member").order_by("member__full_name")
        return list(rows.values_list("status", flat=True))

    def test_who_has_no_answer_is_not_reported(self):
        response = self.client.post(
            self.url, self.part.form({0: ("present", ""), 1: ("unexcused", "")}), follow=True
        )
        assert self.statuses() == ["present", "unexcused"]
        assert "đó là thiếu số liệu" in text_of(response) or "that is a gap" in text_of(response)

    def test_all_present_leaves_out_who_is_not_expected(self):
        ill, gone, banned = self.part.people[:3]
        make.make_status(ill, "exempt")
        make.make_status(gone, "away", receiving_place="Huế")
        make.make_status(banned, "suspended")
        page = self.client.get(self.url)
        assert [row.member for row in page.context["roster"].excepted] == [ill, gone, banned]
        data = {f"{row.name}": row.answer for row in page.context["roster"].rows}
        self.client.post(self.url, data | {"rest": "1", "seen": "0"})
        assert list(Attendance.objects.values_list("member", flat=True)) == [self.part.people[3].pk]

    def test_who_checked_in_is_marked_and_filled_in(self):
        CheckIn.objects.create(plan=self.part.plan, member=self.part.people[1], at=timezone.now())
        page = self.client.get(self.url)
        rows = page.context["roster"].members
        assert [row.answer for row in rows] == ["", "present", "", ""]
        assert self.statuses() == []

    def test_an_answer_can_be_taken_back(self):
        self.held()
        self.post({0: ("present", ""), 1: ("present", "")})
        self.post({0: ("present", "")}, seen="1")
        assert self.statuses() == ["present"]

    def test_a_second_secretary_is_told_and_nothing_is_overwritten(self):
        self.held()
        self.post({0: ("unexcused", "")})
        response = self.post({0: ("present", ""), 1: ("present", "")}, seen="0")
        assert response.status_code == 200
        form, rows = response.context["form"], response.context["roster"].members
        assert form.has_error("__all__", "changed_meanwhile")
        assert self.statuses() == ["unexcused"]
        assert [(row.answer, row.stored) for row in rows[:2]] == [
            ("present", "unexcused"),
            ("present", ""),
        ]
        again = self.post({0: ("present", "")}, seen=form.version)
        assert again.status_code == 302
        assert self.statuses() == ["present"]

    def test_what_the_other_one_said_stays_of_whom_nothing_is_sent(self):
        self.held()
        self.post({0: ("unexcused", "")})
        response = self.post({1: ("present", "")}, seen="0")
        assert response.context["roster"].members[0].answer == "unexcused"

    def test_of_two_who_take_the_roster_of_a_plan_the_second_is_told(self):
        assert self.post({0: ("present", "")}).status_code == 302
        response = self.post({0: ("excused", "")})
        assert response.status_code == 200
        assert Meeting.objects.count() == 1
        assert self.statuses() == ["present"]

    def test_sent_twice_it_counts_once(self):
        data = self.part.form({0: ("present", "")})
        first, second = self.client.post(self.url, data), self.client.post(self.url, data)
        assert first.url == second.url
        assert Meeting.objects.get().roster_version == 1

    def test_somebody_of_another_branch_is_added_by_name(self):
        make.grant(self.part.secretary, "secretary", self.part.ward)
        visitor = make.make_member(self.part.other, full_name="Lê Khách")
        response = self.post(added="Lê Khách")
        assert response.status_code == 302, response.context["form"].errors
        assert Attendance.objects.get().member == visitor
        url = reverse("assignments:roster", args=[Meeting.objects.get().pk])
        assert [row.member for row in self.client.get(url).context["roster"].others] == [visitor]

    def test_nobody_is_added_by_an_id_that_the_page_did_not_offer(self):
        foreign = make.make_member(self.part.other)
        meeting = self.held()
        for name in (f"m-{foreign.pk}", f"e-{foreign.pk}", "m-999999999"):
            response = self.client.post(self.url, {name: "present", "seen": "0"})
            assert response.status_code == 404
        assert not meeting.attendance.exists()

    def test_odd_values_are_errors_of_the_form_or_taken_as_they_may_be(self):
        first = self.part.people[0].pk
        meeting = self.held()
        for odd in ({"seen": "x"}, {"seen": "9" * 30}, {f"m-{first}": "late"}, {"added": "?"}):
            assert self.post(**odd).status_code == 200
        long = {f"m-{first}": "excused", f"mr-{first}": "x" * 501}
        assert self.post(**long).status_code == 200
        assert not meeting.attendance.exists()
        assert self.post({0: ("excused", "Ố\0m ")}).status_code == 302
        assert meeting.attendance.get().reason == "Ố m"

    def test_nobody_is_a_guest_who_is_not_assigned(self):
        foreign = make.make_member(self.part.other)
        response = self.post(**{f"g-{foreign.pk}": "present"})
        assert response.status_code == 200
        assert not Visit.objects.exists()
        assert not Meeting.objects.exists() or not Attendance.objects.exists()

    def test_guests_are_stated_and_the_cadre_and_the_office_have_their_own_word(self):
        near, above = (make.make_member(full_name=name) for name in ("Gần", "Trên"))
        make.make_assignment(near, self.part.branch)
        make.make_assignment(above, self.part.ward)
        roster = self.client.get(self.url).context["roster"]
        assert [row.member for row in roster.guests] == [near]
        assert [row.member for row in roster.guests_from_above] == [above]
        more = {f"g-{near.pk}": "present", f"g-{above.pk}": "", f"gw-{above.pk}": ""}
        assert self.post(rest="1", **more).status_code == 302
        visit = Visit.objects.get()
        assert (visit.member, visit.stated, visit.state) == (near, "present", "logged")
        row = Attendance.objects.get(capacity="assigned")
        assert (row.member, row.confirmed) == (near, False)

    def test_an_assignment_that_had_ended_by_then_makes_no_guest(self):
        ended = make.make_member()
        yesterday = self.part.today - timedelta(days=1)
        make.make_assignment(ended, self.part.branch, until=yesterday)
        assert self.client.get(self.url).context["roster"].guests == []

    def test_a_closed_roster_takes_nothing_until_it_is_reopened(self):
        meeting = self.held()
        self.post({0: ("present", "")})
        close = reverse("assignments:roster_close", args=[meeting.pk])
        assert close in text_of(self.client.get(meeting.get_absolute_url()))
        self.client.post(close)
        meeting.refresh_from_db()
        assert meeting.roster_closed_by == self.part.secretary
        assert self.post({0: ("excused", "")}, seen="1").status_code == 200
        assert self.statuses() == ["present"]
        page = self.client.get(reverse("branches:meeting", args=[meeting.pk]))
        assert self.part.secretary.username in text_of(page)
        reopen = reverse("assignments:roster_reopen", args=[meeting.pk])
        assert self.client.post(reopen, {"reason": ""}).status_code == 200
        assert self.client.post(reopen, {"reason": "Sót một đồng chí"}).status_code == 302
        assert self.post({0: ("excused", "")}, seen="1").status_code == 302
        assert JournalEntry.objects.filter(reason="Sót một đồng chí").exists()

    def test_a_roster_of_a_day_to_come_waits_for_it(self):
        day = self.part.today + timedelta(days=2)
        plan = make.make_plan(self.part.branch, day)
        url = reverse("assignments:plan_roster", args=[plan.pk])
        assert self.client.get(url).context["is_too_early"]
        assert self.client.post(url, self.part.form(rest="1")).status_code == 200
        assert not Meeting.objects.exists()

    def test_a_meeting_that_was_called_off_has_no_roster(self):
        self.part.plan.state, self.part.plan.reason = "not_held", "Lũ"
        self.part.plan.save()
        assert self.post(rest="1").status_code == 200
        assert not Meeting.objects.exists()

    def test_a_plan_of_a_branch_that_is_no_more_is_not_found(self):
        self.part.branch.validity = period(None, self.part.today - timedelta(days=5))
        self.part.branch.save()
        assert self.client.get(self.url).status_code == 404

    def test_who(self):
        meeting = make.make_meeting(self.part.branch, self.part.today, kind="thematic")
        member = make.make_user(member=self.part.people[0])
        board, ward_secretary = make.make_user(), make.make_user()
        make.grant(board, "board", self.part.ward)
        make.grant(ward_secretary, "secretary", self.part.ward)
        urls = [self.url, reverse("assignments:roster", args=[meeting.pk])]
        for user, status in ((self.part.stranger, 404), (board, 403), (member, 403)):
            for url in urls:
                client = self.part.client(user)
                assert client.get(url).status_code == status, (user, url)
                assert client.post(url, self.part.form(rest="1")).status_code == status
        assert not Attendance.objects.exists()
        assert self.part.client(ward_secretary).get(urls[0]).status_code == 200

    def test_the_sheet_names_who_is_expected_without_their_numbers(self):
        make.make_status(self.part.people[0], "exempt")
        cadre = make.make_member(full_name="Cán bộ Dự")
        make.make_assignment(cadre, self.part.branch)
        url = reverse("assignments:plan_sign_in_sheet", args=[self.part.plan.pk])
        response = self.client.get(url)
        text = text_of(response)
        rows = [row.member for table in response.context["tables"] for _number, row in table]
        assert rows == self.part.people[1:]
        assert "Cán bộ Dự" in text
        assert not [each.code for each in (*self.part.people, cadre) if each.code in text]


class ServiceTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.part = Branch(people=3)
        cls.meeting = make.make_meeting(cls.part.branch, cls.part.today)
        cls.at = timezone.now()

    def save(self, rows, *, by=None, **more):
        return save_roster(self.meeting, rows, by=by or self.part.secretary, at=self.at, **more)

    def refused(self, code, rows=(), **more):
        with pytest.raises(ValidationError) as caught:
            self.save(rows, **more)
        assert caught.value.code == code

    def test_counts_what_was_entered_changed_and_taken_back(self):
        one, two, three = (each.pk for each in self.part.people)
        saved = self.save([(one, "present", ""), (two, "excused", " Ốm ")])
        assert (saved.entered, saved.changed, saved.taken_back) == (2, 0, 0)
        saved = self.save([(one, "present", ""), (two, "", ""), (three, "unexcused", "")])
        assert (saved.entered, saved.changed, saved.taken_back) == (1, 0, 1)
        saved = self.save([(three, "excused", "Việc nhà")])
        assert (saved.entered, saved.changed, saved.taken_back) == (0, 1, 0)

    def test_the_row_of_an_assigned_cadre_stays(self):
        cadre = make.make_member()
        make.attend(self.meeting, cadre, "present", capacity="assigned")
        saved = self.save([(cadre.pk, "unexcused", "")])
        assert (saved.entered, saved.changed) == (0, 0)
        assert Attendance.objects.get().status == "present"

    def test_all_or_nothing(self):
        stranger = make.make_member(self.part.other)
        rows = [(self.part.people[0].pk, "present", ""), (stranger.pk, "present", "")]
        self.refused("stranger", rows)
        assert not Attendance.objects.exists()
        self.save(rows, added=[stranger.pk])
        assert Attendance.objects.count() == 2

    def test_refusals(self):
        rows = [(self.part.people[0].pk, "present", "")]
        with pytest.raises(PermissionDenied):
            self.save(rows, by=self.part.stranger)
        self.refused("changed_meanwhile", rows, seen=7)
        close_roster(self.meeting, by=self.part.secretary, at=self.at)
        self.refused("closed", rows)
        for row in ((1, "late", ""), (1, "excused", "x" * 501)):
            with pytest.raises(ValidationError):
                self.save([row])
        assert not Attendance.objects.exists()

    def test_presence_has_no_reason_whoever_writes_it(self):
        row = make.attend(self.meeting, self.part.people[0], "excused", reason="Ốm")
        Attendance.objects.update(status="present")
        row.refresh_from_db()
        assert row.reason == ""

    def test_holding_a_meeting_twice_gives_one(self):
        day = self.part.today - timedelta(days=1)
        make.make_plan(self.part.branch, day, kind="thematic")
        held = {"held_on": day, "kind": "thematic", "by": self.part.secretary}
        with transaction.atomic():
            first = hold_meeting(self.part.branch, **held)
            second = hold_meeting(self.part.branch, **held)
        assert first == second
        assert first.plan.state == "held"

    def test_a_generated_code_makes_way_for_one_that_is_taken(self):
        held = {"held_on": self.part.today, "by": self.part.secretary}
        first = hold_meeting(self.part.branch, kind="thematic", **held)
        second = hold_meeting(self.part.branch, kind="extraordinary", **held)
        assert second.code == f"{first.code}-2"

    def test_a_meeting_that_an_import_brings_holds_its_plan(self):
        other = make.make_plan(self.part.branch, self.part.today, kind="thematic")
        meeting = make.make_meeting(self.part.branch, self.part.today, kind="thematic")
        other.refresh_from_db()
        assert (other.state, other.meeting) == ("held", meeting)
        self.part.plan.refresh_from_db()
        assert self.part.plan.meeting == self.meeting

    def test_a_closed_roster_has_somebody_who_closed_it(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.update(roster_closed_at=self.at)
