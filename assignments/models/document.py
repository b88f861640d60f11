from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization, StoredFile

from ..choices import DocumentKind


class DocumentTemplate(models.Model):
    """A version of the Word template that an organization uses for a kind of document, and with it
    all below that have none. The highest version is the one in use.

    One without a file says that the organization has no template of its own any more.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="document_templates",
        verbose_name=_("organization"),
        db_index=False,  # the unique constraint begins with it
    )
    kind = models.CharField(_("kind"), max_length=8, choices=DocumentKind.choices)
    version = models.PositiveIntegerField(_("version"))
    file = models.OneToOneField(
        StoredFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["organization", "kind", "-version"]
        constraints = [
            choice_constraint("kind", DocumentKind, "document_template_kind_known"),
            models.UniqueConstraint(
                fields=["organization", "kind", "version"], name="document_template_version_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.version}"
