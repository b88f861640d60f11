"""Pages of tasks on their way."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from assignments.models import Task, TaskEvidence, TaskStep
from assignments.services import task_registering as registering
from assignments.services import task_work as work
from branches.editing import mark_of
from tests import builders as make
from tests.pages import count_queries, text_of

PDF = b"%PDF-1.7 minutes"


def address(name, *args):
    return reverse(f"assignments:{name}", args=args)


class PageCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.user = make.make_user("cadre", member=cls.cadre)
        cls.assignment = make.make_assignment(
            cls.cadre, cls.branch, directive=make.make_directive(cls.district)
        )
        cls.users = {"cadre": cls.user}
        for role, where in (("office", cls.ward), ("board", cls.district)):
            cls.users[role] = make.make_user(role)
            make.grant(cls.users[role], role, where)
        cls.year = timezone.localdate().year
        cls.place = f"{cls.assignment.pk}-{cls.branch.pk}"

    def setUp(self):
        self.client.force_login(self.user)

    def sign_in(self, name):
        self.client.force_login(self.users[name])

    def make_task(self, state="registered", **fields):
        defaults = {"assignment": self.assignment, "title": "Vận động hộ dân"}
        return make.make_task(self.cadre, self.branch, self.year, state=state, **defaults | fields)

    def reported(self, **fields):
        task = self.make_task(**fields)
        at = datetime(self.year, 1, 5, tzinfo=UTC)
        return work.report_task(task, actual=task.quantity, by=self.user, at=at)

    def rows(self, *lines, action="register", **more):
        """What the page of several tasks sends."""
        data = {"action": action, "row-TOTAL_FORMS": len(lines), "row-INITIAL_FORMS": len(lines)}
        for number, line in enumerate(lines):
            said = {"place": self.place, "weight": "1"} | line
            data |= {f"row-{number}-{name}": value for name, value in said.items()}
        return data | more

    def stored(self, task):
        return Task.objects.get(pk=task.pk)


class RegisterPageTests(PageCase):
    url = "/my/tasks/register/"

    def post(self, *lines, **more):
        return self.client.post(self.url, self.rows(*lines, **more))

    def test_several_are_registered_at_once(self):
        line = {"title": "Vận động", "quantity": "1.200,5", "measure": "m²"}
        line["due_on"] = f"31/12/{self.year}"
        response = self.post(line, {"title": "Hòa giải", "weight": "2"}, {})
        self.assertRedirects(
            response,
            f"/tasks/of/{self.cadre.pk}/?year={self.year}",
            fetch_redirect_response=False,
        )
        first, second = Task.objects.order_by("code")
        assert (first.quantity, first.unit, first.state) == (Decimal("1200.5"), "m²", "registered")
        assert (second.title, second.weight, second.assignment) == ("Hòa giải", 2, self.assignment)
        assert TaskStep.objects.filter(kind="registered", by=self.user).count() == 2

    def test_or_kept_as_drafts(self):
        self.post({"title": "Vận động"}, action="draft")
        assert [task.state for task in Task.objects.all()] == ["draft"]

    def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(self):
        past = {"title": "Hòa giải", "due_on": "1/1/2020"}
        page = text_of(self.post({"title": "Vận động"}, past))
        assert 'value="Hòa giải"' in page
        assert 'href="#id_row-1-due_on"' in page
        assert 'href="#id_row-1-title"' in text_of(self.post(past, {"quantity": "3"}))
        assert not Task.objects.exists()

    def test_an_empty_page_is_not_saved(self):
        assert self.post({}, {}).status_code == 200
        assert not Task.objects.exists()

    def test_more_rows_without_a_script(self):
        page = text_of(self.post({"title": "Vận động", "quantity": "x"}, {}, action="more"))
        assert page.count("<fieldset") == 4
        assert 'value="Vận động"' in page
        assert 'value="x"' in page
        assert not Task.objects.exists()

    def test_a_pasted_list_fills_rows(self):
        pasted = "Nội dung\tChỉ tiêu\tĐVT\nHòa giải\t3\tvụ\nVận động\t12\thộ"
        page = text_of(self.post({"title": "Có sẵn"}, action="read", pasted=pasted))
        assert page.count("<fieldset") == 4
        for value in ("Có sẵn", "Hòa giải", "vụ", "12"):
            assert f'value="{value}"' in page

    def test_last_year_is_where_one_begins(self):
        make.make_task(
            self.cadre, self.branch, self.year - 1, assignment=self.assignment, title="Như mọi năm"
        )
        assert "copy=1" in text_of(self.client.get(self.url))
        assert 'value="Như mọi năm"' in text_of(self.client.get(f"{self.url}?copy=1"))

    def test_a_double_click_counts_once(self):
        key = uuid4()
        for _each in range(2):
            assert self.post({"title": "Vận động"}, key=key).status_code == 302
        assert Task.objects.count() == 1

    def test_who_is_assigned_nowhere_is_told_so(self):
        self.client.force_login(make.make_user(member=make.make_member(self.home)))
        assert "<fieldset" not in text_of(self.client.get(self.url))

    def test_another_s_place_is_refused(self):
        other = make.make_assignment(make.make_member(self.home), self.branch)
        page = self.post({"title": "Vận động", "place": f"{other.pk}-{self.branch.pk}"})
        assert page.status_code == 200
        assert not Task.objects.exists()


class SheetTests(PageCase):
    def test_drafts_are_registered_together(self):
        tasks = [self.make_task(state="draft"), self.make_task(state="draft")]
        url = f"/tasks/of/{self.cadre.pk}/"
        page = text_of(self.client.get(url))
        for task in tasks:
            assert f'name="task" value="{task.pk}"' in page
        self.client.post(address("task_submit"), {"task": [task.pk for task in tasks]})
        assert {task.state for task in Task.objects.all()} == {"registered"}

    def test_the_office_reads_and_prints_it(self):
        self.make_task()
        self.sign_in("office")
        page = text_of(self.client.get(f"/tasks/of/{self.cadre.pk}/"))
        assert "Vận động hộ dân" in page
        assert "data-print" in page
        assert address("task_submit") not in page

    def test_not_who_sees_neither_the_member_nor_a_task(self):
        self.make_task()
        self.client.force_login(make.make_user("stranger", member=make.make_member(self.home)))
        assert self.client.get(f"/tasks/of/{self.cadre.pk}/").status_code == 404

    def test_as_many_queries_for_many(self):
        self.make_task()
        url = f"/tasks/of/{self.cadre.pk}/"
        few = count_queries(self.client, url)
        for _number in range(10):
            self.make_task()
        assert count_queries(self.client, url) == few <= 14


class CadrePageTests(PageCase):
    def test_the_task_tells_its_way_and_offers_the_next_step(self):
        task = self.make_task()
        page = text_of(self.client.get(address("task", task.pk)))
        for name in ("task_report", "task_start", "task_change"):
            assert address(name, task.pk) in page
        for name in ("task_confirm", "task_cancel", "task_return", "task_weigh"):
            assert address(name, task.pk) not in page

    def test_reported_with_evidence(self):
        task = self.make_task(quantity=Decimal(12), unit="hộ")
        files = [SimpleUploadedFile("anh.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]
        said = {"handed_in": "done", "actual": "12", "comment": "Xong", "evidence": files}
        response = self.client.post(address("task_report", task.pk), said)
        self.assertRedirects(response, address("task", task.pk), fetch_redirect_response=False)
        assert (self.stored(task).state, self.stored(task).actual) == ("reported", 12)
        evidence = TaskEvidence.objects.order_by("pk").first()
        download = self.client.get(address("task_evidence", evidence.pk))
        assert download.content == PDF
        assert download["Content-Disposition"] == 'attachment; filename="anh.pdf"'
        assert download["X-Content-Type-Options"] == "nosniff"

    def test_sent_twice_by_a_phone_without_a_network_it_is_one_report(self):
        task = self.make_task()
        said = {"handed_in": "done", "comment": "Xong", "key": uuid4()}
        url = address("task_report", task.pk)
        answers = [
            self.client.post(url, said, headers={"accept": "application/json"}) for _ in "ab"
        ]
        assert [answer.json()["state"] for answer in answers] == ["saved", "saved"]
        assert TaskStep.objects.count() == 1

    def test_the_queue_finds_the_form(self):
        page = text_of(self.client.get(address("task_report", self.make_task().pk)))
        assert 'data-queue="task_report"' in page
        assert 'enctype="multipart/form-data"' in page

    def test_a_quantity_that_is_missing_is_asked_for(self):
        task = self.make_task(quantity=Decimal(12))
        page = self.client.post(address("task_report", task.pk), {"handed_in": "done"})
        assert page.status_code == 200
        assert "actual" in page.context["form"].errors
        assert self.stored(task).state == "registered"

    def test_progress_is_not_a_report(self):
        task = self.make_task()
        self.client.post(address("task_report", task.pk), {"handed_in": "progress"})
        assert self.stored(task).state == "in_progress"

    def test_who_changes_it_meanwhile_is_not_overwritten(self):
        task = self.make_task(state="draft")
        said = {"title": "Khác", "place": self.place, "weight": "1", "seen": mark_of(task)}
        Task.objects.filter(pk=task.pk).update(weight=3)
        assert self.client.post(address("task_change", task.pk), said).status_code == 200
        assert self.stored(task).title == "Vận động hộ dân"
        said["seen"] = mark_of(self.stored(task))
        assert self.client.post(address("task_change", task.pk), said).status_code == 302
        assert self.stored(task).title == "Khác"

    def test_a_registered_one_is_changed_with_a_reason(self):
        task = self.stored(self.make_task())
        said = {"title": "Khác", "place": self.place, "weight": "1", "seen": mark_of(task)}
        assert self.client.post(address("task_change", task.pk), said).status_code == 200
        self.client.post(address("task_change", task.pk), said | {"reason": "Đổi địa bàn"})
        page = text_of(self.client.get(address("task", task.pk)))
        assert "Đổi địa bàn" in page
        assert "<ins>Khác</ins>" in page

    def test_a_page_that_its_state_does_not_have_says_so(self):
        task = self.make_task(state="confirmed")
        for name in ("task_change", "task_report"):
            response = self.client.get(address(name, task.pk), follow=True)
            assert response.redirect_chain[-1][0] == address("task", task.pk)
            assert "note-error" in text_of(response)

    def test_begun_and_thrown_away(self):
        task, draft = self.make_task(), self.make_task(state="draft")
        self.client.post(address("task_start", task.pk))
        self.client.post(address("task_discard", draft.pk))
        assert [task.state for task in Task.objects.all()] == ["in_progress"]
        self.client.post(address("task_discard", task.pk))  # no draft any more
        assert Task.objects.count() == 1


class OfficePageTests(PageCase):
    def test_the_figures_speak_first_and_the_office_decides(self):
        task = self.reported(quantity=Decimal(10))
        self.sign_in("office")
        url = address("task_confirm", task.pk)
        form = self.client.get(url).context["form"]
        assert form.initial["outcome"] == "met"
        said = {"outcome": "exceeded", "seen": mark_of(self.stored(task))}
        self.client.post(url, said)
        confirmed = self.stored(task)
        assert (confirmed.outcome, confirmed.confirmed_by) == ("exceeded", self.ward)

    def test_what_was_reported_anew_meanwhile_is_looked_at_again(self):
        task = self.reported(quantity=Decimal(10))
        self.sign_in("office")
        url = address("task_confirm", task.pk)
        seen = mark_of(self.stored(task))
        work.report_task(task, actual=Decimal(3), by=self.user, at=timezone.now())
        assert self.client.post(url, {"outcome": "met", "seen": seen}).status_code == 200
        assert self.stored(task).state == "reported"

    def test_sent_back_opened_again_and_weighed(self):
        task = self.reported()
        self.sign_in("office")
        self.client.post(address("task_weigh", task.pk), {"weight": "2,5", "reason": "Khó"})
        assert self.stored(task).weight == Decimal("2.5")
        self.client.post(address("task_return", task.pk), {"reason": "Thiếu ảnh"})
        assert self.stored(task).state == "returned"
        assert "Thiếu ảnh" in text_of(self.client.get(address("task", task.pk)))
        work.report_task(task, by=self.user, at=timezone.now())
        work.confirm_tasks([(task, "met")], by=self.users["office"], at=timezone.now())
        self.client.post(address("task_reopen", task.pk), {"reason": "Nhầm"})
        assert self.stored(task).state == "reported"

    def test_without_a_reason_nothing_goes_back(self):
        task = self.reported()
        self.sign_in("office")
        page = self.client.post(address("task_return", task.pk), {"reason": ""})
        assert (page.status_code, self.stored(task).state) == (200, "reported")

    def test_the_district_sees_it_and_may_only_drop_it(self):
        task = self.reported()
        make.grant(self.users["board"], "office", self.district)
        self.sign_in("board")
        page = text_of(self.client.get(address("task", task.pk)))
        assert address("task_confirm", task.pk) not in page
        assert self.client.get(address("task_confirm", task.pk)).status_code == 403
        self.client.post(address("task_cancel", task.pk), {"reason": "01-QĐ"})
        assert self.stored(task).state == "cancelled"

    def test_nobody_confirms_their_own(self):
        make.grant(self.user, "office", self.ward)
        task = self.reported()
        assert self.client.get(address("task_confirm", task.pk)).status_code == 403
        assert address("task_confirm", task.pk) not in text_of(
            self.client.get(address("task", task.pk))
        )

    def test_evidence_of_others_is_not_there(self):
        file = SimpleUploadedFile("anh.pdf", PDF)
        work.report_task(self.make_task(), evidence=[file], by=self.user, at=timezone.now())
        evidence = TaskEvidence.objects.get()
        self.client.force_login(make.make_user("stranger", member=make.make_member(self.home)))
        assert self.client.get(address("task_evidence", evidence.pk)).status_code == 404

    def test_the_list_filters_by_state(self):
        self.make_task(title="Chờ xác nhận", state="reported")
        self.make_task(title="Đang làm")
        self.sign_in("office")
        page = text_of(self.client.get(f"{address('tasks')}?state=reported"))
        assert "Chờ xác nhận" in page
        assert "Đang làm" not in page

    def test_as_many_queries_however_long_the_way_was(self):
        task = self.make_task()
        self.sign_in("office")
        few = count_queries(self.client, address("task", task.pk))
        for number in range(6):
            files = [SimpleUploadedFile(f"{number}.pdf", PDF)]
            work.note_progress(task, evidence=files, by=self.user, at=timezone.now())
        # Evidence and its files are two more, once there are any.
        assert count_queries(self.client, address("task", task.pk)) <= few + 2 <= 18


class BinhThuyTests(TestCase):
    """46 cadres of 46 areas, two tasks each, confirmed by their wards' offices."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        directive = make.make_directive(cls.district)
        _offices, (home,) = make.make_ward("CQ", parent=cls.district)
        cls.wards, cls.users = {}, []
        for number, areas in enumerate((8, 8, 8, 8, 7, 7), start=1):
            ward, branches = make.make_ward(f"P{number}", parent=cls.district, branches=areas)
            office = make.make_user(f"office{number}")
            make.grant(office, "office", ward)
            cls.wards[ward] = office
            for branch in branches:
                cadre = make.make_member(home)
                make.make_assignment(cadre, branch, directive=directive)
                cls.users.append(make.make_user(member=cadre))

    def test_registered_reported_and_confirmed(self):
        at = datetime(2026, 11, 20, tzinfo=UTC)
        for user in self.users:
            assignment = user.member.assignments.get()
            rows = [
                registering.NewTask(assignment, assignment.target, 2026, title, quantity=Decimal(5))
                for title in ("Vận động", "Hòa giải")
            ]
            tasks = registering.register_tasks(rows, by=user, at=at)
            for task in registering.submit_tasks(tasks, by=user, at=at):
                work.report_task(task, actual=Decimal(5), by=user, at=at)
        waiting = Task.objects.waiting()
        assert waiting.count() == 92
        for office in self.wards.values():
            mine = waiting.confirmable_by(office, on=date(2026, 11, 22))
            pairs = [(task, work.suggested_outcome(task)) for task in mine.with_reported_at()]
            work.confirm_tasks(pairs, by=office, at=at)
        confirmed = Task.objects.filter(state="confirmed", outcome="met")
        assert confirmed.count() == 92
        assert {task.confirmed_by for task in confirmed} == set(self.wards)
