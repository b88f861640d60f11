from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..choices import OrganizationKind, SuccessionKind
from ..fields import (
    SearchKey,
    SortKey,
    choice_constraint,
    code_constraint,
    code_field,
    no_overlap,
    not_empty,
)
from ..periods import always
from ..querysets import OrganizationQuerySet


class Organization(models.Model):
    """A party organization, from the central level down to a cell.

    `name`, `kind` and `grassroots` hold the present value; what they were before stands in
    `EarlierOrganization`. `OrganizationQuerySet.on(date)`, or `as_of` for rows at hand, gives
    them as of a day in `name_on`, `kind_on` and `grassroots_on`.
    """

    code = code_field()
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganizationKind.choices)
    grassroots = models.BooleanField(
        _("grassroots organization"),
        default=False,
        help_text=_("Caps on excellent ratings are counted per such unit."),
    )
    validity = DateRangeField(_("validity"), default=always)
    sort_key = models.GeneratedField(
        expression=SortKey("name"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("organization_code_form"),
            choice_constraint("kind", OrganizationKind, "organization_kind_known"),
            not_empty("validity", "organization_validity_not_empty"),
            models.CheckConstraint(
                condition=~Q(kind="grassroots_committee") | Q(grassroots=True),
                name="organization_committee_is_grassroots",
                violation_error_message=_("A grassroots committee is a grassroots organization."),
            ),
        ]
        indexes = [
            GinIndex(OpClass(SearchKey("name"), "gin_trgm_ops"), name="organization_name_search"),
            models.Index(fields=["sort_key"], name="organization_sort"),
            # Lists that are pasted name many at once (branches/picking.py).
            models.Index(SearchKey("name"), name="organization_name_key"),
        ]

    def __str__(self):
        """The name as of the day it was asked for, or else the present one."""
        return getattr(self, "name_on", None) or self.name

    def get_absolute_url(self):
        return reverse("branches:organization", args=[self.pk])


class EarlierOrganization(models.Model):
    """What an organization was called, and of what kind it was, before its present values."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="earlier",
        verbose_name=_("organization"),
    )
    validity = DateRangeField(_("validity"))
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=24, choices=OrganizationKind.choices)
    grassroots = models.BooleanField(_("grassroots organization"))

    class Meta:
        constraints = [
            choice_constraint("kind", OrganizationKind, "earlier_organization_kind_known"),
            not_empty("validity", "earlier_organization_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__upper_inf=False), name="earlier_organization_has_ended"
            ),
            models.CheckConstraint(
                condition=~Q(kind="grassroots_committee") | Q(grassroots=True),
                name="earlier_organization_committee_is_grassroots",
            ),
            no_overlap(
                "organization",
                name="earlier_organization_once_a_day",
                message=_("An organization has one name and kind on a day."),
            ),
        ]

    def __str__(self):
        return self.name


class Placement(models.Model):
    """Under which parent an organization stands during a period; the open one is the present."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="placements",
        verbose_name=_("organization"),
    )
    parent = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="child_placements",
        verbose_name=_("parent"),
    )
    validity = DateRangeField(_("validity"), default=always)

    class Meta:
        constraints = [
            not_empty("validity", "placement_validity_not_empty"),
            models.CheckConstraint(
                condition=~Q(organization=F("parent")),
                name="placement_not_under_itself",
                violation_error_message=_("An organization cannot stand under itself."),
            ),
            no_overlap(
                "organization",
                name="placement_one_parent_a_day",
                message=_("An organization has one parent on a day."),
            ),
        ]

    def __str__(self):
        return f"{self.organization} < {self.parent}"


class OrganizationPath(models.Model):
    """Derived by triggers: all organizations above one, on every day there is.

    `ancestors` are ids from the root down to the organization itself. The rows of an
    organization cover all time without overlap: before its first day it stands as on the
    first, after its last day as on the last (what became of the ones above is followed), so
    one table answers both "the tree on a day" (together with `Organization.validity`) and
    "where did the visits to a dissolved branch belong". Never written by the application.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="paths", db_index=False
    )
    validity = DateRangeField()
    ancestors = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["organization"], name="organization_path_owner"),
            GinIndex(fields=["ancestors"], name="organization_path_ancestors"),
        ]

    def __str__(self):
        return "/".join(map(str, self.ancestors))


class Succession(models.Model):
    """What became of an organization that ended."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="successions",
        verbose_name=_("organization"),
    )
    successor = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="predecessions",
        verbose_name=_("successor"),
    )
    on = models.DateField(_("on"))
    kind = models.CharField(_("kind"), max_length=8, choices=SuccessionKind.choices)

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            choice_constraint("kind", SuccessionKind, "succession_kind_known"),
            models.UniqueConstraint(
                fields=["organization", "successor", "on"], name="succession_once"
            ),
            models.CheckConstraint(
                condition=~Q(organization=F("successor")), name="succession_not_itself"
            ),
        ]

    def __str__(self):
        return f"{self.organization} → {self.successor}"
