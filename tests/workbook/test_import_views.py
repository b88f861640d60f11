"""Pages of imports: what they show, who reads which, what they cost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AccessLog
from branches.models import Member, Organization
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of
from workbook.models import Import, ImportLine

from .sheets import only
from .test_import_wizard import CHANGES
from .uploads import checked, excel, imported, make_board, stored_world, upload, work

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def district(tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def board(district):
    return make_board(district)


@pytest.fixture
def desk(client, board):
    """A browser of the board."""
    client.force_login(board)
    return client


def test_an_upload_waits_for_a_worker(tmp_path, desk, board):
    sent = {"file": excel(tmp_path, CHANGES), "effective": "01/03/2026", "reason": "Rà soát"}
    response = desk.post("/imports/start/", sent)
    row = Import.objects.get()
    assert response.status_code == 302
    assert response["Location"].startswith(f"/imports/{row.pk}/")
    assert (row.by, row.state, row.reason) == (board, "uploaded", "Rà soát")
    page = text_of(desk.get(response["Location"]))
    assert 'hx-trigger="every 1s"' in page
    assert 'http-equiv="refresh"' in page


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"effective": "01/03/2026", "reason": "x"}, "file"),
        ({"file": SimpleUploadedFile("a.xlsx", b"x"), "effective": "01/03/2026"}, "reason"),
        (
            {
                "file": SimpleUploadedFile("a.pdf", b"x"),
                "effective": "01/03/2026",
                "reason": "x",
            },
            "file",
        ),
    ],
)
def test_errors_stand_at_their_fields(desk, sent, field):
    response = desk.post("/imports/start/", sent)
    assert list(response.context["form"].errors) == [field]
    assert not Import.objects.exists()


def test_the_page_shows_numbers_and_rows(tmp_path, desk, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    page = text_of(desk.get(f"/imports/{row.pk}/"))
    assert 'data-state="checked"' in page
    assert f"/imports/{row.pk}/commit/" in page
    rows = text_of(desk.get(f"/imports/{row.pk}/rows/?table=members&kind=changed"))
    assert "<del>Nguyễn Văn An</del>" in rows
    assert "<ins>Nguyễn Văn Ân</ins>" in rows
    assert "Lý Mới" not in rows


def test_a_button_imports_and_another_undoes(tmp_path, desk, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    desk.post(f"/imports/{row.pk}/commit/")
    assert work(row).state == "done"
    assert Member.objects.filter(code="M9").exists()
    desk.post(f"/imports/{row.pk}/undo/", {"reason": "Nhầm"})
    assert work(row).state == "undone"
    assert not Member.objects.filter(code="M9").exists()


def test_an_undo_needs_a_reason(tmp_path, desk, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    response = desk.post(f"/imports/{row.pk}/undo/", {"reason": ""})
    assert list(response.context["form"].errors) == ["reason"]
    assert Import.objects.get().state == "done"


def test_a_button_pressed_twice_imports_once(tmp_path, desk, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    assert desk.post(f"/imports/{row.pk}/commit/", follow=True).status_code == 200
    assert Import.objects.get().state == "done"


def test_what_stood_in_the_way_is_listed(tmp_path, desk, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    Member.objects.filter(code="M1").update(occupation="Thợ")
    desk.post(f"/imports/{row.pk}/undo/", {"reason": "Nhầm"})
    work(row)
    assert "Nguyễn Văn Ân" in text_of(desk.get(f"/imports/{row.pk}/"))


@pytest.mark.parametrize("what", ["upload", "changes"])
def test_files_are_handed_out_and_that_is_logged(tmp_path, desk, district, board, what):
    row = checked(excel(tmp_path, CHANGES), district, board)
    response = desk.get(f"/imports/{row.pk}/{what}.file")
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue().startswith(b"PK")
    entry = AccessLog.objects.get(kind="workbook_exported")
    assert (entry.by, entry.organization, entry.rows) == (board, district, 5)
    assert desk.get(f"/imports/{row.pk}/errors.file").status_code == 404
    assert desk.get(f"/imports/{row.pk}/other.file").status_code == 404


def test_who_answers_for_elsewhere_finds_nothing(tmp_path, client, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    ward = Organization.objects.get(code="W")
    client.force_login(make_board(ward, "ward"))
    for part in ("", "rows/", "headings/", "undo/", "discard/", "upload.file"):
        assert client.get(f"/imports/{row.pk}/{part}").status_code == 404
    for part in ("check/", "commit/", "undo/", "discard/"):
        assert client.post(f"/imports/{row.pk}/{part}", {"reason": "x"}).status_code == 404
    assert "Sổ theo dõi" not in text_of(client.get("/imports/"))


def test_an_upload_can_be_deleted(tmp_path, desk, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    desk.post(f"/imports/{row.pk}/discard/")
    assert not Import.objects.exists()
    assert not ImportLine.objects.exists()


def test_pages_cost_the_same_whatever_they_show(tmp_path, desk, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    make.make_heading(district, "Cột 1")
    pages = [
        "/imports/",
        "/imports/start/",
        "/imports/headings/",
        f"/imports/{row.pk}/",
        f"/imports/{row.pk}/rows/",
        f"/imports/{row.pk}/headings/",
        f"/imports/{row.pk}/undo/",
        f"/imports/{row.pk}/discard/",
    ]
    few = {page: count_queries(desk, page) for page in pages}
    assert {page: count for page, count in few.items() if count > MOST_QUERIES} == {}
    for number in range(2, 5):
        make.make_heading(Organization.objects.get(code="W"), f"Cột {number}")
        upload(excel(tmp_path, only(members="code\nM1")), district, board)
    line = row.lines.first()
    ImportLine.objects.bulk_create(
        ImportLine(upload=row, kind="new", table="members", row=number, values=line.values)
        for number in range(200)
    )
    assert {page: count_queries(desk, page) for page in pages} == few


def test_htmx_is_given_what_changes_alone(tmp_path, desk, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    for page in (f"/imports/{row.pk}/", f"/imports/{row.pk}/rows/", "/imports/"):
        assert "<html" not in text_of(desk.get(page, headers=HTMX))


def test_who_imports_is_not_who_uploaded(tmp_path, desk, district):
    row = checked(excel(tmp_path, CHANGES), district, make_board(district, "uploader"))
    desk.post(f"/imports/{row.pk}/commit/")
    row = work(row)
    assert (row.by.username, row.file.stored_by.username) == ("board", "uploader")
    page = text_of(desk.get(f"/imports/{row.pk}/"))
    assert "uploader" in page
    assert "uploader" in text_of(desk.get("/imports/"))
