"""PDF documents, set by typst from the project's own sources and typeface: the same everywhere."""

import json
from dataclasses import asdict
from pathlib import Path

import typst

from ..choices import DocumentKind
from .layouts import LAYOUTS, Each, Table

HERE = Path(__file__).parent
SOURCES, FONTS = HERE / "typst", HERE / "fonts"
MEDIA_TYPE = "application/pdf"


def set_pdf(fields, *, kind, mark=""):
    """The document as PDF, bytes. The fields (see fields.py) go in as JSON, so that no text of
    theirs is read as markup. `mark` stands in the header of every page."""
    source = "paper" if kind in LAYOUTS else DocumentKind(kind).value
    inputs = {"fields": json.dumps(fields, ensure_ascii=False), "mark": mark}
    if kind in LAYOUTS:
        inputs["layout"] = json.dumps(_laid_out(LAYOUTS[kind], fields), ensure_ascii=False)
    return typst.compile(
        SOURCES / f"{source}.typ",
        root=SOURCES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
    )


def _laid_out(layout, fields):
    """The blocks of a layout with their texts filled and their lists beside them."""
    blocks = []
    for block in layout.blocks:
        parts = {"kind": type(block).__name__.lower(), **asdict(block)}
        if "text" in parts:
            parts["text"] = block.text.format_map(fields)
        if isinstance(block, (Each, Table)):
            parts["items"] = fields[block.items]
        blocks.append(parts)
    return {"numbered": layout.numbered, "blocks": blocks}
