"""What the page of an import shows of it."""

from dataclasses import dataclass, field

from .filters import in_order
from .preview import MOST_LINES
from .progress import STEPS
from .wording import table_word


@dataclass(frozen=True)
class TableCounts:
    """How many rows of a table are new, changed, as they were, wrong and odd."""

    name: str
    word: str
    created: int
    updated: int
    unchanged: int
    wrong: int
    warnings: int

    @property
    def is_cut(self):
        """Whether pages show only the first of its rows."""
        return max(self.created, self.updated, self.wrong, self.warnings) > MOST_LINES


@dataclass(frozen=True)
class Overview:
    """`tables` are those of the workbook, in their order; `previewed` what the check had foreseen
    where the import did something else; `step` and `table` are where a worker is."""

    tables: list[TableCounts]
    step: str
    table: str
    percent: int
    previewed: list[TableCounts] = field(default_factory=list)

    @property
    def rows(self):
        """How many rows the workbook has, as far as they could be read."""
        return sum(
            each.created + each.updated + each.unchanged + each.wrong for each in self.tables
        )

    @property
    def is_cut(self):
        return any(each.is_cut for each in self.tables)

    @property
    def wrong(self):
        return sum(each.wrong for each in self.tables)


def overview_of(upload):
    job = upload.job
    return Overview(
        tables=_tables(upload.outcome or upload.counts),
        step=STEPS.get(job.step, job.step),
        table=table_word(job.table) if job.table else "",
        percent=min(99, 100 * job.done // job.total) if job.total else 0,
        previewed=_tables(upload.counts) if upload.differs_from_preview else [],
    )


def _tables(counts):
    return [TableCounts(name, table_word(name), **counts[name]) for name in in_order(counts)]
