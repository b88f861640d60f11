"""Pages of the workbook: imports, headings, and the download of one's own data."""

from .imports import (
    heading_forget,
    heading_list,
    import_again,
    import_commit,
    import_detail,
    import_discard,
    import_file,
    import_headings,
    import_list,
    import_rows,
    import_start,
    import_undo,
)
from .own_data import own_data

__all__ = [
    "heading_forget",
    "heading_list",
    "import_again",
    "import_commit",
    "import_detail",
    "import_discard",
    "import_file",
    "import_headings",
    "import_list",
    "import_rows",
    "import_start",
    "import_undo",
    "own_data",
]
