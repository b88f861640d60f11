"""Files of directives and targets of organizations, for tests; as tests/builders.py."""

from datetime import UTC, datetime
from hashlib import sha256

from assignments.documents.builtin import builtin_template
from assignments.documents.word import MEDIA_TYPE
from assignments.models import Attachment, DocumentTemplate, Indicator, TaskEvidence, TaskStep
from branches.models import StoredFile

STORED_AT = datetime(2026, 1, 5, tzinfo=UTC)


def store(name, content, media_type, **pk):
    file = StoredFile(
        name=name,
        media_type=media_type,
        content=content,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        stored_at=STORED_AT,
        **pk,
    )
    file.save(force_insert=True)
    return file


def attach(directive, content=b"%PDF-1.7", *, name="a.pdf", **pk):
    """Attach a stored file; where `pk` is given, the file has the same."""
    file = store(name, content, "application/pdf", **pk)
    return Attachment.objects.create(directive=directive, file=file, **pk)


def add_evidence(task, name, file_pk, **pk):
    """A report of the task with a stored file; `file_pk` is the file's."""
    step = TaskStep.objects.create(task=task, kind="reported", at=STORED_AT, text=name, **pk)
    file = store(name, b"%PDF-1.7", "application/pdf", **file_pk)
    return TaskEvidence.objects.create(step=step, file=file, **pk)


def make_template(organization, kind="decision", *, version=1, name="a.docx", **pk):
    """A version of an organization's template: the one of the application."""
    file = store(name, builtin_template(kind), MEDIA_TYPE, **pk)
    return DocumentTemplate.objects.create(
        organization=organization,
        kind=kind,
        version=version,
        file=file,
        changed_at=STORED_AT,
        **pk,
    )


def make_indicator(organization, year, **fields):
    defaults = {"name": "Hộ nghèo", "target": 10}
    return Indicator.objects.create(organization=organization, year=year, **(defaults | fields))
