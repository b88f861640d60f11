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
