"""Forms of HD 43-HD/BTCTW whose originals the application has not seen whole."""

from ..choices import DocumentKind

OFFICIAL_FORMS = (
    DocumentKind.REVIEW_LEADER.value,
    DocumentKind.REVIEW_STAFF.value,
    DocumentKind.REVIEW_OUTSIDE.value,
    DocumentKind.SELF_RATING.value,
    DocumentKind.RE_RATING.value,
    DocumentKind.DOSSIER.value,
)
# Vietnamese, as all that stands on a document, whoever makes it.
NOT_COMPARED = "Chưa đối chiếu bản gốc"
