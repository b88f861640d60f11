"""The pages that hand an assignment over, end it, and take that back."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from assignments.models import Assignment
from branches.periods import period
from tests import builders as make
from tests.pages import count_queries, text_of

LAST = date(2026, 1, 31)


class HandOverViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.office) = make.make_ward("W", branches=2)
        cls.old = make.make_member(cls.office, full_name="Trần Văn Cũ")
        cls.new = make.make_member(cls.office, full_name="Lê Thị Mới")
        cls.assignment = make.make_assignment(
            cls.old, cls.branch, since=date(2025, 1, 1), directive=make.make_directive(cls.ward)
        )
        work = {"assignment": cls.assignment, "state": "in_progress"}
        cls.over = make.make_task(cls.old, cls.branch, 2026, title="Nuôi bò", **work)
        cls.closed = make.make_task(cls.old, cls.branch, 2026, title="Làm đường", **work)
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.ward)
        cls.url = reverse("assignments:hand_over", args=[cls.assignment.pk])
        cls.end_url = reverse("assignments:assignment_end", args=[cls.assignment.pk])
        cls.page = reverse("assignments:assignment", args=[cls.assignment.pk])

    def setUp(self):
        self.client.force_login(self.user)

    def filled(self, url=None, **values):
        """What the browser sends after the page was opened and filled in."""
        form = self.client.get(url or self.url).context["form"]
        shown = {name: form[name].value() for name in form.fields}
        typed = {"member": self.new.code, "last_day": "31/01/2026", "reason": "QĐ 12"}
        data = {name: value for name, value in (shown | typed).items() if value is not None}
        return data | {f"task_{self.closed.pk}": "close", f"why_{self.closed.pk}": "Xong"} | values

    def previewed(self, url=None, **values):
        """What it sends after it was shown what will happen."""
        data = self.filled(url, **values)
        response = self.client.post(url or self.url, data)
        assert response.context["form"].errors == {}
        return data | {"previewed": response.context["form"]["previewed"].value(), "do": "1"}

    def test_it_is_shown_first_and_done_then(self):
        data = self.filled()
        page = text_of(self.client.post(self.url, data))
        for words in ("Nuôi bò", "Làm đường", "Xong", "Lê Thị Mới", "01/02/2026"):
            assert words in page.split('id="plan"')[1].split("</section>")[0]
        assert Assignment.objects.count() == 1
        response = self.client.post(self.url, self.previewed())
        successor = Assignment.objects.get(member=self.new)
        assert response["Location"].startswith(
            reverse("assignments:assignment", args=[successor.pk])
        )
        assert successor.validity == period(date(2026, 2, 1))
        assert [task.title for task in successor.tasks.all()] == ["Nuôi bò"]

    def test_what_was_changed_after_it_was_shown_is_shown_again(self):
        data = self.previewed() | {"last_day": "28/02/2026"}
        response = self.client.post(self.url, data)
        assert response.context["plan"].last_day == date(2026, 2, 28)
        assert Assignment.objects.count() == 1

    def test_showing_it_twice_does_not_do_it(self):
        data = self.previewed()
        del data["do"]
        assert self.client.post(self.url, data).status_code == 200
        assert Assignment.objects.count() == 1

    def test_of_two_at_once_the_second_is_told(self):
        second = self.previewed(member=make.make_member(self.office, full_name="Người Sau").code)
        self.client.post(self.url, self.previewed())
        form = self.client.post(self.url, second).context["form"]
        assert form.has_error("__all__", "changed_meanwhile")
        assert Assignment.objects.count() == 2

    def test_a_conflict_stands_at_its_field(self):
        make.make_status(self.new, "suspended", since=date(2026, 1, 1), until=date(2026, 3, 31))
        form = self.client.post(self.url, self.filled()).context["form"]
        (text,) = form.errors["member"]
        assert "01/04/2026" in text
        assert (
            self.client.post(self.url, self.filled(last_day="x")).context["form"].errors["last_day"]
        )

    def test_the_address_proposes_somebody(self):
        form = self.client.get(self.url, {"cadre": self.new.pk}).context["form"]
        assert form["member"].value() == f"Lê Thị Mới ({self.new.code})"
        other = make.make_member(make.make_ward("X")[1][0])
        form = self.client.get(self.url, {"cadre": other.pk}).context["form"]
        assert form["member"].value() is None

    def test_ending(self):
        data = self.previewed(self.end_url)
        self.client.post(self.end_url, data)
        self.assignment.refresh_from_db()
        assert self.assignment.validity == period(date(2025, 1, 1), LAST)
        assert self.assignment.endings.get().reason == "QĐ 12"

    def test_taking_it_back(self):
        self.client.post(self.url, self.previewed())
        url = reverse("assignments:assignment_reopen", args=[self.assignment.pk])
        form = self.client.get(url).context["form"]
        data = {"seen": form["seen"].value(), "reason": "Nhầm"}
        assert self.client.post(url, data).status_code == 302
        assert list(Assignment.objects.all()) == [self.assignment]
        assert self.client.get(url).status_code == 404

    def test_the_page_says_what_depends_on_it(self):
        self.client.post(self.url, self.previewed())
        successor = Assignment.objects.get(member=self.new)
        meeting = make.make_meeting(self.branch, date(2026, 2, 3))
        make.attend(meeting, self.new, capacity="assigned")
        url = reverse("assignments:assignment_reopen", args=[self.assignment.pk])
        response = self.client.get(url)
        assert len(response.context["undoing"].obstacles) == 1
        response = self.client.post(url, {"seen": response.context["form"]["seen"].value()})
        assert Assignment.objects.filter(pk=successor.pk).exists()

    def test_what_comes_from_above_is_seen_and_not_changed(self):
        district = make.make_organization("district")
        make.place(self.ward, district)
        self.assignment.directive = make.make_directive(district)
        self.assignment.save()
        assert self.client.get(self.page).status_code == 200
        for url in (self.url, self.end_url):
            assert self.client.get(url).status_code == 403
            assert self.client.post(url, {"last_day": "31/01/2026"}).status_code == 403
            assert url not in text_of(self.client.get(self.page))

    def test_the_page_of_the_assignment_leads_here_and_tells_what_became_of_it(self):
        page = text_of(self.client.get(self.page))
        assert self.url in page
        assert self.end_url in page
        self.client.post(self.url, self.previewed())
        page = text_of(self.client.get(self.page))
        assert "QĐ 12" in page
        assert reverse("assignments:assignment_reopen", args=[self.assignment.pk]) in page
        successor = Assignment.objects.get(member=self.new)
        assert self.page in text_of(self.client.get(successor.get_absolute_url()))
        task = text_of(self.client.get(self.closed.get_absolute_url()))
        assert "Xong" in task
        fresh = successor.tasks.get()
        assert fresh.get_absolute_url() in text_of(self.client.get(self.over.get_absolute_url()))
        assert self.over.get_absolute_url() in text_of(self.client.get(fresh.get_absolute_url()))

    def test_cost_does_not_grow(self):
        few = [count_queries(self.client, url) for url in (self.url, self.end_url)]
        for number in range(20):
            make.make_task(
                self.old,
                self.branch,
                2026,
                title=f"Việc {number}",
                assignment=self.assignment,
                state="registered",
            )
        many = [count_queries(self.client, url) for url in (self.url, self.end_url)]
        assert many == few
        assert max(many) <= 12
