"""Handing an assignment over in a browser, and the pages that raise what cadres leave uncovered."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import Assignment
from branches.periods import ONE_DAY, period
from evaluations.services.schemes import load_schemes
from tests import builders as make

from .looking import faults_here, look
from .test_administrator import signed_in

REASON = "QĐ 12-QĐ/ĐU"


class Ward:
    """A ward with a cadre who can go no more, one who could, and a branch that nobody goes to."""

    def __init__(self):
        self.today = timezone.localdate()
        self.district = make.make_organization("district", code="D", name="Quận ủy Cái Răng")
        self.ward, branches = make.make_ward("W", parent=self.district, branches=3)
        self.branch, self.empty, self.office = branches
        self.old = make.make_member(self.office, code="C-1", full_name="Trần Văn Cũ")
        self.new = make.make_member(self.office, code="C-2", full_name="Lê Thị Ngọc Mới")
        for member in (self.old, self.new):
            make.make_position(member, self.ward, rank="committee_member", title="Ủy viên")
        directive = make.make_directive(self.ward, number="05-QĐ/ĐU")
        self.assignment = self.assign(self.branch, self.old, directive)
        self.assign(self.office, make.make_member(self.branch), directive)
        self.tasks = [
            make.make_task(
                self.old,
                self.branch,
                self.today.year,
                title=title,
                state="in_progress",
                assignment=self.assignment,
            )
            for title in ("Làm đường hẻm 12", "Trồng cây ăn trái")
        ]
        make.make_status(self.old, "suspended", since=self.today)
        make.make_position(make.make_member(self.office), self.district)
        self.assign(
            self.ward,
            make.make_member(self.office, full_name="Võ Từ Trên"),
            make.make_directive(self.district),
        )
        self.user = make.make_user("bantochuc")
        make.grant(self.user, Role.BOARD, self.ward)

    def assign(self, target, member, directive):
        return make.make_assignment(
            member, target, since=date(2024, 1, 1), directive=directive, visits_due=2
        )


@pytest.fixture
def ward(transactional_db):
    load_schemes()
    return Ward()


def day(date_):
    return date_.strftime("%d/%m/%Y")


def fill(page, ward):
    """From the page of what is uncovered to the form, filled in."""
    row = page.locator("tr", has_text="Trần Văn Cũ")
    row.locator(f"a[href*='/assignments/{ward.assignment.pk}/hand-over/']").click()
    expect(page.locator("#id_member")).to_have_value("Lê Thị Ngọc Mới (C-2)")
    page.locator("#id_last_day").fill(day(ward.today - ONE_DAY))
    page.locator("#id_reason").fill(REASON)
    page.locator(f"#id_task_{ward.tasks[1].pk}").select_option("close")
    page.locator(f"#id_why_{ward.tasks[1].pk}").fill("Không còn đất trống")
    page.locator("#submit-id-preview").click()


def check_done(ward):
    successor = Assignment.objects.get(member=ward.new)
    assert successor.validity == period(ward.today)
    ward.assignment.refresh_from_db()
    assert ward.assignment.validity == period(date(2024, 1, 1), ward.today - ONE_DAY)
    assert [task.title for task in successor.tasks.all()] == ["Làm đường hẻm 12"]
    ending = ward.assignment.endings.get()
    assert (ending.reason, ending.successor) == (REASON, successor)
    over, closed = ending.closings.order_by("task__title")
    assert (over.successor.member, over.reason) == (ward.new, "")
    assert (closed.successor, closed.reason) == (None, "Không còn đất trống")


def test_what_a_cadre_leaves_is_raised_and_handed_over(context, base_url, ward):
    page = signed_in(context, ward.user, base_url)
    page.goto(base_url)
    page.locator(".note-warning a[href*='/assignments/uncovered/']").first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    fill(page, ward)
    plan = page.locator("#plan")
    for words in ("Lê Thị Ngọc Mới", "Làm đường hẻm 12", "Không còn đất trống", day(ward.today)):
        expect(plan).to_contain_text(words)
    assert Assignment.objects.filter(member=ward.new).count() == 0
    plan.locator("button[name=do]").click()
    expect(page.locator(".note-success")).to_contain_text(day(ward.today))
    check_done(ward)
    page.goto(f"{base_url}/assignments/uncovered/?kind=leaving")
    expect(page.locator("tbody tr")).to_have_count(0)
    page.goto(f"{base_url}/assignments/{ward.assignment.pk}/")
    expect(page.get_by_text(REASON)).to_be_visible()
    page.locator("a[href*='/reopen/']").click()
    page.locator("#id_reason").fill("Nhầm người")
    page.locator("#submit-id-undo").click()
    expect(page.locator(".note-success")).to_be_visible()
    assert not Assignment.objects.filter(member=ward.new).exists()


def test_without_javascript(browser, base_url, ward):
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, ward.user, base_url)
    page.goto(f"{base_url}/assignments/uncovered/")
    fill(page, ward)
    page.locator("#plan button[name=do]").click()
    expect(page.locator(".note-success")).to_be_visible()
    check_done(ward)
    context.close()


def test_of_two_at_once_the_second_is_told(browser, base_url, ward):
    windows = [browser.new_context() for _number in range(2)]
    pages = [signed_in(window, ward.user, base_url) for window in windows]
    for page in pages:
        page.goto(f"{base_url}/assignments/uncovered/")
        fill(page, ward)
        expect(page.locator("#plan")).to_be_visible()
    pages[0].locator("#plan button[name=do]").click()
    expect(pages[0].locator(".note-success")).to_be_visible()
    pages[1].locator("#plan button[name=do]").click()
    expect(pages[1].locator(".note-error")).to_be_visible()
    expect(pages[1].locator("#plan")).to_have_count(0)
    check_done(ward)
    for window in windows:
        window.close()


def test_a_suggestion_goes_into_the_grid(context, base_url, ward):
    page = signed_in(context, ward.user, base_url)
    page.goto(f"{base_url}/assignments/suggestions/")
    page.locator(f"input[name=pair][value='{ward.new.pk}:{ward.empty.pk}']").check()
    page.locator("form[action*='/assignments/assign/'] button[type=submit]").first.click()
    expect(page.locator("[name='row-0-member']")).to_have_value("Lê Thị Ngọc Mới (C-2)")
    expect(page.locator("[name='row-0-target']")).to_have_value(
        f"{ward.empty.name} ({ward.empty.code})"
    )
    assert Assignment.objects.filter(member=ward.new).count() == 0


def test_they_fit_and_read_with_rows(context, base_url, ward):
    """Empty they stand among all pages."""
    page = signed_in(context, ward.user, base_url)
    parts = ("load", "matrix", "from-above", "suggestions", "uncovered")
    assert look(page, base_url, [f"/assignments/{part}/" for part in parts]) == {}
    fill(page, ward)
    expect(page.locator("#plan")).to_be_visible()
    assert faults_here(page) == []
