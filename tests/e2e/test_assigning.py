"""The organization board's desk by keyboard alone: no mouse is touched; and without JavaScript."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import Assignment
from branches.models import Member, Organization
from tests import builders as make

from .looking import faults_here, look, serious_faults
from .test_administrator import signed_in

BOARD, GRID = "/assignments/board/", "/assignments/assign/"
SAVED = "/assignments/assigned/"
PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const options = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""
JULY = date(2026, 7, 1)


@pytest.fixture
def board(transactional_db):
    """The board of a district with two branches that nobody goes to and one that somebody does."""
    district = make.make_organization("district", code="D", name="Huyện ủy Cờ Đỏ")
    _office, (desk,) = make.make_ward("O", parent=district)
    _ward, branches = make.make_ward("W", parent=district, branches=3)
    for branch, name in zip(branches, ("Thới Hòa", "Thới Bình", "Thới Xuân"), strict=True):
        Organization.objects.filter(pk=branch.pk).update(name=f"Chi bộ ấp {name}")
    for number, name in enumerate(("Nguyễn Văn An", "Đỗ Thị Bình", "Lê Văn Cường"), start=1):
        make.make_member(desk, code=f"000{number}", full_name=name)
    make.make_assignment(
        Member.objects.get(code="0003"), branches[2], code="PC-1", since=date(2026, 1, 1)
    )
    user = make.make_user("bantochuc")
    make.grant(user, Role.BOARD, district)
    return user


class Keys:
    """What one does on a keyboard, and where it leads."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text):
        self.page.keyboard.type(text, delay=10)

    def here(self, attribute="id"):
        return self.page.evaluate(f"document.activeElement.getAttribute('{attribute}')")

    def tab_to(self, selector, most=80):
        """Go on with Tab until the focus is on what the selector names."""
        for _time in range(most):
            self.press("Tab")
            if self.page.evaluate("part => document.activeElement.matches(part)", selector):
                return
        raise AssertionError(f"no way to {selector} by Tab; last on {self.here()}")


def test_board_filter_grid_conflict_save_and_undo_by_keyboard_alone(context, base_url, board):
    page = signed_in(context, board, base_url)
    keys = Keys(page)
    page.goto(base_url + BOARD)

    # The board, filtered by what nobody goes to; then the grid with one of them.
    keys.tab_to("#id_state")
    keys.press("ArrowDown")
    expect(page.locator("#list .chip-bad")).to_have_count(3)  # with the office's own branch
    expect(page.get_by_text("Chi bộ ấp Thới Xuân")).to_have_count(0)
    keys.tab_to("input[name=target][aria-label*='Thới Hòa']")
    keys.press("Space")
    # Back to the button above the rows.
    for _time in range(10):
        keys.press("Shift+Tab")
        if keys.here("type") == "submit":
            break
    keys.press("Enter")
    page.wait_for_url(re.compile(GRID))
    assert page.locator("#id_row-0-target").input_value() == "Chi bộ ấp Thới Hòa (W-1)"

    # Rows: somebody is picked, a cell is typed, a new row appears.
    expect(page.locator("#id_row-0-member")).to_be_focused()
    keys.write("nguyen")
    expect(page.locator(".suggestions li")).to_have_count(1)
    keys.press("ArrowDown", "Enter")
    assert page.locator("#id_row-0-member").input_value() == "Nguyễn Văn An (0001)"
    assert keys.here() == "id_row-0-target"
    keys.press("Enter", "Enter")
    assert keys.here() == "id_row-0-since"
    keys.write("01/07/2026")
    keys.press("Enter", "Enter", "Enter", "Enter")
    assert keys.here() == "id_row-1-member"
    keys.write("0003")
    keys.press("Tab")
    keys.write("W-3")
    keys.press("Escape", "Tab", "Tab")
    keys.write("1/7/2026")
    expect(page.locator("#row-3")).to_be_visible()
    keys.press("ArrowUp")
    assert keys.here() == "id_row-0-since"

    # Saving tells of the conflict at its row, and saves nothing.
    keys.press("Control+s")
    expect(page.locator("#findings-2")).to_contain_text("30/06/2026")
    expect(page.locator("#findings-1 li")).to_have_count(0)
    expect(page.locator("#id_row-1-member")).to_be_focused()
    assert Assignment.objects.count() == 1
    assert serious_faults(page) == []

    # It is put right where it stands; then all is saved in one step.
    keys.tab_to("input[name='row-1-ends_earlier']")
    keys.press("Space", "Control+Enter")
    expect(page.locator(".note-success")).to_be_visible()
    expect(page.locator("[data-save]")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(re.compile(SAVED))
    assert Assignment.objects.valid_on(JULY).count() == 2
    assert not Assignment.objects.valid_on(JULY).filter(code="PC-1").exists()
    assert serious_faults(page) == []

    # And taken back.
    keys.tab_to("[data-undo]")
    keys.press("Enter")
    page.wait_for_url(re.compile(BOARD))
    assert list(Assignment.objects.valid_on(JULY).values_list("code", flat=True)) == ["PC-1"]


def test_a_list_pasted_into_the_first_cell_fills_the_rows(context, base_url, board):
    page = signed_in(context, board, base_url)
    page.goto(base_url + GRID)
    text = "0001\tW-1\tChỉ đạo\t1/7/2026\n0002\tW-2\tTăng cường\t1/7/2026"
    page.evaluate(PASTE, text)
    expect(page.locator("#id_row-1-target")).to_have_value("Chi bộ ấp Thới Bình (W-2)")
    expect(page.locator("[data-save]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(SAVED))
    assert set(Assignment.objects.valid_on(JULY).values_list("role", flat=True)) == {
        "direct",
        "reinforce",
    }


def test_a_double_click_saves_once(context, base_url, board):
    page = signed_in(context, board, base_url)
    page.goto(base_url + GRID)
    page.locator("#id_row-0-member").fill("0001")
    page.locator("#id_row-0-target").fill("W-1")
    page.locator("[data-save]").dblclick()
    page.wait_for_url(re.compile(SAVED))
    assert Assignment.objects.filter(member__code="0001").count() == 1


def test_the_grid_works_without_javascript(browser, base_url, board):
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, board, base_url)
    page.goto(base_url + GRID)
    page.locator("#id_pasted").fill("Chi bộ;Họ tên;Từ ngày\nW-1;Nguyễn Văn An;1/7/2026\n")
    page.locator("[data-read]").click()
    expect(page.locator("#id_row-0-member")).to_have_value("Nguyễn Văn An (0001)")
    page.locator("[data-save]").click()
    expect(page.locator("[data-undo]")).to_be_visible()
    page.locator("[data-undo]").click()
    expect(page.locator(".note-success")).to_be_visible()
    assert Assignment.objects.get().code == "PC-1"
    context.close()


def test_with_rows_and_with_mistakes_they_fit_and_read(context, base_url, board):
    page = signed_in(context, board, base_url)
    assert look(page, base_url, (BOARD, f"{BOARD}?state=none", f"{BOARD}?q=nobody")) == {}
    page.goto(base_url + GRID)
    page.locator("#id_pasted").fill("Ai Đó;W-1;sếp;31/02/2026\nLê Văn Cường;W-3;;1/7/2026")
    page.locator("[data-read]").click()
    expect(page.locator("#findings-2 li").first).to_be_visible()
    assert faults_here(page) == []
