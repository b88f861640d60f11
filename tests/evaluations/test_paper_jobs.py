"""Papers that workers make: whole dossiers and the workbook of a cycle; who asked gets them."""

import io
import time
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AccessLog
from assignments.models import DocumentTemplate
from branches.models import StoredFile
from branches.periods import period
from evaluations.models import PaperJob, PaperPart
from evaluations.papers import jobs, workbook
from evaluations.services.papers import start_papers
from evaluations.tasks import resume_papers
from tests import builders as make
from tests.evaluations.test_papers import World
from tests.evaluations.test_workers import held, wait_until_frozen
from tests.year_end import NOON, TODAY, open_small_cycle

MADE_WITHIN = 20  # seconds


class JobWorld(World):
    def start(self, organization=None, **more):
        values = {"kind": "pdf", "by": self.by, "on": TODAY, "at": NOON} | more
        return start_papers(self.cycle, organization or self.small.units[0], **values)

    def make_all(self, made):
        while jobs.work_on_part(made.pk, on=TODAY, at=NOON):
            pass
        made.refresh_from_db()


class DossierTests(JobWorld):
    def test_a_zip_with_a_folder_for_each_member(self):
        made = self.start()
        self.make_all(made)
        assert made.finished_at == NOON
        content = b"".join(jobs.stream_file(made))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            names = archive.namelist()
            assert sum(name.endswith("self05.pdf") for name in names) == 6
            assert sum(name.endswith("dossier4.pdf") for name in names) == 6
            assert "tong-hop.pdf" in names
            assert any("bien-ban-kiem-phieu-1-1" in name for name in names)
            for name in names:
                if name.endswith(".pdf"):
                    assert archive.read(name).startswith(b"%PDF")

    def test_a_part_that_was_lost_is_made_again_and_the_others_are_kept(self):
        made = self.start()
        jobs.work_on_part(made.pk, on=TODAY, at=NOON)
        kept = bytes(made.parts.get(number=0).content)
        with transaction.atomic():  # a worker dies in the middle
            jobs._make_next(made, on=TODAY)
            transaction.set_rollback(True)
        assert made.parts.exclude(content=None).count() == 1
        self.make_all(made)
        assert bytes(made.parts.get(number=0).content) == kept
        assert made.finished_at

    def test_it_stops_when_whoever_asked_may_no_longer(self):
        made = self.start()
        self.by.is_active = False
        self.by.save()
        assert not jobs.work_on_part(made.pk, on=TODAY, at=NOON)
        made.refresh_from_db()
        assert made.error
        assert not made.finished_at

    def test_a_part_that_cannot_be_made_fails_by_its_reason(self):
        made = self.start(kind="docx")
        file = StoredFile.store("hong.docx", b"no zip", media_type="", by=self.by, at=NOON)
        DocumentTemplate.objects.create(
            organization=self.small.units[0],
            kind="self05",
            version=1,
            file=file,
            changed_by=self.by,
            changed_at=NOON,
        )
        for _attempt in range(2 * jobs.ATTEMPTS):
            try:
                jobs.work_on_part(made.pk, on=TODAY, at=NOON)
            except jobs.PartFailed:
                continue
        made.refresh_from_db()
        assert "zip" in made.error

    def test_refusals(self):
        self.start()
        with pytest.raises(ValidationError):
            self.start()
        secretary = make.make_user()
        make.grant(secretary, Role.SECRETARY, self.small.district)
        with pytest.raises(PermissionDenied):
            self.start(by=secretary)
        other = make.make_organization("district", code="ELSE")
        make.grant(self.by, Role.BOARD, other)
        with pytest.raises(ValidationError):
            self.start(other)

    def test_only_who_asked_gets_it_and_only_while_they_may(self):
        made = self.start()
        address = reverse("evaluations:paper_job_file", args=[made.pk])
        assert self.client.get(address).status_code == 404  # not finished
        assert 'value="0"' in self.client.get(made.get_absolute_url()).text
        self.make_all(made)
        assert self.client.get(address).status_code == 200
        leader = make.make_user()
        make.grant(leader, Role.LEADER, self.small.district)
        self.client.force_login(leader)
        assert self.client.get(address).status_code == 404
        assert self.client.get(made.get_absolute_url()).status_code == 404

    def test_who_may_no_longer_download_does_not_get_it(self):
        former = make.make_user()
        make.grant(former, Role.BOARD, self.small.district, until=TODAY + timedelta(days=30))
        made = self.start(by=former)
        self.make_all(made)
        self.client.force_login(former)  # today is later
        answer = self.client.get(reverse("evaluations:paper_job_file", args=[made.pk]))
        assert answer.status_code == 403

    def test_old_ones_are_forgotten(self):
        made = self.start()
        assert jobs.forget_jobs(at=NOON + timedelta(days=5)) == 0
        assert jobs.forget_jobs(at=NOON + timedelta(days=15)) == 1
        assert not PaperJob.objects.exists()
        assert not PaperPart.objects.filter(job=made.pk).exists()


def sheets_of(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in book.worksheets
    }


class WorkbookTests(JobWorld):
    def few_at_once(self):
        patch = pytest.MonkeyPatch()
        patch.setattr(workbook, "AT_ONCE", 5)
        self.addCleanup(patch.undo)

    def test_the_same_as_at_once(self):
        made = self.start(self.small.district, kind="xlsx")
        assert made.parts.get().members == len(self.small.appraisals) > 0
        self.make_all(made)
        assert made.finished_at == NOON
        answer = self.client.get(
            reverse("evaluations:paper_job_file", args=[made.pk]), {"org": self.org}
        )
        assert answer["Content-Disposition"] == 'attachment; filename="xep-loai-D-2025.xlsx"'
        at_once = b"".join(self.get("cycle_workbook", self.cycle.pk).streaming_content)
        assert sheets_of(b"".join(answer.streaming_content)) == sheets_of(at_once)
        rows = AccessLog.objects.filter(kind="list_exported").values_list("rows", flat=True)
        assert list(rows) == [len(self.small.appraisals)] * 2

    def test_many_members_are_a_job(self):
        self.few_at_once()
        answer = self.client.get(
            reverse("evaluations:cycle_workbook", args=[self.cycle.pk]),
            {"org": self.org},
            follow=True,
        )
        address = reverse("evaluations:paper_job_start", args=[self.cycle.pk])
        assert answer.redirect_chain
        assert 'value="xlsx"' in answer.text
        assert reverse("evaluations:cycle_workbook", args=[self.cycle.pk]) not in answer.text
        answer = self.client.post(f"{address}?org={self.org}", {"kind": "xlsx"})
        made = PaperJob.objects.get()
        assert answer.url.startswith(made.get_absolute_url())
        assert (made.is_workbook, made.organization) == (True, self.small.district)

    def test_dossiers_may_be_made_beside_it(self):
        self.start(kind="xlsx")
        self.start()
        with pytest.raises(ValidationError):
            self.start(kind="xlsx")

    def test_it_tells_how_far_it_is(self):
        told = []
        made = self.start(self.small.district, kind="xlsx")
        cache.set(f"paper-job-{made.pk}", 4)
        assert 'value="4"' in self.client.get(made.get_absolute_url()).text
        patch = pytest.MonkeyPatch()
        patch.setattr(jobs.cache, "set", lambda _key, done, _seconds: told.append(done))
        self.addCleanup(patch.undo)
        self.make_all(made)
        assert told[0] < told[-1] <= len(self.small.appraisals)
        assert (
            f'value="{len(self.small.appraisals)}"' in self.client.get(made.get_absolute_url()).text
        )

    def test_names_are_those_of_the_cut_off(self):
        branch = self.small.branches[0]
        validity = period(None, self.cycle.cut_off)
        branch.earlier.create(
            name="Chi bộ cũ", kind=branch.kind, grassroots=branch.grassroots, validity=validity
        )
        answer = self.get("cycle_workbook", self.cycle.pk)
        _summary, members, ballots, _decisions, steps = sheets_of(
            b"".join(answer.streaming_content)
        ).values()
        for sheet, column in ((members, 2), (ballots, 0), (steps, 0)):
            names = {row[column] for row in sheet}
            assert "Chi bộ cũ" in names
            assert branch.name not in names


@pytest.mark.django_db(transaction=True)
def test_another_worker_takes_over(celery_worker):
    small = open_small_cycle()
    workers = celery_worker(2)
    # The workbook reads it in the middle of its work.
    with held("LOCK TABLE evaluations_proposal IN ACCESS EXCLUSIVE MODE"):
        made = start_papers(
            small.cycle,
            small.district,
            kind="xlsx",
            by=small.by,
            on=timezone.localdate(),
            at=timezone.now(),
        )
        wait_until_frozen("evaluations_proposal")
        busy = next(each for each in workers if "work_on_papers" in each.log.split(" ready.")[1])
        busy.kill()
    assert made.is_under_way
    deadline = time.monotonic() + MADE_WITHIN
    while made.is_under_way and time.monotonic() < deadline:
        resume_papers.delay()
        time.sleep(0.2)
        made.refresh_from_db()
    assert made.finished_at
    assert len(sheets_of(b"".join(jobs.stream_file(made)))["Đảng viên"]) == 1 + len(
        small.appraisals
    )
