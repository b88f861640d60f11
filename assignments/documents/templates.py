"""Which Word template an organization uses for a kind of document."""

from dataclasses import dataclass
from functools import cache

from branches.models import Organization

from ..choices import DocumentKind
from ..models import DocumentTemplate, TemplateComparison
from .builtin import builtin_template
from .official import NOT_COMPARED, OFFICIAL_FORMS
from .word import digest_of


@dataclass(frozen=True)
class TemplateInUse:
    """kind      a value of DocumentKind
    version   the DocumentTemplate, or None for the one that comes with the application
    inherited  whether it is another organization's
    compared   digests of the templates of this kind beside which somebody has laid the original,
               for this organization or one above it
    """

    kind: str
    version: DocumentTemplate | None
    inherited: bool
    compared: frozenset = frozenset()

    @property
    def is_official(self):
        """Whether there is an official form that it has to agree with."""
        return self.kind in OFFICIAL_FORMS

    @property
    def mark(self):
        """What stands on each page of the Word document; "" once it was compared."""
        return self._mark(self.digest) if self.is_official else ""

    @property
    def pdf_mark(self):
        """The same of the PDF, which has the layout of the application's own template."""
        return self._mark(_builtin_digest(self.kind)) if self.is_official else ""

    @property
    def digest(self):
        return _builtin_digest(self.kind) if self.version is None else digest_of(self.content())

    def _mark(self, digest):
        return "" if digest in self.compared else NOT_COMPARED

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
    the one that comes with the application. Two queries, or three where a form is official."""
    above = [each.pk for each in Organization.objects.above(organization, on=on)]
    latest = {}
    rows = DocumentTemplate.objects.filter(organization__in=above, kind__in=kinds)
    for row in rows.select_related("organization", "file").order_by("version"):
        latest[row.kind, row.organization_id] = row
    compared = {kind: set() for kind in kinds}
    if official := [kind for kind in kinds if kind in OFFICIAL_FORMS]:
        rows = TemplateComparison.objects.filter(organization__in=above, kind__in=official)
        for kind, digest in rows.values_list("kind", "digest"):
            compared[kind].add(digest)
    return [
        _nearest(kind, above, latest, organization, frozenset(compared[kind])) for kind in kinds
    ]


def _nearest(kind, above, latest, organization, compared):
    for pk in reversed(above):
        row = latest.get((kind, pk))
        if row is not None and row.file_id is not None:
            return TemplateInUse(kind, row, pk != organization.pk, compared)
    return TemplateInUse(kind, None, False, compared)


@cache
def _builtin_digest(kind):
    return digest_of(builtin_template(kind))


def comparisons_of(organization):
    """What was compared for the organization itself, newest first."""
    rows = TemplateComparison.objects.filter(organization=organization)
    return rows.select_related("compared_by__member")


def versions_of(organization):
    """The organization's own versions of all kinds, newest first."""
    rows = DocumentTemplate.objects.filter(organization=organization)
    return (
        rows.select_related("file", "changed_by__member")
        .defer("file__content")
        .order_by("kind", "-version")
    )
