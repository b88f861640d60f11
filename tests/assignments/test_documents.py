"""Each produced file is read: every field, margin, font and heading of docs/documents.md."""

import io
import re
import zipfile
from datetime import date

from django.test import TestCase
from django.urls import reverse
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt
from pypdf import PdfReader

from accounts.choices import Role
from accounts.models import AccessLog
from assignments.choices import DocumentKind
from assignments.documents import pdf, word
from assignments.documents.builtin import builtin_template
from assignments.documents.content import day_in_words, place_of
from assignments.documents.fields import FIELDS, ITEMS
from assignments.documents.sample import sample
from branches.periods import period
from tests import builders as make
from tests import paper_builders as papers

DAY = date(2025, 3, 5)
A4 = (595.28, 841.89)  # points
MM = 72 / 25.4
HEADINGS = {
    "decision": ("QUYẾT ĐỊNH", "Điều 1.", "Điều 2.", "Điều 3.", "Nơi nhận:"),
    "list": ("DANH SÁCH", "Nơi nhận:"),
    "plan": ("KẾ HOẠCH", "I. ", "II. ", "III. ", "IV. ", "V. ", "Nơi nhận:"),
    "minutes": ("BIÊN BẢN", "I. ", "II. ", "III. ", "IV. ", "V. ", "THƯ KÝ", "CHỦ TỌA"),
    **dict.fromkeys(
        ("review2a", "review2b", "review2c"),
        ("BẢN KIỂM ĐIỂM", "I. ", "II. ", "III. ", "IV. ", "V. ", "VI. ", "T/M CHI ỦY"),
    ),
    "self05": ("BẢN TỰ ĐÁNH GIÁ", "I. ", "II. ", "III. ", "NGƯỜI TỰ ĐÁNH GIÁ"),
    "rerate03": ("QUYẾT ĐỊNH", "Điều 1.", "Điều 2.", "Điều 3.", "Nơi nhận:"),
    "dossier4": ("DANH MỤC HỒ SƠ",),
    "ballot1": ("PHIẾU BIỂU QUYẾT",),
    "ballot2": ("PHIẾU BÌNH CHỌN",),
    "count": ("BIÊN BẢN KIỂM PHIẾU", "TỔ KIỂM PHIẾU", "CHỦ TỌA"),
    "summary": ("BẢNG TỔNG HỢP", "Nơi nhận:"),
}


def paragraphs_of(document):
    """All paragraphs, those in tables too, in their order."""
    for part in document.element.body.iter(qn("w:p")):
        yield type(document.paragraphs[0])(part, document)


def paragraph_with(document, text):
    return next(each for each in paragraphs_of(document) if each.text.strip() == text)


def words_of(content):
    """The text of a PDF, with one space wherever there is any."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def glyphs_of(page):
    """(text, x, y, size, font) of every piece of a page, in points from the lower left."""
    found = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            x = matrix[0] * text_matrix[4] + matrix[4]
            y = matrix[3] * text_matrix[5] + matrix[5]
            found.append((text.strip(), x, y, size * abs(text_matrix[0] or 1), font["/BaseFont"]))

    page.extract_text(visitor_text=visit)
    return found


class WordLayoutTests(TestCase):
    def filled(self, kind):
        made = word.fill(builtin_template(kind), sample(kind), kind=kind)
        return Document(io.BytesIO(made))

    def test_page_margins_and_font(self):
        for kind in DocumentKind.values:
            document = self.filled(kind)
            (section,) = document.sections
            assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
            margins = (
                section.top_margin,
                section.bottom_margin,
                section.left_margin,
                section.right_margin,
            )
            assert [round(each.mm) for each in margins] == [20, 20, 30, 15]
            normal = document.styles["Normal"]
            assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(14))
            assert normal.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
            fonts = normal.element.rPr.rFonts.attrib.values()
            assert {"Times New Roman"} == set(fonts)

    def test_head(self):
        document = self.filled("decision")
        left, right = document.tables[0].rows[0].cells
        texts = [each.text for each in left.paragraphs]
        assert texts == ["cap_tren", "co_quan", "*", "Số so_ky_hieu"]
        assert [each.runs[0].bold for each in left.paragraphs] == [False, True, False, False]
        party, place = right.paragraphs
        assert (party.text, party.runs[0].bold) == ("ĐẢNG CỘNG SẢN VIỆT NAM", True)
        assert 'w:bottom w:val="single"' in party._p.xml
        assert (place.text, place.runs[0].italic) == ("dia_danh, ngay_thang", True)
        for each in (*left.paragraphs, *right.paragraphs):
            assert each.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER

    def test_without_anything_above_the_left_begins_with_the_issuer(self):
        fields = sample("decision") | {"cap_tren": ""}
        made = Document(
            io.BytesIO(word.fill(builtin_template("decision"), fields, kind="decision"))
        )
        assert made.tables[0].rows[0].cells[0].paragraphs[0].text == "co_quan"

    def test_title_body_and_foot(self):
        document = self.filled("decision")
        for text in ("QUYẾT ĐỊNH", "trich_yeu", "-----", "tham_quyen QUYẾT ĐỊNH:"):
            found = paragraph_with(document, text)
            assert found.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
            assert found.runs[0].bold == (text != "-----")
        for ground in ("- can_cu 1", "- can_cu 2"):
            found = paragraph_with(document, ground).paragraph_format
            assert round(found.first_line_indent.mm) == 10
        left, right = document.tables[-1].rows[0].cells
        assert [each.text for each in left.paragraphs] == [
            "Nơi nhận:",
            "- noi_nhan 1",
            "- noi_nhan 2",
        ]
        assert left.paragraphs[0].runs[0].underline
        assert [each.runs[0].font.size for each in left.paragraphs] == [Pt(14), Pt(12), Pt(12)]
        signed = [each for each in right.paragraphs if each.text]
        assert [each.text for each in signed] == ["thay_mat", "chuc_vu_ky", "nguoi_ky"]
        assert [each.runs[0].bold for each in signed] == [True, False, True]

    def test_pages_are_numbered_in_the_header_from_the_second_on(self):
        (section,) = self.filled("plan").sections
        assert section.different_first_page_header_footer
        (number,) = section.header.paragraphs
        assert number.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert "PAGE" in number._p.xml
        assert number.runs[0].font.size == Pt(13)
        assert section.first_page_header.paragraphs[0].text == ""

    def test_every_field_and_heading(self):
        for kind in DocumentKind.values:
            with self.subTest(kind=kind):
                text = "\n".join(each.text for each in paragraphs_of(self.filled(kind)))
                assert "{" not in text
                for words in expected_words(kind):
                    assert words in text
                for heading in HEADINGS[kind]:
                    assert re.search(rf"^{re.escape(heading)}", text, re.M), heading


# What the application's own templates leave out: columns for which a sheet has no room.
LEFT_OUT = {
    "decision": {"vai_tro", "so_lan_du", "den_ngay"},
    "list": {"so_lan_du", "tham_quyen", "can_cu"},
    "plan": {"tham_quyen"},
    "summary": {"tham_quyen", "can_cu"},
    # Two sign it, on behalf of nobody else; it is sent to nobody.
    "minutes": {"tham_quyen", "thay_mat", "chuc_vu_ky", "nguoi_ky", "can_cu", "noi_nhan"},
}


def expected_words(kind):
    """What stands in a document made of the sample: each field, each field of each item."""
    for name in set(FIELDS[kind]) - LEFT_OUT.get(kind, set()):
        if name not in ITEMS:
            yield name
        elif ITEMS[name] is None:
            yield from (f"{name} 1", f"{name} 2")
        else:
            for field in set(ITEMS[name]) - LEFT_OUT.get(kind, set()):
                yield from (
                    str(place) if field == "stt" else f"{field} {place}" for place in (1, 2)
                )


class PdfLayoutTests(TestCase):
    def test_page_fonts_and_margins(self):
        for kind in DocumentKind.values:
            with self.subTest(kind=kind):
                reader = PdfReader(io.BytesIO(pdf.set_pdf(sample(kind), kind=kind)))
                page = reader.pages[0]
                size = (float(page.mediabox.width), float(page.mediabox.height))
                assert all(abs(one - other) < 0.1 for one, other in zip(size, A4, strict=True))
                pieces = glyphs_of(page)
                assert {"Tinos" in font for *_rest, font in pieces} == {True}
                assert min(x for _text, x, *_rest in pieces) >= 30 * MM - 0.5
                assert max(y for _text, _x, y, *_rest in pieces) <= A4[1] - 20 * MM
                assert min(y for _text, _x, y, *_rest in pieces) >= 20 * MM

    def test_sizes_weights_and_first_lines(self):
        content = pdf.set_pdf(sample("decision"), kind="decision")
        pieces = glyphs_of(PdfReader(io.BytesIO(content)).pages[0])

        def piece(words):
            return next(each for each in pieces if words in each[0])

        for words, size, font in (
            ("ĐẢNG CỘNG SẢN VIỆT NAM", 15, "Tinos-Bold"),
            ("co_quan", 14, "Tinos-Bold"),
            ("cap_tren", 14, "Tinos"),
            ("dia_danh", 14, "Tinos-Italic"),
            ("QUYẾT ĐỊNH", 16, "Tinos-Bold"),
            ("trich_yeu", 14, "Tinos-Bold"),
            ("Điều 1.", 14, "Tinos"),
            ("noi_nhan 1", 12, "Tinos"),
            ("thay_mat", 14, "Tinos-Bold"),
            ("chuc_vu_ky", 14, "Tinos"),
            ("nguoi_ky", 14, "Tinos-Bold"),
        ):
            with self.subTest(words=words):
                _text, _x, _y, found_size, found_font = piece(words)
                assert round(found_size) == size
                assert found_font.partition("+")[2].removesuffix("-Regular") == font
        for words in ("Điều 1.", "Điều 2.", "Điều 3.", "- can_cu 1"):
            assert abs(piece(words)[1] - 40 * MM) < 0.5
        assert piece("ĐẢNG CỘNG SẢN")[1] > piece("co_quan")[1]

    def test_every_field_and_heading(self):
        for kind in DocumentKind.values:
            with self.subTest(kind=kind):
                text = words_of(pdf.set_pdf(sample(kind), kind=kind))
                for words in [*expected_words(kind), *HEADINGS[kind], "-----"]:
                    assert words.strip() in text, words

    def test_pages_are_numbered_from_the_second_on(self):
        fields = sample("list")
        row = fields["phan_cong"][0]
        fields["phan_cong"] = [row | {"ho_ten": f"Người {place}"} for place in range(80)]
        pages = PdfReader(io.BytesIO(pdf.set_pdf(fields, kind="list"))).pages
        assert len(pages) >= 3
        for place, page in enumerate(pages, start=1):
            above = [each for each in glyphs_of(page) if each[2] > A4[1] - 20 * MM]
            assert [each[0] for each in above] == ([str(place)] if place > 1 else [])
            if above:
                assert round(above[0][3]) == 13
                assert abs(above[0][1] - (30 + 165 / 2) * MM) < 6
            assert "Họ và tên" in " ".join(page.extract_text().split())

    def test_no_text_is_read_as_markup(self):
        nasty = '*đậm* #read("/etc/passwd") $x$ <a> @b "c" \\ {{ 7*7 }}'
        text = words_of(pdf.set_pdf(sample("list") | {"trich_yeu": nasty}, kind="list"))
        assert nasty in text


class ContentTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.city = make.make_organization("province", code="T", name="Thành ủy Cần Thơ")
        cls.district = make.make_organization(
            "district", code="D", name="Quận ủy Cái Răng", parent=cls.city
        )
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", parent=cls.district, branches=2)
        cls.secretary = make.make_member(cls.second, full_name="Đỗ Bí Thư")
        make.make_position(cls.secretary, cls.district, rank="secretary", title="Bí thư")
        cls.cadre = make.make_member(cls.second, full_name="Trần Cán Bộ")
        make.make_position(cls.cadre, cls.district, title="Ủy viên Ban Thường vụ")
        cls.directive = make.make_directive(
            cls.district, number="15-QĐ/QU", title="Phân công cán bộ", issued_on=DAY
        )
        cls.team = make.make_team(cls.directive, cls.ward, cls.cadre, name="Đoàn <b>1</b> & 2")
        make.make_assignment(
            cls.cadre,
            cls.ward,
            since=date(2025, 4, 1),
            directive=cls.directive,
            role="team_leader",
            team=cls.team,
        )
        row = make.make_assignment(
            cls.secretary,
            cls.branch,
            since=date(2025, 4, 1),
            directive=cls.directive,
            role="team_member",
            team=cls.team,
            visits_due=2,
        )
        make.make_assignment(
            make.make_member(cls.second, full_name="Lê Đã Thôi"),
            cls.branch,
            since=date(2020, 1, 1),
            until=date(2025, 3, 4),
            directive=cls.directive,
        )
        make.make_task(cls.secretary, cls.branch, 2025, assignment=row, title="Giúp hộ nghèo")
        papers.make_indicator(cls.ward, 2025, name="Cây ăn trái", target="710.5", unit="ha")
        cls.branch.earlier.create(
            validity=period(None, date(2025, 5, 31)),
            name="Chi bộ Cũ",
            kind="branch",
            grassroots=False,
        )
        cls.office = make.make_user()
        make.grant(cls.office, Role.OFFICE, cls.city)

    def setUp(self):
        self.client.force_login(self.office)

    def make(self, page, *args, ending, **changes):
        url = reverse(f"assignments:{page}", args=args) + f"?org={self.district.pk}"
        form = self.client.get(url).context["form"]
        values = {name: form[name].value() for name in form.fields}
        values["day"] = "05/03/2025"
        values |= {"grounds": "Căn cứ A;\n\nCăn cứ B.", "recipients": "Như Điều 3,\nLưu."}
        return self.client.post(url, values | {ending: "1"} | changes)

    def text(self, page, *args, ending="docx", **changes):
        response = self.make(page, *args, ending=ending, **changes)
        assert response.status_code == 200, response.context["form"].errors
        assert response["Content-Disposition"].startswith("attachment;")
        if ending == "pdf":
            return words_of(response.content)
        document = Document(io.BytesIO(response.content))
        return " ".join(" ".join(each.text.split()) for each in paragraphs_of(document))

    def test_a_decision(self):
        for ending in ("docx", "pdf"):
            with self.subTest(ending=ending):
                text = self.text("document_decision", self.directive.pk, ending=ending)
                for words in (
                    "THÀNH ỦY CẦN THƠ",
                    "QUẬN ỦY CÁI RĂNG",
                    "Số 15-QĐ/QU",
                    "Cái Răng, ngày 05 tháng 3 năm 2025",
                    "Phân công cán bộ",
                    "- Căn cứ A; - Căn cứ B.",
                    "BAN THƯỜNG VỤ QUẬN ỦY CÁI RĂNG QUYẾT ĐỊNH:",
                    "Phân công 2 đồng chí",
                    "Trần Cán Bộ Ủy viên Ban Thường vụ W",
                    "Đỗ Bí Thư Bí thư Chi bộ Cũ 01/04/2025",
                    "T/M BAN THƯỜNG VỤ",
                    "BÍ THƯ",
                ):
                    assert words in text, words
                assert "Lê Đã Thôi" not in text

    def test_names_are_those_of_the_day(self):
        text = self.text("document_decision", self.directive.pk, day="01/06/2025")
        assert "Chi bộ Cũ" not in text
        assert "W-1" in text

    def test_a_list(self):
        for ending in ("docx", "pdf"):
            text = self.text("document_assignments", ending=ending, day="02/06/2025")
            assert "Danh sách có 2 phân công." in text
            assert "Thành viên đoàn" in text
            text = self.text("document_assignments", ending=ending, day="04/03/2025")
            assert "Danh sách có 1 phân công." in text
            assert "01/01/2020" in text  # that it would end was not known
            planned = make.make_assignment(
                self.secretary, self.second, since=DAY, until=date(2099, 12, 31)
            )
            text = self.text("document_assignments", ending=ending, day="31/12/2098")
            assert "05/03/2025 – 31/12/2099" in text
            planned.delete()

    def test_a_plan(self):
        for ending in ("docx", "pdf"):
            text = self.text("document_plan", self.team.pk, ending=ending, day="02/06/2025")
            for words in (
                "Đoàn <b>1</b> & 2 được lập theo Quyết định số 15-QĐ/QU, ngày 05/03/2025",
                "đồng chí Trần Cán Bộ, Ủy viên Ban Thường vụ.",
                "Đỗ Bí Thư Bí thư W-1 2 lần/tháng",
                "Cây ăn trái 710,5 ha",
                "Giúp hộ nghèo Đỗ Bí Thư",
                "CHỈ TIÊU NĂM 2025",
            ):
                assert words in text, words

    def test_what_is_typed_is_no_template(self):
        text = self.text("document_assignments", summary="{{ phan_cong }} <w:p>", day="02/06/2025")
        assert "{{ phan_cong }} <w:p>" in text

    def test_who_made_it_stands_in_the_log(self):
        self.text("document_decision", self.directive.pk)
        row = AccessLog.objects.get(kind="list_exported")
        assert (row.by, row.rows, row.note) == (self.office, 2, "decision.docx")

    def test_who_may(self):
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.city)
        ward_office = make.make_user()
        make.grant(ward_office, Role.OFFICE, self.ward)
        for user in (leader, ward_office):
            self.client.force_login(user)
            url = reverse("assignments:document_decision", args=[self.directive.pk])
            assert self.client.get(url).status_code == 403
        stranger = make.make_user()
        make.grant(stranger, Role.OFFICE, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(url).status_code == 404

    def test_wrong_values_are_told(self):
        for changes, field in (({"day": "31/02/2025"}, "day"), ({"place": ""}, "place")):
            form = self.make("document_assignments", ending="pdf", **changes).context["form"]
            assert list(form.errors) == [field]


def test_days_and_places_in_words():
    assert day_in_words(date(2026, 1, 9)) == "ngày 09 tháng 01 năm 2026"
    assert day_in_words(date(2026, 11, 22)) == "ngày 22 tháng 11 năm 2026"
    assert place_of("Đảng ủy phường Ba Láng") == "Ba Láng"
    assert place_of("Quận ủy Cái Răng") == "Cái Răng"
    assert place_of("D") == "D"


def test_the_packed_fonts_have_their_licence():
    assert {file.suffix for file in pdf.FONTS.iterdir()} == {".ttf", ".md", ""}
    assert "SIL OPEN FONT LICENSE" in (pdf.FONTS / "LICENSE").read_text().upper()
    assert zipfile.is_zipfile(io.BytesIO(builtin_template("list")))
