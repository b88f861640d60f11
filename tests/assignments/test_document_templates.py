"""Templates that an office edits: what they may hold, who uses them, what is refused and named."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse
from django.utils import translation
from docx import Document

from accounts.choices import Role
from assignments.choices import DocumentKind
from assignments.documents import word
from assignments.documents.builtin import builtin_template
from assignments.documents.sample import sample
from assignments.documents.templates import template_in_use
from assignments.models import DocumentTemplate
from tests import builders as make
from tests.pages import count_queries, text_of


def edited(kind="decision", *texts, header=""):
    """The template of the application with some paragraphs more."""
    document = Document(io.BytesIO(builtin_template(kind)))
    for text in texts:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.add_paragraph(header)
    return saved(document)


def saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def repacked(content, **parts):
    """The package with parts put in or exchanged; `__` in a name stands for a slash."""
    parts = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in parts.items()}
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, text in parts.items():
            new.writestr(name, text)
    return file.getvalue()


def faults_of(content, kind="decision"):
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        word.check_template(content, kind=kind)
    return refusal.value.messages


@pytest.mark.parametrize("kind", DocumentKind.values)
def test_the_templates_of_the_application_pass(kind):
    word.check_template(builtin_template(kind), kind=kind)


def test_a_field_that_the_application_leaves_out_can_be_put_in():
    content = edited(
        "decision",
        "Vai trò:",
        "{%p for ai in phan_cong %}",
        "{{ loop.index }}/{{ loop.length }} {{ ai.ho_ten }}: {{ ai.vai_tro }}"
        "{% if ai.den_ngay %}!{% endif %}",
        "{%p endfor %}",
    )
    word.check_template(content, kind="decision")
    made = Document(io.BytesIO(word.fill(content, sample("decision"), kind="decision")))
    assert [each.text for each in made.paragraphs][-3:] == [
        "Vai trò:",
        "1/2 ho_ten 1: vai_tro 1!",
        "2/2 ho_ten 2: vai_tro 2!",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ so_ki_hieu }}", "There is no field “so_ki_hieu”. Is “so_ky_hieu” meant?"),
        ("{{ zzzzqqqq }}", "There is no field “zzzzqqqq”. There are: cap_tren, co_quan,"),
        ("{{ thanh_vien }}", "There is no field “thanh_vien”."),
        (
            "{% for ai in phan_cong %}{{ ai.hoten }}{% endfor %}",
            "There is no field “ai.hoten”. Is “ai.ho_ten” meant?",
        ),
        ("{% for ai in phan_con %}{% endfor %}", "“phan_con”. Is “phan_cong” meant?"),
        ("{{ ai.ho_ten }}", "There is no field “ai.ho_ten”."),
        ("{{ trich_yeu.__class__.__mro__ }}", "“….__mro__”"),
        ("{{ phan_cong.append }}", "“phan_cong.append”"),
        ("{{ phan_cong[0] }}", "“getitem” is not allowed"),
        ("{{ trich_yeu.upper() }}", "“call” is not allowed"),
        ("{{ trich_yeu|upper }}", "“filter” is not allowed"),
        ("{{ 'a' * 999999999 }}", "“mul” is not allowed"),
        ("{% set x = 1 %}", "“assign” is not allowed"),
        ("{% include 'a' %}", "“include” is not allowed"),
        ("{% for i in range(9) %}{% endfor %}", "There is no field “…”."),
        (
            "{% for a in phan_cong %}{% for b in phan_cong %}{% endfor %}{% endfor %}",
            "A loop cannot stand in another loop",
        ),
        ("{% for ai in phan_cong %}", "The template cannot be read"),
        ("{{ trich_yeu", "The template cannot be read"),
        ("{% endif %}", "The template cannot be read"),
    ],
)
def test_wrong_fields_are_named(text, fault):
    (found, *_others) = faults_of(edited("decision", text))
    assert fault in found


def test_all_faults_are_told_at_once_headers_too():
    content = edited("plan", "{{ nam_hoc }}", "{{ doan_x }}", header="{{ noi_di }}")
    assert [each.partition("”")[0] for each in faults_of(content, "plan")] == [
        "There is no field “nam_hoc",
        "There is no field “doan_x",
        "There is no field “noi_di",
    ]


def test_a_field_of_another_kind_is_wrong():
    assert "“doan”" in faults_of(edited("decision", "{{ doan }}"))[0]
    word.check_template(edited("plan", "{{ doan }}"), kind="plan")


TYPES = '<Types><Override PartName="/word/document.xml" ContentType="{}"/></Types>'
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://a/{}" Target="http://evil.example/a" '
    'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"%PDF-1.7", "no Word document"),
        (b"PK\x03\x04damaged", "no Word document"),
        (repacked(builtin_template("list"), xl__workbook_DOT_xml="<a/>")[:900], "no Word"),
        (
            repacked(builtin_template("list"), word__vbaProject_DOT_bin="x"),
            "macros or embedded objects",
        ),
        (
            repacked(builtin_template("list"), word__embeddings__a_DOT_bin="x"),
            "macros or embedded objects",
        ),
        (
            repacked(
                builtin_template("list"),
                **{
                    "[Content_Types].xml": TYPES.format(
                        "application/vnd.ms-word.document.macroEnabled.main+xml"
                    )
                },
            ),
            "macros or embedded objects",
        ),
        (
            repacked(
                builtin_template("list"),
                word___rels__settings_DOT_xml_DOT_rels=RELATION.format("attachedTemplate"),
            ),
            "fetches parts from elsewhere",
        ),
        (
            repacked(
                builtin_template("list"),
                word___rels__header9_DOT_xml_DOT_rels=RELATION.format("image"),
            ),
            "fetches parts from elsewhere",
        ),
        (
            repacked(
                builtin_template("list"),
                word__header9_DOT_xml="<w:instrText>DDEAUTO c:\\cmd</w:instrText>",
            ),
            "fetch or run something",
        ),
        (
            repacked(builtin_template("list"), word__a_DOT_xml='<!DOCTYPE a [<!ENTITY b "c">]>'),
            "fetch or run something",
        ),
        (
            repacked(builtin_template("list"), word__media__a_DOT_png=b"\0" * (21 * 1024**2)),
            "unpacks to more",
        ),
        (repacked(builtin_template("list"), word__a_DOT_xml=b" " * (3 * 1024**2)), "unpacks to"),
        (b"\0" * (6 * 1024**2), "at most 5 MB"),
    ],
)
def test_what_acts_by_itself_or_is_too_much_is_refused(content, fault):
    assert fault in faults_of(content, "list")[0]


def test_a_wrong_template_that_got_into_the_database_runs_nothing():
    content = edited("list", "{{ trich_yeu.upper() }}")
    with pytest.raises(ValidationError):
        word.fill(content, sample("list"), kind="list")


class TemplateViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D", name="Quận ủy")
        cls.ward, _branches = make.make_ward("W", parent=cls.district)
        cls.board = make.make_user()
        make.grant(cls.board, Role.BOARD, cls.district)

    def setUp(self):
        self.client.cookies["language"] = "en"
        self.enterContext(translation.override("en"))
        self.client.force_login(self.board)

    def upload(self, content, *, kind="decision", organization=None, name="mau.docx"):
        url = reverse("assignments:template_upload", args=[kind])
        query = f"?org={(organization or self.district).pk}"
        return self.client.post(url + query, {"template": SimpleUploadedFile(name, content)})

    def in_use(self, organization, kind="decision"):
        return template_in_use(organization, kind, on=make.LONG_AGO)

    def test_an_edited_template_with_a_new_field_makes_the_documents(self):
        content = edited("decision", "Gửi {{ dia_danh }}")
        assert self.upload(content).status_code == 302
        directive = make.make_directive(self.district)
        url = reverse("assignments:document_decision", args=[directive.pk])
        form = self.client.get(url).context["form"]
        values = {name: form[name].value() or "x" for name in form.fields}
        values |= {"day": "05/03/2025", "place": "Cái Răng", "docx": "1"}
        made = Document(io.BytesIO(self.client.post(url, values).content))
        assert made.paragraphs[-1].text == "Gửi Cái Răng"

    def test_a_wrong_field_is_named_and_the_template_refused(self):
        response = self.upload(edited("decision", "{{ dia_dan }}", "{{ nguoi_ki }}"))
        assert response.context["form"].errors["template"] == [
            "There is no field “dia_dan”. Is “dia_danh” meant?",
            "There is no field “nguoi_ki”. Is “nguoi_ky” meant?",
        ]
        assert not DocumentTemplate.objects.exists()

    def test_those_below_use_it_until_they_have_their_own(self):
        self.upload(edited("decision", "của quận"))
        assert self.in_use(self.ward).version.organization == self.district
        assert self.in_use(self.ward).inherited
        assert self.in_use(self.ward, "plan").version is None
        self.upload(edited("decision", "của phường"), organization=self.ward)
        assert self.in_use(self.ward).version.organization == self.ward
        assert self.in_use(self.district).version.organization == self.district

    def test_versions_and_the_way_back(self):
        self.upload(edited("decision", "một"), name="một.docx")
        self.upload(edited("decision", "hai"), name="hai.docx")
        assert self.in_use(self.district).version.version == 2
        url = reverse("assignments:templates")
        page = text_of(self.client.get(url))
        assert "một.docx" in page
        assert "hai.docx" in page
        first = DocumentTemplate.objects.get(version=1)
        answer = self.client.get(reverse("assignments:template_version", args=[first.pk]))
        assert Document(io.BytesIO(answer.content)).paragraphs[-1].text == "một"
        give_up = reverse("assignments:template_give_up", args=["decision"])
        assert self.client.get(give_up).status_code == 200
        assert DocumentTemplate.objects.count() == 2
        assert self.client.post(give_up).status_code == 302
        assert self.in_use(self.district).version is None
        assert self.client.get(
            reverse("assignments:template_download", args=["decision"])
        ).content == builtin_template("decision")
        self.upload(answer.content)
        assert self.in_use(self.district).version.version == 4

    def test_the_one_in_use_and_the_applications_own_can_be_downloaded(self):
        self.upload(edited("decision", "một"))
        url = reverse("assignments:template_download", args=["decision"])
        assert Document(io.BytesIO(self.client.get(url).content)).paragraphs[-1].text == "một"
        assert self.client.get(url, {"builtin": "1"}).content == builtin_template("decision")
        assert (
            self.client.get(reverse("assignments:template_download", args=["letter"])).status_code
            == 404
        )

    def test_who_may(self):
        office = make.make_user()
        make.grant(office, Role.OFFICE, self.district)
        self.client.force_login(office)
        assert self.client.get(reverse("assignments:templates")).status_code == 200
        assert self.upload(edited()).status_code == 403
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        self.client.force_login(ward_board)
        assert self.upload(edited()).status_code == 404
        assert self.upload(edited(), organization=self.ward).status_code == 302

    def test_the_page_lists_the_fields(self):
        url = reverse("assignments:template_upload", args=["plan"])
        page = text_of(self.client.get(url))
        for words in ("{{ truong_doan }}", "{{ thanh_vien }}", "ho_ten, chuc_vu, chi_bo"):
            assert words in page

    def test_cost_does_not_grow(self):
        url = reverse("assignments:templates")
        few = count_queries(self.client, url)
        for number in range(3):
            self.upload(edited("decision", str(number)))
        assert count_queries(self.client, url) == few <= 12
        assert count_queries(self.client, reverse("assignments:documents")) <= 13
