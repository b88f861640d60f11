"""Organizations in a cycle: what is suggested for them, what is decided, places beyond the cap."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import OrganizationKind
from branches.fields import choice_constraint
from branches.models import Organization

from ..choices import Cause, Ground, OrganizationNotRated, SchemeState
from ..querysets.organizations import OrganizationAppraisalQuerySet, OrganizationSchemeQuerySet
from .appraisal import Appraisal
from .cycle import Cycle, user_field


class OrganizationScheme(models.Model):
    """One version of a rating set of organizations. `definition` is the whole rule set as data, in
    the form of `evaluations/organization_schemes/*.json`. Drafts, adoption and whose it is are as
    of `Scheme`."""

    key = models.SlugField(_("key"), max_length=50, db_index=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    definition = models.JSONField(_("definition"))
    state = models.CharField(
        _("state"), max_length=7, choices=SchemeState.choices, default=SchemeState.ADOPTED
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organization_schemes",
        verbose_name=_("organization"),
    )
    based_on = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name=_("made from"),
    )
    made_by = user_field(_("made by"), null=True)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    adopted_by = user_field(_("adopted by"), null=True)
    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True)

    objects = OrganizationSchemeQuerySet.as_manager()

    class Meta:
        ordering = ["first_year", "key", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "version"], name="organization_scheme_version_once"
            ),
            models.CheckConstraint(
                condition=Q(last_year=None) | Q(last_year__gte=F("first_year")),
                name="organization_scheme_years_in_order",
            ),
            choice_constraint("state", SchemeState, "organization_scheme_state_known"),
            models.CheckConstraint(
                condition=Q(organization=None, made_at=None, adopted_at=None, state="adopted")
                | Q(organization__isnull=False, made_at__isnull=False)
                & (
                    Q(state="draft", adopted_at=None) | Q(state="adopted", adopted_at__isnull=False)
                ),
                name="organization_scheme_adoption_known",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("evaluations:organization_scheme", args=[self.pk])

    @property
    def is_draft(self):
        return self.state == SchemeState.DRAFT


class OrganizationRound(models.Model):
    """By which rating set the organizations of a cycle are rated, and when that was suggested."""

    cycle = models.OneToOneField(Cycle, on_delete=models.CASCADE, related_name="organization_round")
    scheme = models.ForeignKey(
        OrganizationScheme,
        on_delete=models.PROTECT,
        related_name="rounds",
        verbose_name=_("rating set"),
    )
    suggested_at = models.DateTimeField(_("suggested at"))
    suggested_by = user_field(_("suggested by"))

    def __str__(self):
        return f"{self.cycle}: {self.scheme}"


def _count(label):
    return models.PositiveIntegerField(label, default=0)


class OrganizationAppraisal(models.Model):
    """An organization in a cycle. What is suggested is null or empty until it is ready: until its
    members and the organizations below it have their decisions.

    above      ids from the cycle's organization down to this one, as the tree stood on the cut-off
    committee  who decides; like organizations share `cap_organization` and `cap_kind`
    facts      {criterion: {"n": text, "d": text, "points": text or null}}, points of used ones
    """

    cycle = models.ForeignKey(
        Cycle, on_delete=models.CASCADE, related_name="organizations", db_index=False
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="appraisals",
        verbose_name=_("organization"),
    )
    kind = models.CharField(_("kind"), max_length=24, choices=OrganizationKind.choices)
    above = ArrayField(models.BigIntegerField())
    committee = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("competent committee"),
    )
    cap_organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    cap_kind = models.CharField(max_length=24, choices=OrganizationKind.choices, blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    members = _count(_("members"))
    indicators = _count(_("indicators"))
    exceeded = _count(_("indicators exceeded"))
    unmet = _count(_("indicators not met"))
    leaders_disciplined = _count(_("disciplined in the leading collective"))
    leaders_failing = _count(_("of them so that the organization fails"))
    disciplines = _count(_("disciplines of the organization itself"))
    disciplines_failing = _count(_("of them so that it fails"))
    below_disciplined = _count(_("organizations below that were disciplined"))
    rated = models.BooleanField(_("rated"), null=True)
    not_rated_reason = models.CharField(
        _("reason for not being rated"),
        max_length=10,
        choices=OrganizationNotRated.choices,
        blank=True,
    )
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2, null=True)
    level = models.CharField(_("level"), max_length=9, choices=Level.choices, blank=True)
    capped = models.BooleanField(_("capped"), default=False)
    tied = models.BooleanField(_("equal with others at the cap"), default=False)
    suggested_level = models.CharField(
        _("suggested level"), max_length=9, choices=Level.choices, blank=True
    )
    needs_decision = models.BooleanField(_("needs a decision"), default=False)
    decision = models.OneToOneField(
        "OrganizationDecision",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decision in force"),
    )

    objects = OrganizationAppraisalQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("kind", OrganizationKind, "organization_appraisal_kind_known"),
            models.UniqueConstraint(
                fields=["cycle", "organization"], name="organization_appraisal_once_a_cycle"
            ),
            models.CheckConstraint(
                condition=Q(rated=None, not_rated_reason="", suggested_level="", score=None)
                | Q(rated=True, not_rated_reason="", score__isnull=False)
                & Q(suggested_level__in=Level.values)
                | Q(rated=False, suggested_level="", score=None)
                & Q(not_rated_reason__in=OrganizationNotRated.values),
                name="organization_appraisal_as_suggested",
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.cycle.year}"

    def get_absolute_url(self):
        return reverse("evaluations:cycle_organization", args=[self.pk])

    @property
    def decided_level(self):
        """The level that was decided; "" while there is none."""
        return self.decision.level if self.decision else ""

    @property
    def has_disciplines(self):
        """Of itself, of one below it, or of somebody of its leading collective."""
        return bool(self.leaders_disciplined or self.disciplines or self.below_disciplined)

    @property
    def cap_key(self):
        """The group of like organizations that it is counted in."""
        return self.cap_organization_id, self.cap_kind


class OrganizationDecision(models.Model):
    """What the competent committee decided on an organization, once and for good: a change is a new
    revision. `level` "" takes back; `suggestion` is what it was decided on: {"score", "level",
    "suggested_level", "facts"}."""

    appraisal = models.ForeignKey(
        OrganizationAppraisal, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    revision = models.PositiveSmallIntegerField(_("revision"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    level = models.CharField(_("level"), max_length=9, choices=Level.choices, blank=True)
    suggestion = models.JSONField(_("suggestion"))
    grounds = ArrayField(
        models.CharField(max_length=10, choices=Ground.choices), default=list, blank=True
    )
    reason = models.CharField(_("reason"), max_length=2000, blank=True)
    document = models.CharField(_("number of the document"), max_length=100, blank=True)
    decided_on = models.DateField(_("decided on"))
    decided_by = user_field(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "revision"],
                name="organization_decision_revision_once",
                violation_error_message=_("Somebody else has just decided on this organization."),
            ),
            choice_constraint("cause", Cause, "organization_decision_cause_known"),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]),
                name="organization_decision_level_known",
            ),
            models.CheckConstraint(
                condition=Q(revision=1, cause="decision")
                | Q(revision__gt=1) & ~Q(cause="decision"),
                name="organization_decision_first_then_changes",
            ),
            models.CheckConstraint(
                condition=Q(grounds=[], cause="decision") | ~Q(reason=""),
                name="organization_decision_with_reason",
                violation_error_message=_("Give the reason of this decision."),
            ),
        ]

    def __str__(self):
        return self.get_level_display() or _("Taken back")


class OrganizationPlaces(models.Model):
    """Places for excellent beyond the cap of one group of like organizations. They hold until
    `withdrawn_at`."""

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="organization_places", db_index=False
    )
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=24, choices=OrganizationKind.choices, blank=True)
    places = models.PositiveSmallIntegerField(_("more places"))
    reason = models.CharField(_("reason"), max_length=2000)
    document = models.CharField(_("number of the document"), max_length=100, blank=True)
    given_by = user_field(_("given by"))
    given_at = models.DateTimeField(_("given at"))
    withdrawn_by = user_field(_("withdrawn by"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name_plural = _("places beyond the cap of organizations")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["", *OrganizationKind.values]),
                name="organization_places_kind_known",
            ),
            models.UniqueConstraint(
                fields=["cycle", "organization", "kind"],
                condition=Q(withdrawn_at=None),
                name="organization_places_once",
                violation_error_message=_(
                    "More places were given here already: withdraw them first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(places__gt=0) & ~Q(reason=""), name="organization_places_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="organization_places_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.organization} +{self.places}"


class Shortcomings(models.Model):
    """Whether the shortcomings that were pointed out earlier to a member, or to an organization,
    are mended, as the branch or the competent committee states. No row: nothing is stated."""

    appraisal = models.OneToOneField(
        Appraisal, on_delete=models.CASCADE, null=True, related_name="shortcomings"
    )
    organization_appraisal = models.OneToOneField(
        OrganizationAppraisal, on_delete=models.CASCADE, null=True, related_name="shortcomings"
    )
    mended = models.BooleanField(_("mended"))
    stated_by = user_field(_("stated by"))
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        verbose_name_plural = _("shortcomings")
        constraints = [
            models.CheckConstraint(
                condition=Q(appraisal=None, organization_appraisal__isnull=False)
                | Q(appraisal__isnull=False, organization_appraisal=None),
                name="shortcomings_of_a_member_or_an_organization",
            ),
        ]

    def __str__(self):
        return str(_("mended") if self.mended else _("not mended"))
