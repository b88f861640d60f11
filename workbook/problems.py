"""What is wrong with a workbook, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or odd, and what would be right.

    Rows are counted as a person sees them: row 1 is the heading. What concerns a whole file or
    sheet has no row, what concerns a whole row no column. `heading` is the name of a sheet or
    column, as written, where that means nothing.
    """

    table: str
    row: int | None
    column: str
    message: str
    heading: str = ""

    @property
    def place(self):
        return ":".join(str(part) for part in (self.table, self.row, self.column) if part)

    def __str__(self):
        return f"{self.place}: {self.message}"


class WorkbookError(Exception):
    """Nothing was saved; `problems` are all of them, in the order of tables and rows. `counts` is
    {table: Counts} of what the rows that are right would do, where that was asked for."""

    def __init__(self, problems, counts=None):
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
        self.counts = counts or {}


def refuse(table, message, *, row=None, column=""):
    """A WorkbookError of one problem, for what cannot be read at all."""
    return WorkbookError([Problem(table, row, column, message)])
