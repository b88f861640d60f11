"""What the commands and pages call: one workbook in, one workbook out."""

from .counting import Counts
from .exporting import export_workbook
from .importing import ImportReport, import_upload, import_workbook
from .outputs import ExportError
from .problems import Problem, WorkbookError

__all__ = [
    "Counts",
    "ExportError",
    "ImportReport",
    "Problem",
    "WorkbookError",
    "export_workbook",
    "import_upload",
    "import_workbook",
]
