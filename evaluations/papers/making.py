"""A paper as a file: its fields in the layout of its kind, as Word or PDF."""

from assignments.choices import DocumentKind
from assignments.documents import pdf, word
from assignments.documents.templates import templates_in_use

from ..choices import PaperFormat

MEDIA_TYPES = {PaperFormat.PDF: pdf.MEDIA_TYPE, PaperFormat.WORD: word.MEDIA_TYPE}


class Maker:
    """Makes papers by the templates that an organization uses on the day. Three queries."""

    def __init__(self, organization, *, on):
        self.used = {each.kind: each for each in templates_in_use(organization, on=on)}

    def make(self, fields, *, kind, wanted):
        """The paper as bytes. wanted: a PaperFormat."""
        used = self.used[DocumentKind(kind).value]
        if wanted == PaperFormat.PDF:
            return pdf.set_pdf(fields, kind=kind, mark=used.pdf_mark)
        return word.fill(used.content(), fields, kind=kind, mark=used.mark)
