"""Official forms are marked until somebody has laid the original beside the template in use."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils.timezone import localdate
from docx import Document
from pypdf import PdfReader

from accounts.choices import Role
from assignments.documents import pdf, word
from assignments.documents.builtin import builtin_template
from assignments.documents.official import NOT_COMPARED
from assignments.documents.sample import sample
from assignments.documents.templates import template_in_use
from assignments.models import TemplateComparison
from tests import builders as make
from tests.pages import text_of

KIND = "review2b"


def headers_of(content):
    (section,) = Document(io.BytesIO(content)).sections
    parts = (section.first_page_header, section.header)
    return ["\n".join(each.text for each in part.paragraphs) for part in parts]


class MarkTests(TestCase):
    def test_the_mark_stands_on_every_page_of_word_and_pdf(self):
        fields = sample(KIND) | {"uu_diem": [f"Kết quả {number}" for number in range(80)]}
        made = word.fill(builtin_template(KIND), fields, kind=KIND, mark=NOT_COMPARED)
        assert all(NOT_COMPARED in text for text in headers_of(made))
        pages = PdfReader(io.BytesIO(pdf.set_pdf(fields, kind=KIND, mark=NOT_COMPARED))).pages
        assert len(pages) > 2
        assert all(NOT_COMPARED in page.extract_text() for page in pages)

    def test_without_it_nothing_stands_there(self):
        assert not any(
            map(str.strip, headers_of(word.fill(builtin_template(KIND), sample(KIND), kind=KIND)))
        )


class ComparisonTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, _branches = make.make_ward("W", parent=cls.district)
        cls.board = make.make_user()
        make.grant(cls.board, Role.BOARD, cls.district)

    def setUp(self):
        self.client.force_login(self.board)
        self.url = reverse("assignments:template_compare", args=[KIND])

    def in_use(self, organization):
        return template_in_use(organization, KIND, on=localdate())

    def compare(self, **values):
        return self.client.post(self.url, {"original": "HD 43, bản giấy", "agrees": "on"} | values)

    def test_the_mark_goes_for_the_organization_and_all_below(self):
        assert self.in_use(self.ward).mark == self.in_use(self.ward).pdf_mark == NOT_COMPARED
        assert self.compare().status_code == 302
        for organization in (self.district, self.ward):
            assert self.in_use(organization).mark == self.in_use(organization).pdf_mark == ""
        assert template_in_use(self.ward, "review2a", on=localdate()).mark == NOT_COMPARED
        assert "HD 43, bản giấy" in text_of(self.client.get(reverse("assignments:templates")))

    def test_an_edited_version_is_compared_again_but_the_pdf_is_not(self):
        self.compare()
        document = Document(io.BytesIO(builtin_template(KIND)))
        document.add_paragraph("Thêm")
        file = io.BytesIO()
        document.save(file)
        upload = SimpleUploadedFile("2b.docx", file.getvalue())
        answer = self.client.post(
            reverse("assignments:template_upload", args=[KIND]), {"template": upload}
        )
        assert answer.status_code == 302
        assert self.in_use(self.district).mark == NOT_COMPARED
        assert self.in_use(self.district).pdf_mark == ""

    def test_what_is_refused(self):
        assert self.compare(original="  ").status_code == 200
        assert self.compare(agrees="").status_code == 200
        assert not TemplateComparison.objects.exists()
        self.compare()
        assert self.compare().status_code == 200  # there is nothing left to say
        assert TemplateComparison.objects.count() == 1
        other = reverse("assignments:template_compare", args=["decision"])
        assert self.client.get(other).status_code == 404

    def test_who_may(self):
        office = make.make_user()
        make.grant(office, Role.OFFICE, self.district)
        self.client.force_login(office)
        assert self.compare().status_code == 403
