"""Papers of the year end: what stands on them is what the database has; who may have them."""

import io

import openpyxl
from django.test import TestCase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from docx import Document
from pypdf import PdfReader

from accounts.choices import Role
from accounts.models import AccessLog
from assignments.choices import DocumentKind
from assignments.documents.official import NOT_COMPARED
from evaluations.choices import CommentKind, StepKind
from evaluations.models import Appraisal, Comment, SelfReview
from evaluations.papers import branches
from evaluations.papers.people import People
from evaluations.services.cycle_steps import finish_step
from tests import builders as make
from tests.pages import count_queries
from tests.year_end import NOON, NOTE, TODAY, do_steps, open_small_cycle, vote_simply


def words_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def word_text(content):
    document = Document(io.BytesIO(content))
    tables = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(each.text for each in document.paragraphs), *tables])


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.small = open_small_cycle()
        cls.cycle, cls.by = cls.small.cycle, cls.small.by
        cls.cycle_branch = cls.small.cycle_branches[0]
        vote_simply(cls.cycle_branch, by=cls.by)
        cls.appraisal = cls.small.appraisals[0]

    def setUp(self):
        self.client.force_login(self.by)

    def get(self, name, *args):
        return self.client.get(reverse(f"evaluations:{name}", args=args), {"org": self.org})

    @property
    def org(self):
        return self.small.district.pk


class MemberPaperTests(World):
    def review(self, **texts):
        groups = self.cycle.scheme.definition["groups"]
        return SelfReview.objects.create(
            appraisal=self.appraisal,
            points={groups[0]["key"]: "28.5", groups[1]["key"]: "60"},
            level="good",
            submitted_at=NOON.replace(hour=20),  # in Vietnam it is the next day
            entered_by=self.by,
            entered_at=NOON,
            **texts,
        )

    def test_a_review_says_what_was_written_pointed_and_done(self):
        self.review(strengths="Dự họp đủ\nGiúp hai hộ", shortcomings="Chậm một việc")
        for ending, read in (("pdf", words_of), ("docx", word_text)):
            with self.subTest(ending=ending):
                answer = self.get("appraisal_paper", self.appraisal.pk, "review", ending)
                text = read(answer.content)
                for words in (
                    self.appraisal.member.full_name,
                    "Giúp hai hộ",
                    "Chậm một việc",
                    "28,5",
                    "88,5/100",
                    "Hoàn thành tốt nhiệm vụ",
                    "Năm 2025",
                    "ngày 06 tháng 01 năm 2026",
                ):
                    assert words in text, words

    def test_the_form_is_that_of_the_class(self):
        forms = {"leader": "Mẫu 2A", "staff": "Mẫu 2B", "outside": "Mẫu 2C"}
        for person_class, form in forms.items():
            Appraisal.objects.filter(pk=self.appraisal.pk).update(person_class=person_class)
            answer = self.get("appraisal_paper", self.appraisal.pk, "review", "pdf")
            assert form in words_of(answer.content)
            assert NOT_COMPARED in words_of(answer.content)

    def test_lines_for_the_pen_where_nothing_was_written(self):
        text = words_of(self.get("appraisal_paper", self.appraisal.pk, "review", "pdf").content)
        assert "…………" in text

    def test_the_list_of_a_dossier_names_what_is_there(self):
        self.review()
        Comment.objects.create(
            appraisal=self.appraisal,
            kind="residence",
            not_needed="Học tập trung",
            entered_by=self.by,
            entered_at=NOON,
        )
        fields = People(Appraisal.objects.filter(pk=self.appraisal.pk), with_decisions=True).fields(
            self.appraisal_again(), DocumentKind.DOSSIER
        )
        rows = {row["ten"]: (row["co"], row["ghi_chu"]) for row in fields["danh_muc"]}
        with translation.override("vi"):
            residence = str(CommentKind.RESIDENCE.label)
        assert rows["Bản kiểm điểm, tự đánh giá, xếp loại"] == ("Có", "")
        assert rows[f"Nhận xét: {residence}"] == ("Không", "Học tập trung")
        assert rows["Biên bản kiểm phiếu của chi bộ"] == ("Có", "")

    def appraisal_again(self):
        rows = Appraisal.objects.filter(pk=self.appraisal.pk)
        return People(rows, with_decisions=True).appraisals[0]

    def test_members_read_decisions_only_after_the_notice(self):
        own = make.make_user(member=self.appraisal.member)
        self.client.force_login(own)
        address = reverse("evaluations:appraisal_paper", args=[self.appraisal.pk, "review", "pdf"])
        before = words_of(self.client.get(address).content)
        assert "Chi bộ biểu quyết: …" in before
        do_steps(self.cycle_branch, before=StepKind.NOTICE, by=self.by)
        finish_step(self.cycle_branch, StepKind.NOTICE, note=NOTE, by=self.by, on=TODAY, at=NOON)
        assert "Chi bộ biểu quyết: …" not in words_of(self.client.get(address).content)
        other = make.make_user(member=self.small.appraisals[1].member)
        self.client.force_login(other)
        assert self.client.get(address).status_code == 404

    def test_each_paper_is_logged(self):
        self.get("appraisal_paper", self.appraisal.pk, "self05", "docx")
        log = AccessLog.objects.latest("pk")
        assert (log.kind, log.note, log.member) == (
            "list_exported",
            "self05.docx",
            self.appraisal.member,
        )
        assert self.get("appraisal_paper", self.appraisal.pk, "rerate03", "pdf").status_code == 404
        assert self.get("appraisal_paper", self.appraisal.pk, "nothing", "pdf").status_code == 404
        assert self.get("appraisal_paper", self.appraisal.pk, "self05", "exe").status_code == 404

    def test_as_many_queries_for_many_as_for_one(self):
        def read(appraisals):
            people = People(appraisals, with_decisions=True)
            for each in people.appraisals:
                for kind in (DocumentKind.REVIEW_STAFF, DocumentKind.DOSSIER):
                    people.fields(each, kind)

        with self.assertNumQueries(10):
            read(Appraisal.objects.filter(pk=self.appraisal.pk))
        with self.assertNumQueries(10):
            read(self.cycle.appraisals.all())


class BranchPaperTests(World):
    def test_ballots(self):
        text = words_of(
            self.get("ballot", self.cycle.pk, self.cycle_branch.branch_id, 1, "pdf").content
        )
        for appraisal in self.cycle_branch.appraisals.select_related("member"):
            assert appraisal.member.full_name in text
        assert "bình chọn ở phiếu thứ hai" in text
        second = branches.ballot_fields(self.cycle_branch, second=True)
        good = self.cycle_branch.appraisals.filter(voted_level__in=["good", "excellent"])
        assert len(second["phieu_chon"]) == good.count() > 0

    def test_the_minutes_of_a_count_say_what_was_recorded(self):
        vote = self.cycle_branch.votes.order_by("round", "ballot").first()
        for ending, read in (("pdf", words_of), ("docx", word_text)):
            text = read(self.get("count_minutes", vote.pk, ending).content)
            assert f"cơ sở tính tỷ lệ: {vote.base}" in text
            assert f"thu về: {vote.returned}" in text
            assert "50 %" in text

    def test_the_page_lists_them(self):
        page = self.get("papers", self.cycle.pk)
        assert page.status_code == 200
        for each in self.small.cycle_branches:
            assert str(each.branch) in page.text
        few = count_queries(
            self.client, f"{reverse('evaluations:papers', args=[self.cycle.pk])}?org={self.org}"
        )
        assert few <= 20


class SummaryTests(World):
    def test_the_same_numbers_in_word_pdf_and_xlsx(self):
        counted = dict(branches.count_levels(self.cycle.appraisals.all(), of="suggested"))
        numbers = {unit.name: each for unit, each in counted.items()}
        assert sum(each["all"] for each in numbers.values()) == len(self.small.appraisals)
        fields = branches.summary_fields(
            self.cycle, self.cycle.appraisals.all(), of="suggested", day=TODAY
        )
        for row in fields["tong_hop"][:-1]:
            each = numbers[row["ten"]]
            assert [row[key] for key in ("tong", "duoc_xep", "xuat_sac", "tot", "chua")] == [
                str(each[key]) for key in ("all", "rated", "excellent", "good", "none")
            ]
        text = words_of(self.get("summary", self.cycle.pk, "suggested", "pdf").content)
        assert "BẢNG TỔNG HỢP" in text
        answer = self.get("cycle_workbook", self.cycle.pk)
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        sheet = book.worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        with translation.override("vi"):
            suggested = [row for row in rows if row[1] == gettext("suggested")]
        assert {row[0]: row[2] for row in suggested} == {
            name: each["all"] for name, each in numbers.items()
        }
        assert book.worksheets[1].max_row == 1 + len(self.small.appraisals)
        assert book.worksheets[2].max_row > 1

    def test_who_may(self):
        secretary = make.make_user()
        make.grant(secretary, Role.SECRETARY, self.small.district)
        self.client.force_login(secretary)
        assert self.get("papers", self.cycle.pk).status_code == 200
        assert self.get("summary", self.cycle.pk, "decided", "pdf").status_code == 403
        assert self.get("cycle_workbook", self.cycle.pk).status_code == 403
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.small.units[0])
        self.client.force_login(leader)
        answer = self.client.get(
            reverse("evaluations:cycle_workbook", args=[self.cycle.pk]),
            {"org": self.small.units[0].pk},
        )
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        codes = [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)]
        assert len(codes) == len(self.small.appraisals) // 2
        assert all("•" in code or code.startswith(".") for code in codes)  # leaders see them masked
