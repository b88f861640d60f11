"""How far an import is."""

import io
import zipfile

from workbook.progress import Progress, estimate_rows

from .sheets import rows_of, write_excel, write_zip

ROWS = rows_of("code,full_name\nM1,An\nM2,Bình")


def test_rows_are_counted_before_they_are_read(tmp_path):
    tables = {"members": ROWS, "tasks": ROWS}
    for path in (write_excel(tmp_path / "a.xlsx", tables), write_zip(tmp_path / "a.zip", tables)):
        assert estimate_rows(path.name, path.read_bytes()) == 6
    assert estimate_rows("members.csv", b"code\nM1\n") == 2


def test_what_cannot_be_counted_counts_nothing(settings):
    assert estimate_rows("a.xlsx", b"nothing") == 0
    assert estimate_rows("a.zip", b"PK\x03\x04") == 0
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("members.csv", "code\n" * 100)
    settings.IMPORT_MAX_UNPACKED_BYTES = 100
    assert estimate_rows("a.zip", packed.getvalue()) == 0


def test_rows_of_tables_add_up():
    progress = Progress(total=10)
    progress.begin("reading", "members")
    progress.read("members", 4)
    progress.begin("reading", "tasks")
    progress.read("tasks", 3)
    assert progress.as_row() == {"step": "reading", "table": "tasks", "done": 7, "total": 10}
    progress.read("tasks", 8)
    assert progress.as_row()["total"] == 12
