"""What the board enters of members and committees, in a browser; and how the pages look to all."""

from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.models import SavedView
from branches.models import Member
from branches.periods import period
from tests import builders as make

from .looking import look
from .test_administrator import signed_in

BEGUN = date(2020, 7, 1)


@pytest.fixture
def board(transactional_db):
    """The board of a town with a committee of 14 of 15, as in Phong An, and two branches."""
    town, branches = make.make_ward("PA", branches=2)
    make.make_term(
        town, name="2020–2025", seats=15, standing_seats=5, since=BEGUN, fields="Kinh tế\nDân vận"
    )
    ranks = ["secretary", *["deputy_secretary"] * 2, *["standing_member"] * 2]
    for number, rank in enumerate([*ranks, *["committee_member"] * 10]):
        member = make.make_member(
            branches[0], code=f"PA{number:02}", full_name=f"Nguyễn Văn {chr(65 + number)}"
        )
        make.make_position(
            member, town, rank=rank, title=f"Chức {number}", since=BEGUN, field="Kinh tế"
        )
    left = member.positions.get()
    left.validity, left.end_reason = period(BEGUN, date(2021, 9, 30)), "Chuyển công tác"
    left.save()
    make.make_status(member, decision_number="12-QĐ/ĐU", reason="Sức khỏe yếu")
    make.make_discipline(member, date(2022, 1, 1))
    make.make_job(town, title="Chức 0")
    make.make_assignment(Member.objects.get(code="PA00"), branches[1])
    user = make.make_user("ban")
    make.grant(user, Role.BOARD, town)
    return user


def last_member():
    return Member.objects.get(code="PA14")


def test_transfers_and_undoes_by_keyboard(context, base_url, board):
    page = signed_in(context, board, base_url)
    member = Member.objects.get(code="PA03")
    page.goto(f"{base_url}/members/{member.pk}/transfer/")
    page.locator("#id_branch-ts-control").focus()
    page.keyboard.type("PA-2")
    expect(page.locator(".ts-dropdown .option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.locator("#id_since").fill("01/03/2025")
    page.locator("#id_reason").press("Enter")
    page.wait_for_url("**/edit/**")
    assert member.memberships.get(validity__upper_inf=True).branch.code == "PA-2"
    page.locator("a[href*='/undo/']").click()
    page.locator("#id_reason").fill("Nhầm chi bộ")
    page.locator("#submit-id-undo").click()
    page.wait_for_url("**/edit/**")
    assert member.memberships.get().branch.code == "PA-1"


def test_many_are_ticked_previewed_and_changed(context, base_url, board):
    page = signed_in(context, board, base_url)
    page.goto(f"{base_url}/members/?q=nguyen")
    boxes = page.locator('input[form="bulk"][name="ids"]')
    for number in range(3):
        boxes.nth(number).check()
    expect(page.locator("[data-bulk-count]")).to_have_text("(3)")
    page.locator("#bulk-do").select_option("occupation")
    page.locator("#bulk button").first.click()
    page.locator("#id_occupation").fill("Nông dân")
    page.locator("#id_reason").fill("Rà soát")
    page.locator("form .btn-primary").click()
    expect(page.locator("#preview")).to_be_visible()
    assert not Member.objects.filter(occupation="Nông dân").exists()
    page.locator("form .btn-primary").click()
    expect(page.locator(".note-success")).to_be_visible()
    assert Member.objects.filter(occupation="Nông dân").count() == 3
    assert "q=nguyen" in page.url


def test_a_list_is_kept_as_a_view(context, base_url, board):
    page = signed_in(context, board, base_url)
    page.goto(f"{base_url}/members/")
    page.locator("#id_status").select_option("exempt")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    # What htmx put in place of the list keeps the filters that are set now.
    page.locator(".view-bar summary").click()
    page.locator("a[href*='/views/add/']").click()
    page.locator("#id_name").fill("Được miễn")
    page.locator("#id_opens_first").check()
    page.locator("#submit-id-save").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.goto(f"{base_url}/members/")
    expect(page.locator(".view-bar [aria-current]")).to_have_text("Được miễn")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.locator(".view-bar summary").click()
        page.locator("a[href*='download.csv']").click()
    assert len(download.value.path().read_text(encoding="utf-8-sig").splitlines()) == 2


def test_two_at_one_status_without_javascript(browser, base_url, board):
    status = last_member().statuses.get()
    pages = []
    for _number in range(2):
        context = browser.new_context(java_script_enabled=False)
        pages.append(signed_in(context, board, base_url))
        pages[-1].goto(f"{base_url}/statuses/{status.pk}/")
    for number, page in enumerate(pages, start=1):
        page.locator("#id_decided_on").fill("01/02/2025")
        page.locator("#id_until").fill(f"0{number}/06/2026")
        page.locator("#submit-id-save").click()
    expect(pages[0].locator(".note-success")).to_be_visible()
    expect(pages[1].locator(".note-error")).to_be_visible()
    status.refresh_from_db()
    assert status.validity.upper == date(2026, 6, 2)
    for page in pages:
        page.context.close()


def test_long_lists_and_empty_ones_fit_and_read(context, base_url, board):
    town = last_member().positions.get().organization
    view = SavedView.objects.create(user=board, page="branches:members", name="Của tôi")
    addresses = [
        "/committees/?q=nobody",
        f"/organizations/{town.pk}/committee/",
        f"/organizations/{town.pk}/committee/?on=2019-01-01",
        f"/members/?view={view.pk}&q=nobody",
        "/members/bulk/?do=transfer&all=1",
    ]
    assert look(signed_in(context, board, base_url), base_url, addresses) == {}
