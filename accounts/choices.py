from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does for an organization and everything below it."""

    BOARD = "board", _("Organization board")
    OFFICE = "office", _("Committee office")
    SECRETARY = "secretary", _("Branch secretary")
    LEADER = "leader", _("Committee leader")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Operation(models.TextChoices):
    """What a statement does to rows."""

    INSERT = "insert", _("Added")
    UPDATE = "update", _("Changed")
    DELETE = "delete", _("Deleted")


class AccessKind(models.TextChoices):
    """What the log of reads, exports and sign-ins tells of."""

    RATINGS_SEEN = "ratings_seen", _("Ratings read")
    RATINGS_EXPORTED = "ratings_exported", _("Ratings exported")
    LIST_EXPORTED = "list_exported", _("List exported")
    WORKBOOK_EXPORTED = "workbook_exported", _("Workbook exported")
    OWN_DATA_DOWNLOADED = "own_data_downloaded", _("Own data downloaded")
    MEMBER_ANONYMISED = "member_anonymised", _("Member anonymised")
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    LOCKED_OUT = "locked_out", _("Locked out")
    SECOND_FACTOR_CHANGED = "second_factor_changed", _("Second factor changed")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    SESSION_ENDED = "session_ended", _("Session ended")
