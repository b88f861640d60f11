"""A rating set is copied, changed, tried and adopted in a browser."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from evaluations import tasks
from evaluations.models import Scheme
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.schemes import load_schemes
from evaluations.templatetags.ratings import short_level
from evaluations.trials import runs as trial_runs
from tests import builders as make
from tests.year_end import NOON

from .looking import faults_of
from .test_administrator import signed_in


@pytest.fixture
def board(transactional_db):
    """The board of a district of two wards whose members are rated for 2025."""
    load_schemes()
    district = make.make_organization("district", code="D", name="Huyện ủy Thới Lai")
    for ward, outcome in (("W1", "exceeded"), ("W2", "met")):
        _ward, (branch,) = make.make_ward(ward, parent=district)
        for number in range(6):
            member = make.make_member(branch, code=f"{ward}-M{number}")
            make.make_task(member, branch, 2025, outcome=outcome)
    roll_up_inline(district, year=2025, at=NOON)
    user = make.make_user("bantochuc")
    make.grant(user, Role.BOARD, district)
    return user


def test_copied_changed_tried_and_adopted(context, base_url, board, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks.run_trial, "delay", lambda *what: asked.append(what))
    page = signed_in(context, board, base_url)
    errors = []
    page.on("console", lambda each: errors.append(each.text) if each.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    central = Scheme.objects.for_year(2025)

    # A draft of the set of the year.
    page.goto(f"{base_url}/rating-sets/")
    page.locator("#list").get_by_role("link", name=str(central)).click()
    page.locator(f"a[href*='/rating-sets/{central.pk}/copy/']").click()
    page.locator("#id_name").fill("Bộ của huyện")
    page.locator("[name=copy]").click()
    page.wait_for_url(re.compile("/change/"))
    draft = Scheme.objects.get(state="draft")

    # What the groups make is said while one types, and at the field when it is sent.
    line = page.locator(".scheme-sum")
    expect(line).to_contain_text("100")
    page.locator("#id_groups-common").fill("25,5")
    expect(line).to_have_class(re.compile("is-wrong"))
    expect(line).to_contain_text("95,5")
    page.locator("[name=try]").click()
    expect(page.locator(".note-error a[href='#id_groups-common']")).to_be_visible()
    expect(page.locator(".note-error")).to_contain_text("4,5")
    page.locator("#id_groups-results").fill("74,5")
    expect(line).not_to_have_class(re.compile("is-wrong"))
    page.locator("#id_task_credit-met").fill("1,5")
    page.locator("[name=try]").click()

    # The trial: asked for, waited for, then shown without a reload by hand.
    page.wait_for_url(re.compile("/try/"))
    page.locator("#id_year").fill("2025")
    page.locator("[name=try]").click()
    page.wait_for_url(re.compile("/trials/"))
    expect(page.locator("#progress")).to_be_visible()
    ((token, user),) = asked
    assert user == board.pk
    trial_runs.run(token, user=board, clock=timezone.localtime)
    picture = page.locator(".level-flow svg")
    expect(picture).to_be_visible()
    result = trial_runs.find(token, user=board).result
    expect(picture.locator("text")).to_have_count(
        len({a for a, _b in result.transitions}) + len({b for _a, b in result.transitions})
    )
    good = sum(number for (old, _new), number in result.transitions.items() if old == "good")
    expect(picture).to_contain_text(f"{short_level('good')} {good}")
    expect(page.locator("#caps tbody tr")).to_have_count(len(result.caps))
    assert faults_of(page, page.url) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert errors == []

    # What is tried is adopted, and stays.
    page.locator(f"a[href*='/rating-sets/{draft.pk}/adopt/']").click()
    expect(page.locator("main ins").first).to_be_visible()
    page.locator("[name=adopt]").click()
    page.wait_for_url(re.compile(rf"/rating-sets/{draft.pk}/\?"))
    draft.refresh_from_db()
    assert not draft.is_draft
    expect(page.locator(f"a[href*='/rating-sets/{draft.pk}/change/']")).to_have_count(0)
    assert errors == []


def test_the_editor_on_a_phone_and_without_a_script(browser, base_url, board):
    phone = {"width": 390, "height": 844}
    context = browser.new_context(java_script_enabled=False, viewport=phone)
    page = signed_in(context, board, base_url)
    central = Scheme.objects.for_year(2025)
    page.goto(f"{base_url}/rating-sets/{central.pk}/copy/")
    page.locator("#id_name").fill("Bộ của huyện")
    page.locator("[name=copy]").click()
    page.locator("#id_groups-common").fill("25")
    page.locator("form[method=post] .btn-primary").click()
    expect(page.locator(".note-error a[href='#id_groups-common']")).to_be_visible()
    page.locator("#id_groups-results").fill("75")
    page.locator("form[method=post] .btn-primary").click()
    page.wait_for_url(re.compile(r"/rating-sets/\d+/\?"))
    definition = Scheme.objects.get(state="draft").definition
    assert [group["points"] for group in definition["groups"]] == ["25", "75"]
