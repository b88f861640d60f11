import io
import zipfile
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import translation

from accounts.choices import Role
from accounts.models import JournalEntry
from assignments.models import Attachment, Directive
from branches.models import CommitteeTerm, StoredFile
from branches.periods import period
from tests import builders as make
from tests import paper_builders as papers
from tests.pages import count_queries, text_of

PDF = b"%PDF-1.7 signed"
DAY = date(2025, 3, 1)


def upload(content=PDF, name="QĐ 15.pdf"):
    return SimpleUploadedFile(name, content)


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return file.getvalue()


class DirectiveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D", name="Quận ủy Cái Răng")
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", parent=cls.district, branches=2)
        cls.cadre = make.make_member(cls.branch, full_name="Trần Cán Bộ")
        cls.directive = make.make_directive(
            cls.district, number="15-QĐ/QU", title="Phân công các đoàn cán bộ", issued_on=DAY
        )
        cls.board = make.make_user()
        make.grant(cls.board, Role.BOARD, cls.district)
        cls.list_url = reverse("assignments:directives")
        cls.url = reverse("assignments:directive", args=[cls.directive.pk])
        cls.values = {
            "kind": "decision",
            "issuer": "D",
            "issued_on": "05/03/2025",
            "number": "16-QĐ/QU",
            "title": "Phân công cấp ủy viên",
            "valid_to": "31/12/2026",
        }

    def setUp(self):
        self.client.cookies["language"] = "en"
        self.enterContext(translation.override("en"))
        self.client.force_login(self.board)

    def assign(self, **fields):
        return make.make_assignment(
            self.cadre, self.branch, since=DAY, directive=self.directive, **fields
        )

    def post(self, name, *args, **data):
        return self.client.post(reverse(f"assignments:{name}", args=args), data)


class ListTests(DirectiveTests):
    def listed(self, **query):
        return list(self.client.get(self.list_url, query).context["table"].page.object_list.data)

    def test_filters(self):
        plan = make.make_directive(
            self.ward,
            number="03-KH/ĐU",
            kind="plan",
            issued_on=date(2024, 5, 1),
            title="Kế hoạch",
            valid_to=date(2024, 12, 31),
        )
        for query, found in (
            ({}, [self.directive, plan]),
            ({"kind": "plan"}, [plan]),
            ({"issuer": self.ward.pk}, [plan]),
            ({"year": "2025"}, [self.directive]),
            ({"year": "1999"}, [self.directive, plan]),
            ({"valid": "31/12/2024"}, [plan]),
            ({"valid": "01/03/2025"}, [self.directive]),
            ({"q": "doan can bo"}, [self.directive]),
            ({"q": "03-kh/du"}, [plan]),
            ({"on": "2024-06-01"}, [plan]),
            ({"org": self.ward.pk}, [plan]),
        ):
            with self.subTest(query=query):
                assert self.listed(**query) == found

    def test_a_ward_lists_what_assigns_somebody_there(self):
        self.assign()
        (row,) = self.listed(org=self.ward.pk)
        assert (row, row.assignments_count, row.teams_count) == (self.directive, 1, 0)

    def test_names_of_the_issuer_are_those_of_the_day(self):
        self.district.earlier.create(
            validity=period(None, DAY), name="Huyện ủy Cũ", kind="district", grassroots=False
        )
        assert "Huyện ủy Cũ" in text_of(self.client.get(self.list_url, {"on": "2025-03-01"}))
        assert "Huyện ủy Cũ" not in text_of(self.client.get(self.list_url, {"on": "2025-03-02"}))

    def test_cost_does_not_grow(self):
        url = f"{self.list_url}?org={self.district.pk}"
        few = count_queries(self.client, url)
        for number in range(60):
            make.make_directive(self.district, number=f"{number}-KH/QU", issued_on=DAY)
        assert count_queries(self.client, url) == few <= 12


class PageTests(DirectiveTests):
    def page(self, **query):
        return self.client.get(self.url, query).context["page"]

    def test_everything_issued_under_it(self):
        make.make_position(self.cadre, self.district)
        team = make.make_team(self.directive, self.ward, self.cadre, name="Đoàn 1")
        assignment = self.assign(team=team, role="team_member")
        make.make_assignment(
            make.make_member(self.second),
            self.second,
            since=DAY,
            until=date(2025, 6, 30),
            directive=self.directive,
        )
        make.make_task(self.cadre, self.branch, 2025, assignment=assignment, outcome="exceeded")
        make.make_task(self.cadre, self.branch, 2025, assignment=assignment, state="reported")
        make.make_review(assignment, 2025, "excellent")
        papers.make_indicator(self.ward, 2025, name="Hộ", target=1000, actual=1000)
        for month in (3, 4):
            meeting = make.make_meeting(self.branch, date(2025, month, 3))
            make.attend(meeting, self.cadre, capacity="assigned", confirmed=True)
        page = self.page(on="2025-12-31")
        assert [(row.name, row.members) for row in page.teams] == [("Đoàn 1", 1)]
        assert ([row.pk for row in page.assignments], page.assigned) == ([assignment.pk], 1)
        assert (page.ever, page.covered, page.branches) == (2, 1, 2)
        assert (page.results.made, page.results.asked) == (2, 10 + 4)
        assert page.results.tasks == {
            "exceeded": 1,
            "met": 0,
            "late": 0,
            "unmet": 0,
            "waiting": 1,
        }
        assert page.results.reviews["excellent"] == page.results.reviewed == 1
        assert (page.indicators_due, page.indicators_reached) == (1, 1)
        assert self.page(on="2025-06-30").covered == 2

    def test_the_year_is_the_last_with_results(self):
        assignment = self.assign()
        make.make_review(assignment, 2025)
        assert self.page().results.year == 2025
        assert self.page(year="2024").results.year == 2024

    def test_the_first_fifty_and_the_full_list(self):
        for _number in range(55):
            make.make_assignment(
                make.make_member(self.branch), self.ward, since=DAY, directive=self.directive
            )
        response = self.client.get(self.url)
        assert (len(response.context["page"].assignments), response.context["page"].assigned) == (
            50,
            55,
        )
        full = reverse("assignments:directive_assignments", args=[self.directive.pk])
        assert f'href="{full}?' in text_of(response)
        assert len(self.client.get(full, {"kind": "all"}).context["table"].rows) == 55

    def test_a_ward_sees_its_own_part(self):
        self.assign()
        _other, (elsewhere,) = make.make_ward("X", parent=self.district)
        make.make_assignment(
            make.make_member(elsewhere), elsewhere, since=DAY, directive=self.directive
        )
        reader = make.make_user()
        make.grant(reader, Role.OFFICE, self.ward)
        self.client.force_login(reader)
        page = self.page()
        assert (page.assigned, page.covered, page.branches) == (1, 1, 2)

    def test_the_cadre_sees_it_and_nobody_else_does(self):
        self.assign()
        self.client.force_login(make.make_user(member=self.cadre))
        assert self.client.get(self.url).status_code == 200
        stranger = make.make_user()
        make.grant(stranger, Role.BOARD, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(self.url).status_code == 404

    def test_cost_does_not_grow(self):
        def cost():
            return count_queries(self.client, f"{self.url}?org={self.district.pk}&on=2025-12-31")

        self.assign()
        papers.attach(self.directive)
        papers.make_indicator(self.ward, 2025)
        make.make_position(self.cadre, self.district)
        make.make_team(self.directive, self.ward, self.cadre)
        few = cost()
        for number in range(20):
            member = make.make_member(self.second)
            make.make_position(member, self.district)
            team = make.make_team(self.directive, self.ward, member)
            make.make_assignment(
                member, self.second, since=DAY, directive=self.directive, team=team
            )
            papers.make_indicator(self.second, 2025, name=f"Chỉ tiêu {number}")
            papers.attach(self.directive)
        assert cost() == few <= 26


class EnterTests(DirectiveTests):
    def test_enter_with_several_files(self):
        response = self.post(
            "directive_add",
            **self.values,
            attachments=[upload(), upload(zipped("word/document.xml"), "Danh sách.DOCX")],
        )
        directive = Directive.objects.get(number="16-QĐ/QU")
        assert response["Location"].startswith(
            reverse("assignments:directive", args=[directive.pk])
        )
        assert (directive.issuer, directive.valid_to) == (self.district, date(2026, 12, 31))
        kinds = [each.file.media_type.rpartition(".")[2] for each in directive.attachments.all()]
        assert kinds == ["application/pdf", "document"]
        assert JournalEntry.objects.about(Directive, directive.pk).get().user == self.board

    def test_the_next_number_of_the_kind_is_suggested(self):
        make.make_directive(self.district, number="04-NQ/QU", kind="resolution", issued_on=DAY)
        for query, number in (
            ({}, "16-QĐ/QU"),
            ({"kind": "resolution"}, "05-NQ/QU"),
            ({"kind": "plan"}, "01-KH/QU"),
            ({"kind": "scheme"}, "01-ĐA/QU"),
            ({"kind": "plan", "number": "16-QĐ/QU"}, "01-KH/QU"),
            ({"kind": "plan", "number": "7b-KH/QU"}, "7b-KH/QU"),
            ({"issuer": "W"}, "01-QĐ/ĐU"),
            ({"issuer": "nobody"}, "16-QĐ/QU"),
            ({"issued_on": "28/02/2025"}, "01-QĐ/QU"),
            ({"issued_on": "x", "kind": "x"}, "16-QĐ/QU"),
        ):
            with self.subTest(query=query):
                form = self.client.get(reverse("assignments:directive_add"), query).context["form"]
                assert form["number"].value() == number

    def test_a_number_left_empty_is_the_next_one(self):
        self.post("directive_add", **self.values | {"number": " "})
        assert Directive.objects.get(title="Phân công cấp ủy viên").number == "16-QĐ/QU"

    def test_numbers_begin_again_with_a_term(self):
        CommitteeTerm.objects.create(
            organization=self.district,
            name="2025–2030",
            seats=15,
            validity=period(date(2025, 6, 1)),
        )
        form = self.client.get(reverse("assignments:directive_add")).context["form"]
        assert form["number"].value() == "01-QĐ/QU"
        self.post(
            "directive_add", **self.values | {"issued_on": "02/06/2025", "number": "15-QĐ/QU"}
        )
        assert Directive.objects.filter(number="15-QĐ/QU").count() == 2
        response = self.post(
            "directive_add", **self.values | {"issued_on": "03/06/2025", "number": "15-qđ/qu"}
        )
        assert "has this number already" in response.context["form"].errors["number"][0]

    def test_wrong_values_are_told_at_their_fields(self):
        for changes, field in (
            ({"number": "15-QĐ/QU", "issued_on": "01/03/2025"}, "number"),
            ({"valid_to": "01/01/2025"}, "valid_to"),
            ({"issuer": "nobody"}, "issuer"),
            ({"kind": "order"}, "kind"),
            ({"title": " "}, "title"),
            ({"issued_on": "31/02/2025"}, "issued_on"),
        ):
            with self.subTest(changes=changes):
                response = self.post("directive_add", **self.values | changes)
                assert list(response.context["form"].errors) == [field]
        assert Directive.objects.count() == 1

    def test_an_issuer_that_did_not_exist(self):
        young = make.make_organization(
            "grassroots_committee", code="Y", parent=self.district, since=date(2025, 4, 1)
        )
        response = self.post("directive_add", **self.values | {"issuer": young.code})
        assert "does not exist on this day" in response.context["form"].errors["issued_on"][0]

    def test_who_may(self):
        office = make.make_user()
        make.grant(office, Role.OFFICE, self.district)
        ward_board = make.make_user()
        make.grant(ward_board, Role.BOARD, self.ward)
        self.assign()
        pages = [(name, self.directive.pk) for name in ("change", "delete", "attach")]
        for user in (office, ward_board):
            self.client.force_login(user)
            assert self.client.get(self.url).status_code == 200
            for name, pk in pages:
                assert self.post(f"directive_{name}", pk, reason="x").status_code == 403
        response = self.post("directive_add", **self.values)
        assert list(response.context["form"].errors) == ["issuer"]


class ChangeTests(DirectiveTests):
    def form(self):
        url = reverse("assignments:directive_change", args=[self.directive.pk])
        return self.client.get(url).context["form"]

    def change(self, **changes):
        form = self.form()
        data = {name: form[name].value() or "" for name in form.fields}
        data |= {"issuer": "D", "issued_on": "01/03/2025"}
        return self.post("directive_change", self.directive.pk, **data | changes)

    def test_change(self):
        assert self.change(title="Phân công lại", valid_to="30/06/2026").status_code == 302
        self.directive.refresh_from_db()
        assert (self.directive.title, self.directive.valid_to) == (
            "Phân công lại",
            date(2026, 6, 30),
        )

    def test_of_two_who_save_at_once_the_second_is_told(self):
        seen = self.form()["seen"].value()
        assert self.change(title="Của người thứ nhất").status_code == 302
        response = self.change(title="Của người thứ hai", seen=seen)
        assert "Somebody else has changed this" in str(response.context["form"].errors)
        self.directive.refresh_from_db()
        assert self.directive.title == "Của người thứ nhất"

    def test_its_teams_stay_led_by_the_standing_committee_of_the_day(self):
        make.make_position(self.cadre, self.district, since=DAY)
        make.make_team(self.directive, self.ward, self.cadre, name="Đoàn 1")
        response = self.change(issued_on="28/02/2025")
        (error,) = response.context["form"].errors["issued_on"]
        assert "Trần Cán Bộ" in error
        assert "Đoàn 1" in error
        assert self.change(issued_on="02/03/2025").status_code == 302


class DeleteTests(DirectiveTests):
    def test_what_nothing_was_issued_under_goes_with_its_files(self):
        papers.attach(self.directive, name="Bản ký.pdf")
        url = reverse("assignments:directive_delete", args=[self.directive.pk])
        assert "Bản ký.pdf" in text_of(self.client.get(url))
        assert self.client.post(url, {"reason": ""}).status_code == 200
        assert self.client.post(url, {"reason": "Nhập nhầm"}).status_code == 302
        assert not Directive.objects.exists()
        assert not StoredFile.objects.exists()
        assert JournalEntry.objects.about(Directive, self.directive.pk).latest("pk").reason == (
            "Nhập nhầm"
        )

    def test_what_was_issued_is_named(self):
        self.assign()
        make.make_position(self.cadre, self.district)
        make.make_team(self.directive, self.ward, self.cadre, name="Đoàn 1")
        url = reverse("assignments:directive_delete", args=[self.directive.pk])
        assert (
            "<form"
            not in text_of(self.client.get(url))
            .partition("<main")[2]
            .partition('class="note note-warning"')[2]
            .partition("</main>")[0]
        )
        (error,) = self.client.post(url, {"reason": "x"}).context["form"].non_field_errors()
        for words in ("1 team (Đoàn 1)", "1 assignment (Trần Cán Bộ – W-1)"):
            assert words in error
        assert Directive.objects.exists()


class AttachmentTests(DirectiveTests):
    def attach(self, *files):
        return self.post("directive_attach", self.directive.pk, attachments=files)

    def test_what_may_be_attached_is_told_by_its_content(self):
        odt = io.BytesIO()
        with zipfile.ZipFile(odt, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, content in (
            ("a.pdf", PDF),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."),
            ("a.docx", zipped("word/document.xml")),
            ("a.xlsx", zipped("xl/workbook.xml")),
            ("a.odt", odt.getvalue()),
            ("a.jpeg", b"\xff\xd8\xff\xe0"),
            ("A.PNG", b"\x89PNG\r\n\x1a\n"),
        ):
            with self.subTest(name=name):
                assert self.attach(upload(content, name)).status_code == 302
        assert self.directive.attachments.count() == 7

    def test_everything_else_is_refused_and_named(self):
        for name, content, words in (
            ("a.exe", b"MZ", "only pdf, docx, doc, xlsx, odt, jpg, png"),
            ("a.html", b"<script>", "only pdf"),
            ("a.pdf", b"<html>", "is no pdf file inside"),
            ("a.pdf", b"\x89PNG\r\n\x1a\n", "is no pdf file inside"),
            ("a.docx", zipped("xl/workbook.xml"), "is no docx file inside"),
            ("a.docx", zipped("word/document.xml", "word/vbaProject.bin"), "is no docx file"),
            ("a.docx", b"PK\x03\x04 damaged", "is no docx file inside"),
            ("a.pdf", b"", "empty"),
        ):
            with self.subTest(name=name, words=words):
                response = self.attach(upload(content, name))
                (error,) = response.context["form"].errors["attachments"]
                assert words in error
        with override_settings(ATTACHMENT_MAX_BYTES=len(PDF) - 1):
            (error,) = self.attach(upload()).context["form"].errors["attachments"]
            assert "the most is" in error
        # One wrong file keeps the right one from being saved, too.
        self.attach(upload(), upload(b"MZ", "a.exe"))
        assert not Attachment.objects.exists()
        assert not StoredFile.objects.exists()

    def test_download(self):
        self.attach(upload())
        url = reverse("assignments:directive_attachment", args=[Attachment.objects.get().pk])
        response = self.client.get(url)
        assert response.content == PDF
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == "attachment; filename*=utf-8''Q%C4%90%2015.pdf"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert url in text_of(self.client.get(self.url))
        stranger = make.make_user()
        make.grant(stranger, Role.BOARD, make.make_ward("X")[0])
        self.client.force_login(stranger)
        assert self.client.get(url).status_code == 404

    def test_replace_and_remove(self):
        self.attach(upload())
        attachment = Attachment.objects.get()
        assert self.post("directive_attachment_replace", attachment.pk).status_code == 200
        new = upload(b"%PDF-2.0", "moi.pdf")
        self.post("directive_attachment_replace", attachment.pk, attachments=new)
        assert [file.name for file in StoredFile.objects.all()] == ["moi.pdf"]
        self.post("directive_attachment_remove", attachment.pk, reason="Nhầm")
        assert not StoredFile.objects.exists()
