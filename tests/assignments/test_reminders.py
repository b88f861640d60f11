"""Reminders: what is true today, said once, and never to who is not concerned."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from assignments.choices import ReminderKind
from assignments.models import Reminder, Visit
from assignments.reminding import due_for, find_due
from assignments.services.reminders import choose, put_aside, remind, send_digests
from assignments.tasks import remind_people
from branches.models import MeetingPlan
from tests import builders as make

TODAY = date(2026, 6, 26)  # a Friday, five days before the end of the month
MONDAY = date(2026, 6, 29)
AT = datetime(2026, 6, 26, 1, tzinfo=UTC)


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch, cls.other) = make.make_ward("W", parent=cls.district, branches=2)
        cls.home_ward, (cls.home,) = make.make_ward("H", parent=cls.district)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.user = cls.with_mail("cadre", member=cls.cadre)
        cls.secretary = cls.with_mail("secretary")
        cls.office = cls.with_mail("office")
        cls.far_office = cls.with_mail("far_office")
        cls.stranger = cls.with_mail("stranger", member=make.make_member(cls.home))
        make.grant(cls.secretary, Role.SECRETARY, cls.branch)
        make.grant(cls.office, Role.OFFICE, cls.ward)
        make.grant(cls.far_office, Role.OFFICE, cls.district)
        for role in (Role.BOARD, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR):
            make.grant(cls.with_mail(role), role, cls.ward)

    @staticmethod
    def with_mail(name, *, member=None):
        user = make.make_user(name, member=member)
        user.email = f"{name}@example.vn"
        user.save()
        return user

    def told(self, on=TODAY):
        """{user name: kinds}, of everybody."""
        users = dict(User.objects.values_list("pk", "username"))
        found = {}
        for each in find_due(list(users), on=on):
            found.setdefault(users[each.user_id], []).append(each.kind)
        return found


class FindingTests(World):
    def test_nobody_is_told_of_nothing(self):
        assert self.told() == {}

    def test_a_visit_is_due_until_it_is_logged(self):
        assignment = make.make_assignment(self.cadre, self.branch, visits_due=2)
        (due,) = due_for(self.user, on=TODAY)
        assert (due.kind, due.number, due.day) == ("visit_due", 2, date(2026, 6, 30))
        assert self.told() == {"cadre": ["visit_due"]}
        assert self.told(on=TODAY - timedelta(5)) == {}  # ten days before the end: too early
        self.log(assignment, date(2026, 6, 3))
        assert due_for(self.user, on=TODAY)[0].number == 1
        meeting = make.make_meeting(self.branch, date(2026, 6, 20))
        make.attend(meeting, self.cadre, capacity="assigned")
        assert due_for(self.user, on=TODAY) == []

    def test_visits_elsewhere_and_of_last_month_do_not_help(self):
        assignment = make.make_assignment(self.cadre, self.branch)
        elsewhere = make.make_assignment(self.cadre, self.other)
        self.log(assignment, date(2026, 5, 30))
        self.log(elsewhere, date(2026, 6, 3), branch=self.other)
        (due,) = due_for(self.user, on=TODAY)
        assert due.place_id == self.branch.pk

    def test_a_visit_anywhere_below_a_ward_helps(self):
        self.log(make.make_assignment(self.cadre, self.ward), date(2026, 6, 3))
        assert due_for(self.user, on=TODAY) == []

    def test_who_is_exempt_or_left_owes_no_visit(self):
        make.make_assignment(self.cadre, self.branch)
        make.make_status(self.cadre, "exempt", since=date(2026, 6, 1))
        assert self.told() == {}

    def test_a_task_until_it_is_reported(self):
        task = make.make_task(
            self.cadre, self.branch, 2026, state="in_progress", due_on=date(2026, 6, 30)
        )
        assert self.told() == {"cadre": ["task_due"]}
        assert "30/06/2026" in due_for(self.user, on=TODAY)[0].words(on=TODAY)
        overdue = due_for(self.user, on=date(2026, 7, 3))[0].words(on=date(2026, 7, 3))
        assert overdue != due_for(self.user, on=TODAY)[0].words(on=TODAY)
        task.state = "reported"
        task.save()
        assert self.told() == {}

    def test_a_roster_that_is_missing(self):
        held = make.make_meeting(self.branch, date(2026, 6, 20))
        make.make_meeting(self.branch, date(2026, 6, 21), kind="residents")
        MeetingPlan.objects.create(branch=self.branch, planned_on=date(2026, 6, 22))
        MeetingPlan.objects.create(branch=self.branch, planned_on=date(2026, 6, 28))
        make.make_meeting(self.other, date(2026, 6, 20))  # nobody keeps its meetings
        assert self.told() == {"secretary": ["roster_missing"] * 2}
        make.attend(held, make.make_member(self.branch))
        assert self.told() == {"secretary": ["roster_missing"]}

    def test_the_secretary_nearest_above_is_told_where_the_branch_has_none(self):
        make.make_meeting(self.other, date(2026, 6, 20))
        above = make.make_user("above")
        make.grant(above, Role.SECRETARY, self.ward)
        assert self.told() == {"above": ["roster_missing"]}
        make.grant(self.secretary, Role.SECRETARY, self.other)
        assert self.told() == {"secretary": ["roster_missing"]}

    def test_only_the_office_that_confirms_is_told_what_waits(self):
        assignment = make.make_assignment(self.cadre, self.branch)
        self.log(assignment, date(2026, 6, 10))
        make.make_task(
            self.cadre,
            self.branch,
            2026,
            state="reported",
            assignment=assignment,
            due_on=date(2026, 6, 1),
        )
        assert self.told() == {"office": ["confirmation_waiting"]}
        (due,) = due_for(self.office, on=TODAY)
        assert (due.number, due.day) == (2, date(2026, 6, 1))
        assert self.told(on=date(2026, 6, 5)) == {}  # nothing waits a week yet

    def test_an_exemption_that_ends(self):
        member = make.make_member(self.branch)
        make.make_status(member, "exempt", since=date(2026, 1, 1), until=date(2026, 7, 10))
        make.make_status(make.make_member(self.branch), "suspended", until=date(2026, 7, 10))
        assert self.told() == {"secretary": ["exemption_ending"], "office": ["exemption_ending"]}
        assert "10/07/2026" in due_for(self.office, on=TODAY)[0].words(on=TODAY)
        assert self.told(on=date(2026, 6, 1)) == {}

    def test_two_months_of_absence_before_the_third(self):
        member = make.make_member(self.branch)
        user = self.with_mail("absent", member=member)
        for month in (2, 3, 4):
            self.miss(member, date(2026, month, 3))
        make.attend(make.make_meeting(self.branch, date(2026, 4, 20)), member, "excused")
        assert self.told() == {
            "absent": ["absent_months"],
            "secretary": ["absent_months"],
        }
        assert due_for(user, on=TODAY)[0].number == 2
        assert self.told(on=date(2026, 3, 1)) == {}
        assert self.told(on=date(2027, 1, 15)) == {}  # a new year

    def test_what_is_missing_is_never_absence(self):
        make.make_member(self.branch)
        for month in (3, 4, 5):
            make.make_meeting(self.branch, date(2026, month, 3))
        assert "absent_months" not in self.told().get("secretary", [])

    def test_who_was_switched_off_or_whose_grant_was_withdrawn_is_told_nothing(self):
        make.make_assignment(self.cadre, self.branch)
        make.make_meeting(self.branch, date(2026, 6, 20))
        User.objects.filter(pk=self.user.pk).update(is_active=False)
        grant = self.secretary.grants.get()
        grant.withdrawn_on, grant.withdrawn_by = TODAY, self.office
        grant.withdrawal_reason = "01-QĐ"
        grant.save()
        assert self.told() == {}

    def test_one_reader_gets_what_all_would(self):
        """The page asks for one user, the beat for all: the same statement, narrowed."""
        assignment = make.make_assignment(self.cadre, self.branch, visits_due=2)
        self.log(assignment, date(2026, 6, 10))
        make.make_meeting(self.branch, date(2026, 6, 20))
        member, absent = make.make_member(self.branch), make.make_member(self.branch)
        make.make_status(member, "away", since=date(2026, 1, 1), until=date(2026, 7, 10))
        for month in (2, 3):
            self.miss(make.make_member(self.branch), date(2026, month, 3))
            self.miss(absent, date(2026, month, 4))
        remind(on=TODAY, at=AT)
        kept = {(row.user_id, row.kind, row.key) for row in Reminder.objects.all()}
        alone = {
            (each.user_id, each.kind, each.key)
            for user in User.objects.all()
            for each in due_for(user, on=TODAY)
        }
        assert alone == kept
        assert {kind for _user, kind, _key in kept} == (
            set(ReminderKind.values) - {"task_due", "step_late"}
        )

    def log(self, assignment, held_on, *, branch=None):
        return Visit.objects.create(
            member=assignment.member,
            branch=branch or self.branch,
            held_on=held_on,
            assignment=assignment,
            confirmer=self.ward,
            claimed_at=datetime(held_on.year, held_on.month, held_on.day, 3, tzinfo=UTC),
        )

    def miss(self, member, held_on):
        make.attend(make.make_meeting(self.branch, held_on), member, "unexcused")


class DigestTests(World):
    def setUp(self):
        make.make_assignment(self.cadre, self.branch)

    def send(self, on=TODAY, at=AT):
        return send_digests(remind(on=on, at=at), on=on, at=at)

    def test_each_thing_is_sent_once(self):
        assert self.send() == 1
        (message,) = mail.outbox
        assert message.to == ["cadre@example.vn"]
        assert self.branch.name in message.body
        assert self.send(on=TODAY + timedelta(1)) == 0
        make.make_task(self.cadre, self.branch, 2026, state="registered", due_on=MONDAY)
        assert self.send(on=TODAY + timedelta(1)) == 1
        assert self.branch.name not in mail.outbox[1].body

    def test_what_was_done_meanwhile_is_not_sent(self):
        users = remind(on=TODAY, at=AT)
        meeting = make.make_meeting(self.branch, date(2026, 6, 20))
        make.attend(meeting, self.cadre, capacity="assigned")
        assert users == [self.user.pk]
        assert send_digests(users, on=TODAY, at=AT) == 0
        assert not Reminder.objects.exists()  # it may become true again

    def test_a_copy_of_the_work_sends_nothing(self):
        users = remind(on=TODAY, at=AT)
        assert [send_digests(users, on=TODAY, at=AT) for _time in range(2)] == [1, 0]

    def test_a_message_that_was_refused_is_sent_again(self):
        users = remind(on=TODAY, at=AT)
        nowhere = "django.core.mail.backends.smtp.EmailBackend"
        closed = self.settings(EMAIL_BACKEND=nowhere, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1)
        with closed, pytest.raises(ConnectionRefusedError):
            send_digests(users, on=TODAY, at=AT)
        assert send_digests(users, on=TODAY, at=AT) == 1

    def test_weekly_comes_on_mondays_and_never_never(self):
        choose(self.user, rhythm="weekly", muted=[])
        assert self.send() == 0
        assert self.send(on=MONDAY) == 1
        choose(self.user, rhythm="never", muted=[])
        make.make_task(self.cadre, self.branch, 2026, state="registered", due_on=MONDAY)
        assert self.send(on=MONDAY) == 0

    def test_what_one_does_not_want_is_neither_shown_nor_sent(self):
        choose(self.user, rhythm="daily", muted=["visit_due"])
        assert due_for(self.user, on=TODAY) == []
        assert self.send() == 0

    def test_what_was_put_aside_is_neither_shown_nor_sent(self):
        (due,) = due_for(self.user, on=TODAY)
        put_aside(self.user, kind=due.kind, key=due.key, at=AT)
        assert due_for(self.user, on=TODAY) == []
        assert self.send() == 0

    def test_without_a_mail_server_nothing_is_marked_as_sent(self):
        with self.settings(EMAIL_CONFIGURED=False):
            assert self.send() == 0
        assert self.send() == 1

    def test_links_name_the_site(self):
        with self.settings(SITE_URL="https://chibo.example.vn"):
            self.send()
        assert "https://chibo.example.vn/my/" in mail.outbox[0].body


class PageTests(World):
    def setUp(self):
        make.make_assignment(self.cadre, self.branch, visits_due=31)
        self.client.force_login(self.user)

    def test_the_page_lists_and_puts_aside(self):
        task = make.make_task(self.cadre, self.branch, 2020, state="registered")
        task.due_on = date.today()
        task.save()
        page = reverse("assignments:reminders")
        assert task.title in self.client.get(page).content.decode()
        key = f"{task.pk}:{task.due_on}"
        self.client.post(
            reverse("assignments:reminder_put_aside"), {"kind": "task_due", "key": key}
        )
        assert f"“{task.title}”" not in self.client.get(page).content.decode()

    def test_home_shows_the_first(self):
        make.make_task(
            self.cadre, self.branch, date.today().year, state="registered", due_on=date.today()
        )
        page = self.client.get(reverse("home"))
        shown = page.context["reminders"]
        assert shown
        assert shown[0][1] in page.content.decode()

    def test_choices_are_kept(self):
        page = reverse("assignments:reminder_choices")
        self.client.post(page, {"kinds": ["task_due"], "rhythm": "never"})
        shown = self.client.get(page).content.decode()
        assert shown.count("checked") == 2
        choice = self.user.reminder_choice
        assert (choice.rhythm, set(choice.muted)) == (
            "never",
            set(ReminderKind.values) - {"task_due"},
        )

    def test_what_is_no_kind_is_refused(self):
        answer = self.client.post(
            reverse("assignments:reminder_put_aside"), {"kind": "nonsense", "key": "1"}
        )
        assert answer.status_code == 400


@pytest.mark.django_db(transaction=True)
def test_beat_has_a_worker_send_what_is_due(celery_worker):
    """The real worker prints its mail, which is where it goes on one's own machine."""
    branch = make.make_ward("W")[1][0]
    cadre = make.make_member(make.make_ward("H")[1][0])
    user = make.make_user("cadre", member=cadre)
    User.objects.filter(pk=user.pk).update(email="cadre@example.vn")
    make.make_task(cadre, branch, date.today().year, state="registered", due_on=date.today())
    (worker,) = celery_worker()
    remind_people.delay()
    worker.wait_for("cadre@example.vn")
    assert Reminder.objects.get().sent_at is not None
    remind_people.delay()
    worker.wait_for("assignments.tasks.remind_people", times=4)  # received and done, twice
    assert worker.log.count("To: cadre@example.vn") == 1
