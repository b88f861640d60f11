"""What a committee leader does at year end, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.builders import PASSWORD

from .demo import LEADER, make_rated_district


@pytest.fixture
def signed_in(page, base_url, transactional_db):
    """A page on which the leader of a rated district has signed in."""
    make_rated_district()
    page.goto(f"{base_url}/")
    page.get_by_label("Tên đăng nhập").fill(LEADER)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", name="Quận ủy Bình Thủy")).to_be_visible()
    page.wait_for_load_state()
    return page


def test_from_the_board_to_a_rating_to_a_meeting(signed_in):
    page, faults = signed_in, []
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))

    page.get_by_role("link", name="Mở bảng xếp loại").click()
    expect(page.get_by_role("heading", name="Xếp loại năm 2018")).to_be_visible()
    page.wait_for_load_state()  # scripts run after what they draw on has come
    assert (
        page.evaluate("Chart.getChart(document.querySelector('canvas')).data.datasets.length") == 4
    )

    page.get_by_role("link", name="Nguyễn Thị Ánh P1-1").click()
    expect(page.get_by_text("trên 100 điểm")).to_be_visible()
    page.get_by_text("Các buổi phải dự (6)").click()
    page.get_by_role("link", name="03/02/2018").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Sinh hoạt thường kỳ, 03/02/2018")
    expect(page.get_by_role("link", name="Nguyễn Thị Ánh P1-1")).to_be_visible()
    assert faults == []


def test_a_filter_swaps_the_list_and_back_undoes_it(signed_in, base_url):
    page = signed_in
    page.goto(f"{base_url}/members/")
    expect(page.get_by_text("25 đảng viên")).to_be_visible()
    page.get_by_label("Họ tên hoặc số thẻ").press_sequentially("do binh", delay=20)
    expect(page.get_by_text("6 đảng viên", exact=True)).to_be_visible()
    assert "q=do+binh" in page.url or "q=do%20binh" in page.url
    page.reload()
    expect(page.get_by_text("6 đảng viên", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("25 đảng viên")).to_be_visible()


def test_slash_finds_people_without_diacritics(signed_in):
    page = signed_in
    page.keyboard.press("/")
    page.keyboard.type("le thi cuc p2-3")
    answer = page.get_by_role("link", name=re.compile("Lê Thị Cúc P2-3"))
    expect(answer).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lê Thị Cúc P2-3", level=1)).to_be_visible()


def test_the_day_is_chosen_in_one_place_and_stays(signed_in):
    page = signed_in
    page.get_by_text("· hôm nay").click()
    page.get_by_label("Xem tại ngày").fill("31/12/2018")
    page.get_by_role("button", name="Xem").click()
    expect(page.get_by_text("· xem tại ngày 31/12/2018")).to_be_visible()
    page.get_by_role("link", name="Phân công", exact=True).first.click()
    expect(page.get_by_text("· xem tại ngày 31/12/2018")).to_be_visible()
    assert "on=2018-12-31" in page.url


def test_the_tree_unfolds(signed_in, base_url):
    page = signed_in
    page.goto(f"{base_url}/organizations/")
    page.get_by_label("Tổ chức trực thuộc Đảng ủy phường An Thới").click()
    expect(
        page.get_by_role("link", name="Chi bộ khu vực 2, Đảng ủy phường An Thới")
    ).to_be_visible()


def test_a_roll_up_is_watched_to_its_end(signed_in, base_url, celery_worker):
    page = signed_in
    celery_worker()
    page.goto(f"{base_url}/roll-ups/start/?year=2018")
    page.get_by_role("button", name="Bắt đầu tổng hợp").click()
    expect(page.get_by_text("Đã xong").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("3 trên 3 đơn vị")).to_be_visible()
    page.get_by_role("link", name="Mở bảng xếp loại").click()
    expect(page.get_by_role("heading", name="Xếp loại năm 2018")).to_be_visible()
