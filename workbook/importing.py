"""Import: sheets into staging tables, references and rules by SQL over them, then one write.

Everything happens in one transaction. All problems are gathered before anything is written.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.recording import recording
from branches.models import OrganizationPath

from . import checks, history, resolving, staging, writing
from .aliases import aliases_for
from .counting import count_rows, count_unwritten
from .problems import Problem, WorkbookError
from .reach import reach_of
from .sources import open_workbook
from .sqltext import fill
from .tables import BY_NAME, TABLES

LOCK = "workbook.import"
MANY_ROWS = 100
# Rows of these sheets fill other tables as well: the period that is open, the paths of the tree.
FILLED_BESIDE = {
    "members": (history.MEMBERSHIPS.stored,),
    "organizations": (history.PLACEMENTS.stored, OrganizationPath._meta.db_table),
}
SETTINGS = """
SET LOCAL work_mem = '128MB';
SET LOCAL jit = off;
"""


@dataclass
class ImportReport:
    """What an import did, or with `dry_run` would do, and for whom. `tables` is {name: Counts} of
    those in the workbook, in the order of writing; `warnings` are Problems that kept no row out."""

    dry_run: bool
    by: object = None
    tables: dict = field(default_factory=dict)
    warnings: list = field(default_factory=list)

    @property
    def has_changes(self):
        return any(counts.created or counts.updated for counts in self.tables.values())


class _Undo(Exception):
    """Leaves the transaction of a dry run."""


def import_workbook(
    source,
    *,
    effective,
    by=None,
    on=None,
    reason="",
    dry_run=False,
    aliases=None,
    progress=None,
    steps=None,
    preview=None,
    max_bytes=None,
) -> ImportReport:
    """Import a workbook, all of it or nothing.

    source     path of an .xlsx, a folder of .csv files or a .zip of them; or such a file, open
    effective  from which day changed names, kinds, classes and undated moves hold
    by         the user who imports, and reaches no further than they answer for (reach.py);
               None for an operator, who reaches everything
    on         the day whose grants count for `by`, who needs one
    reason     why it changes what was stored, for the audit trail
    aliases    what headings mean that the workbook does not know (aliases.py); None for what is
               remembered for the whole installation
    progress   called with (table name, rows read so far of it) as rows are read
    steps      called with (a key of progress.STEPS, table name or "") as each begins
    preview    a preview.Preview that takes down what changes, field by field
    max_bytes  refuse a larger file

    Raises WorkbookError with every problem there is; nothing is saved then.
    """
    if by is not None and on is None:
        raise TypeError("import_workbook: the grants of a user are those of a day: on=…")
    try:
        with recording(by, reason), open_workbook(source, max_bytes=max_bytes) as sheets:
            report = ImportReport(dry_run, by)
            _Import(
                sheets,
                effective,
                report,
                reach_of(by, "import_workbook", on=on),
                aliases_for(None, on=on) if aliases is None else aliases,
                progress=progress,
                steps=steps,
                preview=preview,
            ).run()
            if dry_run:
                raise _Undo
    except _Undo:
        pass
    return report


def import_upload(file, **options) -> ImportReport:
    """`import_workbook` of a file that came through the browser, where there is a limit."""
    return import_workbook(file, max_bytes=settings.IMPORT_MAX_UPLOAD_BYTES, **options)


class _Import:
    def __init__(self, sheets, effective, report, reach, aliases, *, progress, steps, preview):
        self.reach, self.aliases = reach, aliases
        self.effective, self.report, self.preview = effective, report, preview
        self.progress, self.begin = progress, steps or (lambda step, table="": None)
        found, self.problems = staging.assign_sheets(sheets, aliases)
        self.sheets = {name: found[name] for name in BY_NAME if name in found}
        self.supplied = {table.name: set() for table in TABLES}
        self.misnamed = set()  # tables with unknown columns: one of them may be a missing one
        self.unread = set()  # tables whose rows are not known, so that any reference may be right

    def run(self):
        with connection.cursor() as self.cursor:
            self.cursor.execute(SETTINGS)
            self.begin("waiting")
            self.cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
            # Tables of an import before this one in the same transaction. At its end they go by
            # themselves, which is cheaper: a DROP looks through all trigger events there were.
            self.cursor.execute("DISCARD TEMP")
            self.reach.gather(self.cursor)
            self.stage()
            self.begin("checking")
            self.resolve()
            self.check()
            if self.problems:
                self.refuse()
            if self.preview:
                self.preview.take_before(self.cursor, self.sheets, self.reach)
            self.write()
            self.report.tables = {name: count_rows(self.cursor, name) for name in self.sheets}
            if self.preview:
                self.begin("comparing")
                self.preview.take_after(self.cursor)
            self.analyze()
            self.adopt()
            self.warn()

    def refuse(self):
        counts = count_unwritten(self.cursor, self.sheets, self.problems) if self.preview else {}
        raise WorkbookError(sorted(self.problems, key=_place_order), counts)

    def stage(self):
        stagers = []
        for table in TABLES:
            staging.create_stage(self.cursor, table)
            if table.name not in self.sheets:
                continue
            self.begin("reading", table.name)
            stager = staging.Stager(table, self.sheets[table.name], self.aliases, self.progress)
            stager.load(self.cursor)
            stagers.append(stager)
            self.problems += stager.problems
            if not stager.is_read:
                self.unread.add(table.name)
            if stager.unknown:
                self.misnamed.add(table.name)
            self.supplied[table.name] = {column.name for column in stager.columns}
            self.cursor.execute(fill("ANALYZE {stage}", stage=staging.stage_name(table)))
        self.problems += staging.no_headings(stagers)

    def resolve(self):
        for table in TABLES:
            if table.name in resolving.REFERRED:
                resolving.number_new_codes(self.cursor, table, self.reach)
        for table in TABLES:
            resolving.resolve_rows(self.cursor, table, self.supplied[table.name], self.reach)
            if table.name == "organizations":
                self.cursor.execute(GRASSROOTS)
                self.reach.keep_parents(self.cursor)
            if table.name == "directives":
                resolving.gather_directives(self.cursor, self.reach)
        for link in (history.PLACEMENTS, history.MEMBERSHIPS):
            history.link_periods(self.cursor, link, self.supplied[link.owners], self.effective)
        for values in (history.ORGANIZATION_VALUES, history.MEMBER_VALUES):
            history.keep_earlier_values(self.cursor, values, self.effective)
        self.cursor.execute(checks.GATHER_ORGANIZATIONS)

    def check(self):
        for check in self.gather_checks():
            self.problems += check.run(self.cursor)

    def gather_checks(self):
        for name in self.sheets:
            table, supplied = BY_NAME[name], self.supplied[name]
            yield from checks.checks_of(table, supplied, self.unread, self.reach)
            if name not in self.misnamed:
                yield from checks.missing_columns(table, supplied)
        yield from self.reach.checks
        yield from checks.CHECKS

    def write(self):
        """Deferred constraints are asked before the end, so that what they refuse is a problem."""
        try:
            with transaction.atomic():
                writing.write_all(
                    self.cursor, self.sheets.keys(), lambda name: self.begin("writing", name)
                )
                self.begin("confirming")
                self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                self.cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError as error:
            raise WorkbookError([_refused(error)]) from error

    def analyze(self):
        """Else the next queries would be planned for the tables as they were: a board of a first
        large import took seconds, the plan of a roll-up thirty times as long."""
        for name, counts in self.report.tables.items():
            if counts.created + counts.updated > MANY_ROWS:
                for stored in (BY_NAME[name].db_table, *FILLED_BESIDE.get(name, ())):
                    # Only its owner may analyze a table: accounts/sql/privileges.sql.
                    self.cursor.execute(fill("SELECT analyze_table('{stored}')", stored=stored))

    def adopt(self):
        """Visits that nobody confirmed wait for their office (visits_settle.sql)."""
        if "attendance" in self.sheets:
            self.cursor.execute("SELECT adopt_unconfirmed()")

    def warn(self):
        for check in checks.ODDITIES:
            self.report.warnings += check.run(self.cursor)


GRASSROOTS = """
UPDATE row_organizations SET grassroots = kind = 'grassroots_committee' WHERE grassroots IS NULL
"""


def _place_order(problem):
    order = list(BY_NAME)
    known = problem.table in BY_NAME
    return (known, order.index(problem.table) if known else 0, problem.row or 0)


def _refused(error):
    """A constraint that no check foresaw, in its own words."""
    diagnosis = error.__cause__.diag
    table = next((table for table in TABLES if table.db_table == diagnosis.table_name), None)
    constraints = {each.name: each for each in table.model._meta.constraints} if table else {}
    if constraint := constraints.get(diagnosis.constraint_name):
        told = constraint.get_violation_error_message()
    else:
        told = diagnosis.message_primary
    message = _("the database refuses this: %(message)s (%(constraint)s)") % {
        "message": told,
        "constraint": diagnosis.constraint_name,
    }
    return Problem(table.name if table else "workbook", None, "", message)
