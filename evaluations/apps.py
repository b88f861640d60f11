from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationsConfig(AppConfig):
    name = "evaluations"
    verbose_name = _("evaluations")

    def ready(self):
        from .cycles.late import remind_of_late_steps

        remind_of_late_steps()
