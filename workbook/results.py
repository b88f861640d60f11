"""What a check or an import found, kept for its pages."""

from collections import Counter

from branches.models import StoredFile

from .choices import LineKind
from .models import ImportLine
from .preview import MOST_LINES
from .tables import BY_NAME

BATCH_ROWS = 2_000
LONGEST_PLACE = 100  # characters of a table or column, as written


def to_dict(report):
    """The counts of an ImportReport as Import keeps them."""
    return _counts(report.tables, [], report.warnings)


def keep_result(upload, report, preview, changes, *, at):
    """Keep the lines of a preview and its zip of CSV; what an earlier check found goes."""
    _forget(upload)
    upload.headings = []
    lines = [
        ImportLine(
            upload=upload,
            kind=line.kind,
            table=line.table,
            row=line.row,
            label=line.label,
            values=line.values,
        )
        for line in preview.lines
    ]
    lines += _problem_lines(upload, LineKind.WARNING, report.warnings)
    ImportLine.objects.bulk_create(lines, batch_size=BATCH_ROWS)
    if report.has_changes:
        changes.seek(0)
        name = f"{upload.file.name.rpartition('.')[0]}.zip"
        upload.changes_file = StoredFile.store(
            name, changes.read(), media_type="application/zip", by=None, at=at
        )


def keep_problems(upload, error):
    """Keep what is wrong with a workbook, and which of its headings mean nothing."""
    _forget(upload)
    upload.counts = _counts(error.counts, error.problems, [])
    upload.headings = [
        {"table": each.table if each.row else "", "heading": _clean(each.heading)}
        for each in error.problems
        if each.heading
    ]
    lines = _problem_lines(upload, LineKind.WRONG, error.problems)
    ImportLine.objects.bulk_create(lines, batch_size=BATCH_ROWS)


def _forget(upload):
    """The lines and files of the check before this one."""
    upload.lines.all().delete()
    files = [each for each in (upload.errors_file_id, upload.changes_file_id) if each]
    upload.errors_file = upload.changes_file = None
    upload.save(update_fields=["errors_file", "changes_file"])
    StoredFile.objects.filter(pk__in=files).delete()


def _problem_lines(upload, kind, problems):
    """The first lines of each table."""
    seen = Counter()
    for problem in problems:
        seen[problem.table] += 1
        if seen[problem.table] <= MOST_LINES:
            yield ImportLine(
                upload=upload,
                kind=kind,
                table=_clean(problem.table)[:LONGEST_PLACE],
                row=problem.row,
                column=_clean(problem.column)[:LONGEST_PLACE],
                message=_clean(problem.message),
            )


def _counts(tables, problems, warnings):
    """{table: numbers}, in the order of the tables; then what is no table."""
    wrong = _rows_by_table(problems)
    odd = _rows_by_table(warnings)
    names = [name for name in BY_NAME if name in tables or name in wrong or name in odd]
    names += sorted({each for each in wrong if each not in BY_NAME})
    return {
        _clean(name)[:LONGEST_PLACE]: {
            "created": tables[name].created if name in tables else 0,
            "updated": tables[name].updated if name in tables else 0,
            "unchanged": tables[name].unchanged if name in tables else 0,
            "wrong": len(wrong.get(name, ())),
            "warnings": len(odd.get(name, ())),
        }
        for name in names
    }


def _rows_by_table(problems):
    """{table: the rows that the problems are about}; what has no row counts as one."""
    rows = {}
    for problem in problems:
        rows.setdefault(problem.table, set()).add(problem.row)
    return rows


def _clean(text):
    """PostgreSQL takes no NUL."""
    return text.replace("\x00", "\ufffd")
