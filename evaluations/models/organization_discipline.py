from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization

from ..choices import OrganizationDisciplineForm
from .cycle import user_field


class OrganizationDiscipline(models.Model):
    """A disciplinary decision against an organization. What was entered by mistake is deleted, with
    its reason in the trail."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="disciplines",
        verbose_name=_("organization"),
        db_index=False,
    )
    decided_on = models.DateField(_("decided on"))
    form = models.CharField(_("form"), max_length=11, choices=OrganizationDisciplineForm.choices)
    reason = models.CharField(_("what for"), max_length=500)
    decision_number = models.CharField(_("number of the decision"), max_length=100)
    issuer = models.CharField(_("decided by"), max_length=300, blank=True)
    recorded_by = user_field(_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        ordering = ["-decided_on", "pk"]
        constraints = [
            choice_constraint(
                "form", OrganizationDisciplineForm, "organization_discipline_form_known"
            ),
            models.UniqueConstraint(
                fields=["organization", "decided_on"],
                name="organization_discipline_once_a_day",
                violation_error_message=_("There is a decision of this day already."),
            ),
        ]

    def __str__(self):
        return f"{self.organization}: {self.get_form_display()}"
