"""What the commands and pages call: one workbook in, one workbook out."""

from .importing import Counts, ImportReport, import_workbook
from .problems import Problem, WorkbookError

__all__ = ["Counts", "ImportReport", "Problem", "WorkbookError", "import_workbook"]
