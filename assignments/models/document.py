from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization, StoredFile

from ..choices import DocumentKind
from ..documents.official import OFFICIAL_FORMS


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


class TemplateComparison(models.Model):
    """Somebody laid the original of an official form beside a template, and they agree: from then
    on the mark “not compared” is gone for the organization and all below it. `digest` is that of
    the template (documents/word.py): another version has to be compared again.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="template_comparisons",
        verbose_name=_("organization"),
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=8, choices=DocumentKind.choices)
    digest = models.CharField(_("digest"), max_length=64)
    original = models.CharField(_("which original"), max_length=500)
    compared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    compared_at = models.DateTimeField(_("compared at"))

    class Meta:
        ordering = ["-compared_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OFFICIAL_FORMS),
                name="template_comparison_of_an_official_form",
            ),
            models.CheckConstraint(
                condition=~models.Q(original=""), name="template_comparison_names_the_original"
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "digest"], name="template_comparison_once"
            ),
        ]

    def __str__(self):
        return self.original
