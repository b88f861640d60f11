"""Files of directives and targets of organizations, for tests; as tests/builders.py."""

from datetime import UTC, datetime
from hashlib import sha256

from assignments.models import Attachment, Indicator
from branches.models import StoredFile

STORED_AT = datetime(2026, 1, 5, tzinfo=UTC)


def attach(directive, content=b"%PDF-1.7", *, name="a.pdf", **pk):
    """Attach a stored file; where `pk` is given, the file has the same."""
    file = StoredFile(
        name=name,
        media_type="application/pdf",
        content=content,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        stored_at=STORED_AT,
        **pk,
    )
    file.save(force_insert=True)
    return Attachment.objects.create(directive=directive, file=file, **pk)


def make_indicator(organization, year, **fields):
    defaults = {"name": "Hộ nghèo", "target": 10}
    return Indicator.objects.create(organization=organization, year=year, **(defaults | fields))
