"""The groups that tasks of members usually belong to (Hướng dẫn 06-HD/TW, 2.3). They are suggested:
a category is a text of the branch's own."""

from django.utils.translation import gettext_lazy as _

TASK_GROUPS = (
    _("Keeping the branch clean and strong"),
    _("Winning new members"),
    _("Strengthening government and mass organizations"),
    _("Cultural life of the residential area"),
    _("Security and public order"),
    _("Preventing corruption, waste and social evils"),
)
