from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """How far an uploaded workbook has come. In the first four of them a worker has to do something
    (UNDER_WAY); in the others a person, or nobody."""

    UPLOADED = "uploaded", _("Waiting to be checked")
    CHECKING = "checking", _("Being checked")
    IMPORTING = "importing", _("Being imported")
    UNDOING = "undoing", _("Being undone")
    CHECKED = "checked", _("Checked")
    WRONG = "wrong", _("Has errors")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    UNDONE = "undone", _("Undone")


UNDER_WAY = (
    ImportState.UPLOADED,
    ImportState.CHECKING,
    ImportState.IMPORTING,
    ImportState.UNDOING,
)
# Nothing was imported, and nothing is under way: it may be checked again or thrown away.
NOT_IMPORTED = (ImportState.CHECKED, ImportState.WRONG, ImportState.FAILED)
IMPORTED = (ImportState.DONE, ImportState.UNDONE)


class LineKind(models.TextChoices):
    """What a line of a preview tells of."""

    WRONG = "wrong", _("Wrong")
    WARNING = "warning", _("Odd")
    NEW = "new", _("New")
    CHANGED = "changed", pgettext_lazy("import", "Changed")
