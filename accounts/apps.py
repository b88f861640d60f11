from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .privileges import grant_privileges


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("accounts")

    def ready(self):
        from . import checks, role_checks, sessions, sign_in_log  # noqa: F401 - they register

        post_migrate.connect(grant_privileges, sender=self)
