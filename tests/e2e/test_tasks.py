"""A cadre registers a task and reports it on a phone, the office confirms it; with and without
JavaScript."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from assignments.models import Task, TaskEvidence
from tests import builders as make

from .test_my_work import PHONE, png

PDF = b"%PDF-1.7 minutes"


@pytest.fixture
def people(transactional_db):
    """A cadre assigned to a branch of a ward, and the ward's office."""
    ward, (branch,) = make.make_ward("W")
    _office, (home,) = make.make_ward("CQ")
    cadre = make.make_user("canbo", member=make.make_member(home, full_name="Trần Văn Cán"))
    make.make_assignment(cadre.member, branch)
    office = make.make_user("vanphong")
    make.grant(office, "office", ward)
    return cadre, office


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def phone(request, browser):
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param, locale="vi-VN")
    yield context.new_page()
    context.close()


def sign_in(page, user, base_url):
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": base_url}])


def press(page, selector):
    page.locator(selector).click()
    page.wait_for_load_state()


def test_from_the_registration_to_the_confirmation(phone, people, base_url):
    cadre, office = people
    sign_in(phone, cadre, base_url)
    phone.goto(f"{base_url}/my/tasks/register/")
    phone.locator("#id_row-0-title").fill("Vận động hộ dân")
    phone.locator("#id_row-0-quantity").fill("12")
    phone.locator("#id_row-0-measure").fill("hộ")
    press(phone, '.stack [value="more"]')
    expect(phone.locator("#id_row-0-title")).to_have_value("Vận động hộ dân")
    press(phone, '.grid-actions [value="register"]')
    expect(phone.locator(".task-sheet tbody tr")).to_have_count(1)
    press(phone, ".task-sheet tbody a")
    press(phone, f'a[href^="/tasks/{Task.objects.get().pk}/report/"]')
    phone.locator("#id_actual").fill("16")
    files = [
        {"name": "anh.png", "mimeType": "image/png", "buffer": png(2400, 900)},
        {"name": "ds.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    phone.locator("#id_evidence").set_input_files(files)
    expect(phone.locator("#submit-id-report")).to_be_enabled()
    press(phone, "#submit-id-report")
    expect(phone.locator(".task-steps > li")).to_have_count(2)
    assert TaskEvidence.objects.count() == 2
    sign_in(phone, office, base_url)
    phone.goto(f"{base_url}/tasks/{Task.objects.get().pk}/confirm/")
    expect(phone.locator('[name="outcome"][value="exceeded"]')).to_be_checked()
    press(phone, "#submit-id-confirm")
    expect(phone.locator('.task-way [aria-current="step"]')).to_be_visible()
    task = Task.objects.get()
    assert (task.state, task.outcome, task.year) == (
        "confirmed",
        "exceeded",
        timezone.localdate().year,
    )


def test_photos_are_made_small_and_what_is_none_stays(browser, people, base_url):
    cadre, _office = people
    task = make.make_task(
        cadre.member,
        cadre.member.assignments.get().target,
        timezone.localdate().year,
        state="registered",
        assignment=cadre.member.assignments.get(),
    )
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    page = context.new_page()
    sign_in(page, cadre, base_url)
    page.goto(f"{base_url}/tasks/{task.pk}/report/")
    files = [
        {"name": "anh.png", "mimeType": "image/png", "buffer": png(3200, 1000)},
        {"name": "ds.pdf", "mimeType": "application/pdf", "buffer": PDF},
    ]
    page.locator("#id_evidence").set_input_files(files)
    expect(page.locator("#evidence_size")).to_contain_text("kB")
    press(page, "#submit-id-report")
    expect(page.locator(".task-file")).to_have_count(2)
    stored = {each.file.name: each.file.media_type for each in TaskEvidence.objects.all()}
    assert stored == {"anh.jpg": "image/jpeg", "ds.pdf": "application/pdf"}
    context.close()
