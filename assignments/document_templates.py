"""Which Word template an organization uses for a kind of document."""

from dataclasses import dataclass

from branches.models import Organization

from .choices import DocumentKind
from .documents.builtin import builtin_template
from .models import DocumentTemplate


@dataclass(frozen=True)
class TemplateInUse:
    """kind      a value of DocumentKind
    version   the DocumentTemplate, or None for the one that comes with the application
    inherited  whether it is another organization's
    """

    kind: str
    version: DocumentTemplate | None
    inherited: bool

    @property
    def label(self):
        return DocumentKind(self.kind).label

    def content(self):
        """The template as bytes."""
        if self.version is None:
            return builtin_template(self.kind)
        return bytes(self.version.file.content)


def template_in_use(organization, kind, *, on):
    return templates_in_use(organization, on=on, kinds=[kind])[0]


def templates_in_use(organization, *, on, kinds=tuple(DocumentKind.values)):
    """For each kind the organization's own, else that of the nearest one above it on the day, else
    the one that comes with the application. Two queries."""
    above = [each.pk for each in Organization.objects.above(organization, on=on)]
    latest = {}
    rows = DocumentTemplate.objects.filter(organization__in=above, kind__in=kinds)
    for row in rows.select_related("organization", "file").order_by("version"):
        latest[row.kind, row.organization_id] = row
    return [_nearest(kind, above, latest, organization) for kind in kinds]


def _nearest(kind, above, latest, organization):
    for pk in reversed(above):
        row = latest.get((kind, pk))
        if row is not None and row.file_id is not None:
            return TemplateInUse(kind, row, pk != organization.pk)
    return TemplateInUse(kind, None, False)


def versions_of(organization):
    """The organization's own versions of all kinds, newest first."""
    rows = DocumentTemplate.objects.filter(organization=organization)
    return (
        rows.select_related("file", "changed_by__member")
        .defer("file__content")
        .order_by("kind", "-version")
    )
