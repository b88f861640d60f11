from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import no_overlap, not_empty
from ..querysets import DatedQuerySet
from .organization import Organization


def fields_in(text):
    """The fields of responsibility named in a text: one a line, or divided by semicolons."""
    parts = (" ".join(part.split()) for part in text.replace(";", "\n").splitlines())
    return list(dict.fromkeys(part for part in parts if part))


class CommitteeTerm(models.Model):
    """A term of the committee of an organization: how many sit in it, and for what it answers.

    Who sits is told by `Position`: those of the ranks in `choices.COMMITTEE_RANKS` valid on a day.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="terms",
        verbose_name=_("organization"),
    )
    name = models.CharField(_("term"), max_length=100)
    validity = DateRangeField(_("validity"))
    seats = models.PositiveSmallIntegerField(_("seats"))
    standing_seats = models.PositiveSmallIntegerField(
        _("seats of the standing committee"), default=0
    )
    fields = models.TextField(_("fields of responsibility"), max_length=8000, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("validity", "term_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="term_has_a_first_day"
            ),
            models.CheckConstraint(
                condition=Q(seats__gte=1) & Q(standing_seats__lte=F("seats")),
                name="term_seats_hold_the_standing_ones",
                violation_error_message=_(
                    "The standing committee has no more seats than the committee."
                ),
            ),
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="term_name_once",
                violation_error_message=_("There is a term of this name already."),
            ),
            no_overlap(
                "organization",
                name="term_one_a_day",
                message=_("A committee has one term on a day."),
            ),
        ]

    def __str__(self):
        return self.name

    def named_fields(self):
        """The fields that somebody of the committee should answer for, in their order."""
        return fields_in(self.fields)


class JobDescription(models.Model):
    """What the holder of a post at an organization has to do; a new version ends the one before."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="job_descriptions",
        verbose_name=_("organization"),
    )
    title = models.CharField(_("title"), max_length=200)
    duties = models.TextField(_("duties"), max_length=8000)
    validity = DateRangeField(_("validity"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("validity", "job_description_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="job_description_has_a_first_day"
            ),
            no_overlap(
                "organization",
                "title",
                name="job_description_one_a_day",
                message=_("A post has one description on a day."),
            ),
        ]

    def __str__(self):
        return self.title
