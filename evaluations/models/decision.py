from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.fields import choice_constraint
from branches.models import Organization

from ..choices import Cause, Ground
from .appraisal import Appraisal
from .cycle import Cycle, user_field
from .rating import Rating


class Decision(models.Model):
    """What the competent committee decided on a member, once and for good: a change is a new
    revision with its reason, and the old one stays readable.

    `level` "" takes back what was decided before. `rating` is the suggestion it was decided on;
    `changes` of a re-rating are [{"fact": …, "before": …, "after": …}].
    """

    appraisal = models.ForeignKey(
        Appraisal, on_delete=models.PROTECT, related_name="decisions", db_index=False
    )
    revision = models.PositiveSmallIntegerField(_("revision"))
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices)
    level = models.CharField(_("level"), max_length=9, choices=Level.choices, blank=True)
    rating = models.ForeignKey(
        Rating, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("suggestion")
    )
    grounds = ArrayField(
        models.CharField(max_length=10, choices=Ground.choices), default=list, blank=True
    )
    reason = models.CharField(_("reason"), max_length=2000, blank=True)
    document = models.CharField(_("number of the document"), max_length=100, blank=True)
    decided_on = models.DateField(_("decided on"))
    changes = models.JSONField(_("changes"), default=list, blank=True)
    decided_by = user_field(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        ordering = ["revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["appraisal", "revision"],
                name="decision_revision_once",
                violation_error_message=_("Somebody else has just decided on this member."),
            ),
            choice_constraint("cause", Cause, "decision_cause_known"),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="decision_level_known"
            ),
            models.CheckConstraint(
                condition=Q(revision=1, cause="decision")
                | Q(revision__gt=1) & ~Q(cause="decision"),
                name="decision_first_then_changes",
            ),
            models.CheckConstraint(
                condition=Q(grounds=[], cause="decision") | ~Q(reason=""),
                name="decision_with_reason",
                violation_error_message=_("Give the reason of this decision."),
            ),
        ]

    def __str__(self):
        return self.get_level_display() or _("Taken back")


class CapOverride(models.Model):
    """Places for excellent beyond the cap of one cap unit, given by name and for a reason.

    `person_class` is "" where the cap counts the whole unit. It holds until `withdrawn_at`.
    """

    cycle = models.ForeignKey(
        Cycle, on_delete=models.PROTECT, related_name="overrides", db_index=False
    )
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    person_class = models.CharField(
        _("person class"), max_length=7, choices=PersonClass.choices, blank=True
    )
    places = models.PositiveSmallIntegerField(_("more places"))
    reason = models.CharField(_("reason"), max_length=2000)
    document = models.CharField(_("number of the document"), max_length=100, blank=True)
    given_by = user_field(_("given by"))
    given_at = models.DateTimeField(_("given at"))
    withdrawn_by = user_field(_("withdrawn by"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person_class__in=["", *PersonClass.values]),
                name="cap_override_class_known",
            ),
            models.UniqueConstraint(
                fields=["cycle", "unit", "person_class"],
                condition=Q(withdrawn_at=None),
                name="cap_override_once",
                violation_error_message=_(
                    "More places were given here already: withdraw them first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(places__gt=0) & ~Q(reason=""), name="cap_override_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="cap_override_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.unit} +{self.places}"
