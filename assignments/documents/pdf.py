"""PDF documents, set by typst from the project's own sources and typeface: the same everywhere."""

import json
from pathlib import Path

import typst

from ..choices import DocumentKind

HERE = Path(__file__).parent
SOURCES, FONTS = HERE / "typst", HERE / "fonts"
MEDIA_TYPE = "application/pdf"


def set_pdf(fields, *, kind):
    """The document as PDF, bytes. The fields (see fields.py) go in as JSON, so that no text of
    theirs is read as markup."""
    return typst.compile(
        SOURCES / f"{DocumentKind(kind).value}.typ",
        root=SOURCES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"fields": json.dumps(fields, ensure_ascii=False)},
    )
