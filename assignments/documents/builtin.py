"""The Word templates that come with the application, in the layout of the Party's documents:
A4, margins 20/20/30/15 mm, Times New Roman, 14 pt, first lines 10 mm in, exact line spacing."""

import io
from functools import cache

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from ..choices import DocumentKind
from . import builtin_bodies, layouts

FONT = "Times New Roman"
LINE = Pt(18)
LEFT_WIDTH, RIGHT_WIDTH = Mm(75), Mm(90)
# The party's name in bold 15 pt is 76 mm wide: the line under it is as long, in the right column.
PARTY_INDENT = Mm(5)
CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


@cache
def builtin_template(kind):
    """The template for a kind of document, as the bytes of a .docx file."""
    document = Document()
    _set_page(document)
    _set_font(document)
    _number_pages(document)
    sheet = Sheet(document)
    if kind in layouts.LAYOUTS:
        _write_layout(sheet, layouts.LAYOUTS[kind])
    else:
        sheet.head()
        getattr(builtin_bodies, f"write_{DocumentKind(kind).value}")(sheet)
        if kind == DocumentKind.MINUTES:
            sheet.signed_by_two((("THƯ KÝ", "thu_ky"), ("CHỦ TỌA", "chu_toa")))
        else:
            sheet.foot()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _write_layout(sheet, layout):
    sheet.head(numbered=layout.numbered)
    for block in layout.blocks:
        match block:
            case layouts.Title(text):
                sheet.title(text, "{{ trich_yeu }}")
            case layouts.Centred(text):
                sheet.centred(_fields(text), bold="QUYẾT ĐỊNH:" in text)
            case layouts.Line(text, bold):
                sheet.paragraph(_fields(text), bold=bold)
            case layouts.Each(items):
                sheet.each(f"dong in {items}", "{{ dong }}")
            case layouts.Table(items, columns):
                named = [(head, f"{{{{ dong.{name} }}}}", width) for head, name, width in columns]
                sheet.table(f"dong in {items}", named)
            case layouts.Signed(people):
                sheet.signed_by_two(people)
            case layouts.Foot():
                sheet.foot()


def _fields(text):
    """{name} of a layout as the field of a template."""
    return text.replace("{", "{{ ").replace("}", " }}")


class Sheet:
    """A document that is written from top to bottom."""

    def __init__(self, document):
        self.document = document

    def line(self, text="", *, into=None, bold=False, italic=False, size=14, align=None, in_=0):
        """A paragraph of one run; returns it."""
        paragraph = into if into is not None else self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size)
        form = paragraph.paragraph_format
        form.alignment = align if align is not None else WD_ALIGN_PARAGRAPH.JUSTIFY
        form.first_line_indent = Mm(in_)
        return paragraph

    def centred(self, text, **more):
        return self.line(text, align=CENTRE, **more)

    def paragraph(self, text, **more):
        """A paragraph of the body, its first line 10 mm in."""
        return self.line(text, in_=10, **more)

    def tag(self, text):
        """A paragraph that goes when the template is filled: “for” and “if” stand in such."""
        return self.line(f"{{%p {text} %}}")

    def each(self, loop, text, **more):
        self.tag(f"for {loop}")
        self.paragraph(text, **more)
        self.tag("endfor")

    def table(self, loop, columns):
        """A table with a row for each item. columns: (heading, field text, width in mm)."""
        table = self.document.add_table(rows=4, cols=len(columns))
        table.style = "Table Grid"
        table.autofit = False
        for row, tag in ((1, f"for {loop}"), (3, "endfor")):
            self.line(f"{{%tr {tag} %}}", into=table.cell(row, 0).paragraphs[0], size=12)
        for place, (heading, text, width) in enumerate(columns):
            for row in table.rows:
                row.cells[place].width = Mm(width)
            first, third = table.cell(0, place), table.cell(2, place)
            self.line(heading, into=first.paragraphs[0], bold=True, size=12, align=CENTRE)
            align = CENTRE if width < 15 else WD_ALIGN_PARAGRAPH.LEFT
            self.line(text, into=third.paragraphs[0], size=12, align=align)
        _repeat(table.rows[0])
        for row in table.rows:
            for cell in row.cells:
                _space(cell.paragraphs[0], before=2, after=2)
        self.document.add_paragraph()

    def head(self, *, numbered=True):
        """Left the organizations and the number, right the Party's name, place and date."""
        left, right = self.columns()
        self.line("{%p if cap_tren %}", into=left.paragraphs[0], align=CENTRE)
        self.line("{{ cap_tren }}", into=left.add_paragraph(), align=CENTRE)
        self.line("{%p endif %}", into=left.add_paragraph(), align=CENTRE)
        self.line("{{ co_quan }}", into=left.add_paragraph(), bold=True, align=CENTRE)
        self.line("*", into=left.add_paragraph(), align=CENTRE)
        if numbered:
            self.line("Số {{ so_ky_hieu }}", into=left.add_paragraph(), align=CENTRE)
        party = self.line(
            "ĐẢNG CỘNG SẢN VIỆT NAM",
            into=right.paragraphs[0],
            bold=True,
            size=15,
            align=CENTRE,
        )
        _underline(party)
        place = self.line(
            "{{ dia_danh }}, {{ ngay_thang }}",
            into=right.add_paragraph(),
            italic=True,
            align=CENTRE,
        )
        _space(place, before=6, after=0)
        self.line()

    def title(self, kind, summary):
        """What kind of document it is and what it is about."""
        self.centred(kind, bold=True, size=16)
        self.centred(summary, bold=True)
        self.centred("-----")

    def foot(self):
        """Left the recipients, right on whose behalf and who signs."""
        self.line()
        left, right = self.columns()
        heading = self.line("Nơi nhận:", into=left.paragraphs[0], align=WD_ALIGN_PARAGRAPH.LEFT)
        heading.runs[0].underline = True
        for text in ("{%p for noi in noi_nhan %}", "- {{ noi }}", "{%p endfor %}"):
            self.line(text, into=left.add_paragraph(), size=12, align=WD_ALIGN_PARAGRAPH.LEFT)
        self.line("{{ thay_mat }}", into=right.paragraphs[0], bold=True, align=CENTRE)
        self.line("{{ chuc_vu_ky }}", into=right.add_paragraph(), align=CENTRE)
        for _line in range(3):
            self.line(into=right.add_paragraph(), align=CENTRE)
        self.line("{{ nguoi_ky }}", into=right.add_paragraph(), bold=True, align=CENTRE)

    def signed_by_two(self, people):
        """Posts side by side, below each the field with its name, if it has one."""
        self.line()
        for cell, (post, name) in zip(self.columns(), people, strict=True):
            self.line(post, into=cell.paragraphs[0], bold=True, align=CENTRE)
            for _line in range(3):
                self.line(into=cell.add_paragraph(), align=CENTRE)
            named = f"{{{{ {name} }}}}" if name else ""
            self.line(named, into=cell.add_paragraph(), bold=True, align=CENTRE)

    def columns(self):
        """Two cells without lines, side by side."""
        table = self.document.add_table(rows=1, cols=2)
        table.autofit = False
        for cell, width in zip(table.rows[0].cells, (LEFT_WIDTH, RIGHT_WIDTH), strict=True):
            cell.width = width
        return table.rows[0].cells


def _set_page(document):
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)


def _set_font(document):
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi", "w:ascii"):
        fonts.set(qn(script), FONT)
    form = normal.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before, form.space_after = Pt(0), Pt(6)


def _number_pages(document):
    """The number of the page centred in the header, from the second page on."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _underline(paragraph):
    """A solid line under the paragraph, as long as its text."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = PARTY_INDENT


def _space(paragraph, *, before, after):
    form = paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)


def _repeat(row):
    """Repeat the row at the head of each page that the table goes on to."""
    heading = OxmlElement("w:tblHeader")
    heading.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(heading)
