from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, code_constraint, code_field
from branches.models import Member, Organization, StoredFile
from branches.periods import period

from ..choices import DirectiveKind
from ..querysets.directives import AttachmentQuerySet, DirectiveQuerySet, TeamQuerySet


class Directive(models.Model):
    """A document under which people are assigned; numbers begin again each term."""

    number = models.CharField(_("number"), max_length=100)
    issuer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="directives", verbose_name=_("issuer")
    )
    issued_on = models.DateField(_("issued on"))
    kind = models.CharField(_("kind"), max_length=10, choices=DirectiveKind.choices)
    title = models.CharField(_("title"), max_length=500)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "number"]
        constraints = [
            choice_constraint("kind", DirectiveKind, "directive_kind_known"),
            models.CheckConstraint(condition=~Q(number=""), name="directive_has_a_number"),
            models.UniqueConstraint(
                fields=["issuer", "number", "issued_on"], name="directive_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("issued_on")),
                name="directive_ends_after_issue",
                violation_error_message=_("The last day is before the first day."),
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("assignments:directive", args=[self.pk])

    @property
    def validity(self):
        """The days on which it is in force, as a period."""
        return period(self.issued_on, self.valid_to)


class Attachment(models.Model):
    """A file of a directive: the scanned original, a list."""

    directive = models.ForeignKey(
        Directive,
        on_delete=models.CASCADE,
        related_name="attachments",
        verbose_name=_("directive"),
    )
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return str(self.file)


class Team(models.Model):
    """A team (đoàn cán bộ) sent to a target under a directive; its leader is a
    standing-committee member of the issuer on the directive's date."""

    code = code_field()
    name = models.CharField(_("name"), max_length=300)
    directive = models.ForeignKey(
        Directive, on_delete=models.PROTECT, related_name="teams", verbose_name=_("directive")
    )
    target = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="teams", verbose_name=_("target")
    )
    leader = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="teams_led", verbose_name=_("leader")
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [code_constraint("team_code_form")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("assignments:team", args=[self.pk])
