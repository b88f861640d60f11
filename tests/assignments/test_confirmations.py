"""The confirmation inbox: what stands in it for whom, and deciding on many and on one."""

from datetime import date, timedelta

from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assignments.confirming.inbox import BRANCH, CADRE, WAITING, Inbox, filtered
from assignments.models import Task, TaskStep, Visit
from assignments.services.visits import state_visits
from branches.models import MeetingPlan
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of

INBOX = reverse("assignments:confirmations")
CONFIRM = reverse("assignments:confirmations_confirm")


class InboxCase(TestCase):
    """A ward with two branches that two cadres of a third visit; today is today."""

    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.day = cls.today - timedelta(days=3)
        cls.district = make.make_organization("district", name="Quận ủy Bình Thủy")
        cls.ward, (cls.first, cls.second, cls.home) = make.make_ward(
            parent=cls.district, branches=3
        )
        cls.lan = make.make_member(cls.home, full_name="Nguyễn Thị Lan")
        cls.hai = make.make_member(cls.home, full_name="Trần Văn Hải")
        cls.lans = make.make_assignment(cls.lan, cls.first)
        cls.hais = make.make_assignment(cls.hai, cls.second)
        cls.office = make.make_user("office")
        make.grant(cls.office, Role.OFFICE, cls.ward)

    def setUp(self):
        self.client.force_login(self.office)

    def visit(self, assignment=None, *, days=3, **fields):
        assignment = assignment or self.lans
        day = self.today - timedelta(days=days)
        return make.make_visit(assignment, assignment.target, day, **fields)

    def report(self, assignment=None, *, days=1, **fields):
        assignment = assignment or self.lans
        values = {"state": "reported", "quantity": 10, "actual": 10} | fields
        task = make.make_task(
            assignment.member,
            assignment.target,
            self.today.year,
            assignment=assignment,
            **values,
        )
        at = timezone.now() - timedelta(days=days)
        TaskStep.objects.create(task=task, kind="reported", at=at)
        return task

    def inbox(self, user=None):
        return Inbox(user or self.office, at=timezone.now())

    def confirm(self, *rows, **data):
        items = [f"{type(row).__name__.lower()}-{row.pk}" for row in rows]
        return self.client.post(CONFIRM, {"item": items} | data)

    def states(self, *rows):
        for row in rows:
            row.refresh_from_db()
        return [row.state for row in rows]


class ListTests(InboxCase):
    def test_by_branch_and_by_cadre(self):
        wide = make.make_assignment(self.lan, self.second)
        rows = [self.visit(), self.visit(self.hais), self.visit(wide), self.report()]
        inbox = self.inbox()
        by_branch = inbox.show(inbox.rows_of(WAITING), by=BRANCH, number=1)
        assert [group.of for group in by_branch.groups] == [self.first, self.second]
        assert [len(group.items) for group in by_branch.groups] == [2, 2]
        by_cadre = inbox.show(inbox.rows_of(WAITING), by=CADRE, number=1)
        assert [group.of for group in by_cadre.groups] == [self.hai, self.lan]
        assert {item.row for group in by_cadre.groups for item in group.items} == set(rows)

    def test_what_the_roster_says_beside_the_claim(self):
        words = {"unrecorded": self.visit(days=1)}
        MeetingPlan.objects.create(branch=self.first, planned_on=self.today - timedelta(days=2))
        words["planned"] = self.visit(days=2)
        meetings = [self.held(days) for days in (3, 4, 5)]
        words["open"] = self.visit(days=3, meeting=meetings[0])
        meetings[1].roster_closed_at, meetings[1].roster_closed_by = timezone.now(), self.office
        meetings[1].save()
        words["silent"] = self.visit(days=4, meeting=meetings[1])
        said = {"stated": "present", "stated_at": timezone.now()}
        words["present"] = self.visit(days=5, meeting=meetings[2], **said)
        MeetingPlan.objects.create(
            branch=self.first,
            planned_on=self.today - timedelta(days=6),
            state="not_held",
            reason="Bão",
        )
        words["called_off"] = self.visit(days=6)
        inbox = self.inbox()
        shown = inbox.show(inbox.rows_of(WAITING), by=BRANCH, number=1)
        found = {item.roster: item.row for item in shown.groups[0].items}
        assert found == words

    def held(self, days):
        return make.make_meeting(self.first, self.today - timedelta(days=days))

    def test_says_when_the_cadre_entered_themself(self):
        secretary = make.make_user(member=self.lan)
        make.grant(secretary, Role.SECRETARY, self.first)
        meeting = self.held(3)
        state_visits(meeting, {self.lan.pk: ("present", "")}, by=secretary, at=timezone.now())
        inbox = self.inbox()
        shown = inbox.show(inbox.rows_of(WAITING), by=BRANCH, number=1)
        assert [item.is_own_word for item in shown.groups[0].items] == [True]

    @override_settings(CONFIRM_WITHIN_DAYS=15)
    def test_what_is_past_the_deadline_stands_out(self):
        self.visit(days=14)
        self.visit(days=16)
        self.report(days=16)
        assert self.inbox().counts() == {"waiting": 3, "disputed": 0, "late": 2}
        inbox = self.inbox()
        items = inbox.show(inbox.rows_of(WAITING), by=BRANCH, number=1).groups[0].items
        assert {item.days for item in items if item.is_late} == {16}

    def test_filters(self):
        visit, task = self.visit(self.hais), self.report(due_on=date(2020, 5, 31))
        rows = self.inbox().rows_of(WAITING)

        def found(**asked):
            return [row for part in filtered(rows, **asked) for row in part]

        assert found() == [visit, task]
        assert found(kind="visit") == [visit]
        assert found(kind="task") == [task]
        assert found(month=date(2020, 5, 1)) == [task]
        assert found(month=visit.held_on.replace(day=1)) == [visit]
        assert found(text="hai") == [visit]
        assert found(text=self.first.name) == [task]

    def test_only_of_the_offices_own_committee(self):
        self.visit()
        assert self.inbox().counts()["waiting"] == 1
        above = make.make_user()
        make.grant(above, Role.OFFICE, self.district)
        assert self.inbox(above).counts()["waiting"] == 0

    def test_never_ones_own(self):
        self.office.member = self.lan
        self.office.save()
        self.visit()
        self.report()
        assert self.inbox().counts()["waiting"] == 0


class PageTests(InboxCase):
    def test_empty_it_says_so(self):
        assert "confirm-table" not in text_of(self.client.get(INBOX))

    def test_tabs(self):
        logged = self.visit(note="Có mặt từ đầu")
        disputed = self.visit(
            days=4, disputed_at=timezone.now(), disputed_by=self.office, dispute_reason="Ảnh mờ"
        )
        self.confirm(self.visit(days=5))
        assert self.keys() == {f"visit-{logged.pk}"}
        assert "Có mặt từ đầu" in text_of(self.client.get(INBOX))
        page = text_of(self.client.get(INBOX, {"tab": "disputed"}))
        assert "Ảnh mờ" in page
        assert reverse("assignments:visit_confirm", args=[disputed.pk]) in page
        done = text_of(self.client.get(INBOX, {"tab": "done"}))
        assert "visit_reopen" in done or "/reopen/" in done

    def keys(self, **asked):
        groups = self.client.get(INBOX, asked).context["shown"].groups
        return {item.key for group in groups for item in group.items}

    def test_filters_and_grouping_stay_in_the_address(self):
        self.visit()
        hais = self.visit(self.hais)
        asked = {"q": "Hải", "by": "cadre", "kind": "visit", "tab": "waiting"}
        assert self.keys(**asked) == {f"visit-{hais.pk}"}
        assert self.keys(month="nonsense", kind="nonsense", tab="nonsense")
        rows = text_of(self.client.get(INBOX, asked, headers=HTMX))
        assert "<html" not in rows
        assert "Trần Văn Hải" in rows

    def test_a_month_of_a_ward_takes_as_many_queries_as_one_visit(self):
        self.visit()
        self.report()
        few = count_queries(self.client, INBOX)
        assert few <= 12
        for number in range(45):
            cadre = make.make_member(self.home)
            assignment = make.make_assignment(cadre, self.first)
            self.visit(assignment, days=number % 28 + 1)
            self.visit(assignment, days=number % 28 + 2)
        assert count_queries(self.client, INBOX) <= few
        assert len(self.keys()) == 92

    def test_a_secretary_has_none(self):
        secretary = make.make_user()
        make.grant(secretary, Role.SECRETARY, self.ward)
        self.client.force_login(secretary)
        assert self.client.get(INBOX).status_code == 403


class ConfirmTests(InboxCase):
    def test_many_at_once(self):
        visits = [self.visit(days=days) for days in (1, 2, 3)]
        task = self.report()
        response = self.confirm(*visits, task, **{f"outcome-{task.pk}": "exceeded"})
        assert response.url == INBOX
        assert self.states(*visits, task) == ["confirmed"] * 4
        assert task.outcome == "exceeded"

    def test_in_as_many_queries_as_one(self):
        one, *many = [self.visit(days=days) for days in range(1, 30)]
        with self.assertNumQueries(26):
            self.confirm(one)
        with self.assertNumQueries(26):
            self.confirm(*many)

    def test_a_whole_group_by_its_button(self):
        visits = [self.visit(), self.visit(days=4)]
        other = self.visit(self.hais)
        self.client.post(
            CONFIRM,
            {"whole": "7", "of-7": [f"visit-{visit.pk}" for visit in visits], "of-8": "visit-0"},
        )
        assert self.states(*visits, other) == ["confirmed", "confirmed", "logged"]

    def test_the_suggested_outcome_without_another(self):
        task = self.report(actual=4)
        self.confirm(task, **{f"outcome-{task.pk}": "nonsense"})
        assert self.states(task) == ["confirmed"]
        assert task.outcome == "unmet"

    def test_keeps_the_filters_for_the_way_back(self):
        address = f"{CONFIRM}?q=H%E1%BA%A3i&by=cadre&page=2"
        response = self.client.post(address, {"item": f"visit-{self.visit().pk}"})
        assert response.url == f"{INBOX}?q=H%E1%BA%A3i&by=cadre"

    def test_not_what_was_decided_meanwhile(self):
        visit = self.visit()
        self.confirm(visit)
        decided_at = Visit.objects.get().decided_at
        response = self.client.post(CONFIRM, {"item": f"visit-{visit.pk}"}, follow=True)
        assert Visit.objects.get().decided_at == decided_at
        assert [message.level_tag for message in response.context["messages"]][-1] == "warning"

    def test_not_what_is_disputed_or_anothers(self):
        disputed = self.visit(
            disputed_at=timezone.now(), disputed_by=self.office, dispute_reason="Ảnh mờ"
        )
        _elsewhere, [branch] = make.make_ward("X")
        foreign = self.visit(make.make_assignment(self.lan, branch))
        reported = Task.objects.get(pk=self.report(make.make_assignment(self.hai, branch)).pk)
        self.confirm(disputed, foreign, reported)
        assert self.states(disputed, foreign, reported) == ["disputed", "logged", "reported"]

    def test_nonsense_confirms_nothing(self):
        for data in ({}, {"item": ["visit-x", "visit-", "task-9" * 9, "y"]}, {"whole": "z"}):
            assert self.client.post(CONFIRM, data).status_code == 302

    def test_only_offices(self):
        board = make.make_user()
        make.grant(board, Role.BOARD, self.ward)
        self.client.force_login(board)
        assert self.confirm(self.visit()).status_code == 403


class DecideTests(InboxCase):
    def decide(self, what, visit, reason="Vì thế"):
        address = reverse(f"assignments:visit_{what}", args=[visit.pk])
        assert self.client.get(address).status_code == 200
        return self.client.post(address, {"reason": reason})

    def test_with_a_reason_and_back(self):
        visit = self.visit()
        for what, state in (
            ("dispute", "disputed"),
            ("confirm", "confirmed"),
            ("reopen", "disputed"),
            ("refuse", "unexcused"),
        ):
            assert self.decide(what, visit).url.startswith(INBOX)
            assert self.states(visit) == [state]

    def test_not_without_a_reason(self):
        visit = self.visit()
        assert self.decide("refuse", visit, reason="").status_code == 200
        assert self.states(visit) == ["logged"]

    def test_what_the_state_forbids_is_told(self):
        visit = self.visit()
        response = self.decide("reopen", visit)
        assert response.status_code == 200
        assert response.context["form"].errors

    def test_not_by_another_office(self):
        visit = self.visit()
        above = make.make_user()
        make.grant(above, Role.OFFICE, self.district)
        self.client.force_login(above)
        for what in ("confirm", "refuse", "dispute", "reopen"):
            address = reverse(f"assignments:visit_{what}", args=[visit.pk])
            assert self.client.post(address, {"reason": "Vì"}).status_code == 403
        assert self.states(visit) == ["logged"]


@override_settings(ESCALATE_AFTER_DAYS=30)
class EscalationTests(InboxCase):
    def setUp(self):
        self.late = self.visit(days=31)
        self.visit(days=29)
        self.reported = self.report(days=31)
        self.above = make.make_user("above")
        make.grant(self.above, Role.BOARD, self.district)
        self.client.force_login(self.above)

    def test_the_organization_directly_above_sees_it_and_no_button(self):
        page = self.client.get(INBOX)
        items = [item for group in page.context["shown"].groups for item in group.items]
        assert {item.row for item in items} == {self.late, self.reported}
        assert page.context["tabs"] == {"escalated": 2}
        assert "/refuse/" not in text_of(page)
        assert str(self.ward) in text_of(page)

    def test_nobody_further_up(self):
        province = make.make_organization("province")
        make.place(self.district, province)
        chief = make.make_user()
        make.grant(chief, Role.BOARD, province)
        self.client.force_login(chief)
        assert self.client.get(INBOX).context["tabs"] == {"escalated": 0}
        page = self.client.get(INBOX, {"org": self.district.pk})
        assert page.context["tabs"] == {"escalated": 2}

    def test_not_what_has_been_decided(self):
        self.client.force_login(self.office)
        self.confirm(self.late, self.reported)
        self.client.force_login(self.above)
        assert self.client.get(INBOX).context["tabs"] == {"escalated": 0}
