"""A workbook on its way in and out again, in a browser, with a real worker."""

from contextlib import contextmanager

import openpyxl
import psycopg2
import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import expect

from accounts.models import AccessLog
from branches.models import Member
from tests import builders as make
from tests.workbook import uploads as made
from tests.workbook.sheets import export_bytes, rows_of, write_excel
from tests.workbook.uploads import make_board, stored_world
from workbook.error_workbook import FILL
from workbook.importing import LOCK
from workbook.models import HeadingAlias
from workbook.progress import STEPS

from .looking import look

# A column that nobody knows, a branch that is not there, a member who is changed, one who is new.
ROWS = rows_of("""
    Mã,Họ và tên,Ngày vào Đảng,Mã chi bộ,Sinh hoạt tại chi bộ từ ngày,Việc đang làm
    M1,Nguyễn Văn Ân,2010-05-01,W-1,2010-05-01,Giáo viên
    M9,Lý Thị Mới,2020-01-01,KHONG-CO,2020-01-01,
""")
WAIT = 30_000  # milliseconds: a worker beside a browser and a server on two cores


@pytest.fixture
def district(transactional_db, tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def page_of(context, base_url, district):
    """A page of who may import for the district."""
    client = Client()
    client.force_login(make_board(district, "bantochuc"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}
    context.add_cookies([cookie])
    return context.new_page()


def expect_state(page, state):
    expect(page.locator(f"[data-state={state}]")).to_be_visible(timeout=WAIT)


def upload(page, path):
    page.goto("/imports/")
    page.locator("a.btn-primary[href*='/imports/start/']").click()
    page.locator("#id_file").set_input_files(path)
    page.locator("#id_reason").fill("Rà soát đảng viên")
    page.locator("#submit-id-check").click()


def test_a_workbook_is_mapped_mended_imported_and_undone(
    page_of, district, tmp_path, celery_worker
):
    page = page_of
    before = export_bytes(tmp_path / "before")
    celery_worker()
    upload(page, write_excel(tmp_path / "Sổ đảng viên.xlsx", {"Đảng viên": ROWS}))
    expect_state(page, "wrong")
    say_what_the_heading_means(page)
    corrected = mend(page, tmp_path)
    upload(page, corrected)
    expect_state(page, "checked")
    assert HeadingAlias.objects.get().means == "occupation"  # asked about once
    look_at_the_preview(page)
    import_with_progress(page)
    assert Member.objects.get(code="M1").occupation == "Giáo viên"
    assert Member.objects.get(code="M9").full_name == "Lý Thị Mới"
    take_back(page)
    assert export_bytes(tmp_path / "after") == before


def say_what_the_heading_means(page):
    page.locator("a[href$='/headings/'], a[href*='/headings/?']").first.click()
    field = page.locator("#id_heading0")
    expect(field).to_be_visible()
    field.select_option("occupation")
    page.locator("#submit-id-remember").click()
    expect_state(page, "wrong")
    expect(page.locator("a[href*='errors.file']")).to_be_visible()


def mend(page, tmp_path):
    """The marked workbook, read back, with the faulty cell put right."""
    with page.expect_download() as download:
        page.locator("a[href*='errors.file']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    path = tmp_path / "errors.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book["Đảng viên"]
    marked = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == f"FF{FILL[1:]}"
    ]
    assert marked == ["D3"]
    assert "KHONG-CO" in sheet["D3"].comment.text
    assert [cell.value for cell in sheet[2]] == ROWS[1]
    sheet["D3"] = "W-2"
    book.save(path)
    assert AccessLog.objects.filter(kind="workbook_exported").count() == 1
    return path


def look_at_the_preview(page):
    row = page.locator("tr[data-table=members] td")
    expect(row.nth(1)).to_have_text("1")
    expect(row.nth(2)).to_have_text("1")
    row.nth(2).get_by_role("link").click()
    expect(page.locator(".changes del").first).to_have_text("Nguyễn Văn An")
    expect(page.locator(".changes ins").first).to_have_text("Nguyễn Văn Ân")
    page.go_back()


def import_with_progress(page):
    """Another import is at it meanwhile, so that the progress can be seen."""
    with another_import():
        page.locator("[data-act=commit]").click()
        expect_state(page, "importing")
        expect(page.locator("progress")).to_be_visible()
        expect(page.get_by_text(str(STEPS["waiting"]))).to_be_visible(timeout=WAIT)
        assert not Member.objects.filter(code="M9").exists()
    expect_state(page, "done")


@contextmanager
def another_import():
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    session = psycopg2.connect(**parameters)
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [LOCK])
        yield
    finally:
        session.close()


def take_back(page):
    page.locator("a[href*='/undo/']").click()
    page.locator("#id_reason").fill("Nhầm tệp")
    page.locator("#submit-id-undo").click()
    expect_state(page, "undone")


def test_without_javascript_the_page_reloads_itself(
    browser, base_url, district, tmp_path, celery_worker
):
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    client = Client()
    client.force_login(make_board(district, "bantochuc"))
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}
    context.add_cookies([cookie])
    page = context.new_page()
    upload(page, write_excel(tmp_path / "so.xlsx", {"Đảng viên": ROWS}))
    expect_state(page, "uploaded")
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    celery_worker()
    expect_state(page, "wrong")
    context.close()


def test_the_pages_fit_and_read_in_every_state(page_of, base_url, district, tmp_path):
    assert look(page_of, base_url, addresses(tmp_path, district)) == {}


def addresses(tmp_path, district):
    """The address of every page of imports, in every state."""
    user = make_board(district, "other")
    make.make_heading(district, "Cột lạ")
    wrong = made.checked(made.excel(tmp_path, {"members": ROWS}), district, user)
    right = [[*row[:3], "W-1", *row[4:5]] for row in ROWS[1:]]
    tables = {"members": [ROWS[0][:5], *right]}
    checked = made.checked(made.excel(tmp_path, tables), district, user)
    done = made.imported(made.excel(tmp_path, tables), district, user)
    undone = made.imported(made.excel(tmp_path, {"members": [*tables["members"]]}), district, user)
    made.undo(undone, user)
    waiting = made.upload(made.excel(tmp_path, tables), district, user)
    yield from ("/imports/", "/imports/start/", "/imports/headings/")
    for row in (wrong, checked, done, undone, waiting):
        yield f"/imports/{row.pk}/"
    for row in (wrong, checked):
        yield f"/imports/{row.pk}/rows/"
        yield f"/imports/{row.pk}/discard/"
    yield f"/imports/{wrong.pk}/headings/"
    yield f"/imports/{done.pk}/undo/"
