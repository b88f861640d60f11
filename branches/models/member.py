from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..choices import ActivityStatus, DisciplineForm, Gender, LeftReason, PersonClass, Rank
from ..fields import (
    PersonSortKey,
    SearchKey,
    choice_constraint,
    code_constraint,
    code_field,
    contact_constraints,
    identity_number_field,
    no_overlap,
    not_empty,
    phone_field,
)
from ..querysets import DatedQuerySet, MemberQuerySet
from .organization import Organization


class Member(models.Model):
    """A party member (đảng viên). The code is the number of the party card.

    `person_class` is the present value; earlier ones stand in `EarlierPersonClass`. The branch
    is a dated fact of its own: `Membership`.
    """

    code = code_field()
    full_name = models.CharField(_("full name"), max_length=200)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender.choices, blank=True)
    admitted_on = models.DateField(_("admitted on"))
    official_on = models.DateField(_("official on"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=200, blank=True)
    person_class = models.CharField(
        _("person class"), max_length=7, choices=PersonClass.choices, default=PersonClass.OUTSIDE
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left_reason = models.CharField(
        _("reason for leaving"), max_length=15, choices=LeftReason.choices, blank=True
    )
    left_note = models.CharField(_("where to, by which decision"), max_length=300, blank=True)
    identity_number = identity_number_field()
    phone = phone_field()
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    # Set: nothing in the row tells who it was, nor in the rows of tables whose retention period
    # had passed by this day (docs/data-protection.md).
    anonymised_on = models.DateField(_("anonymised on"), null=True, blank=True, editable=False)
    # Set: entered twice, and everything moved to that one; what was computed for this row stays.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    merged_on = models.DateField(_("merged on"), null=True, blank=True, editable=False)
    sort_key = models.GeneratedField(
        expression=PersonSortKey("full_name"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("member_code_form"),
            choice_constraint("person_class", PersonClass, "member_class_known"),
            models.CheckConstraint(
                condition=Q(gender="") | Q(gender__in=Gender.values), name="member_gender_known"
            ),
            models.CheckConstraint(
                condition=(Q(left_on=None) & Q(left_reason=""))
                | (Q(left_on__isnull=False) & Q(left_reason__in=LeftReason.values)),
                name="member_left_with_reason",
                violation_error_message=_("Leaving has a day and a reason, both or neither."),
            ),
            *contact_constraints("member"),
            models.CheckConstraint(
                condition=Q(merged_into=None, merged_on=None)
                | Q(merged_into__isnull=False, merged_on__isnull=False) & ~Q(merged_into=F("pk")),
                name="member_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(anonymised_on=None)
                | Q(
                    left_on__isnull=False,
                    birth_date=None,
                    identity_number="",
                    phone="",
                    email="",
                ),
                name="member_anonymised_is_nobody",
                violation_error_message=_("An anonymised member has no personal data."),
            ),
        ]
        indexes = [
            GinIndex(OpClass(SearchKey("full_name"), "gin_trgm_ops"), name="member_name_search"),
            models.Index(fields=["sort_key"], name="member_sort"),
            # A roll-up of one ward asks who left, of all members of the country.
            models.Index(
                fields=["left_on"], condition=Q(left_on__isnull=False), name="member_left"
            ),
        ]

    def __str__(self):
        return self.full_name

    def get_absolute_url(self):
        return reverse("branches:member", args=[self.pk])


class EarlierPersonClass(models.Model):
    """The person class of a member before the present one."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="earlier_classes")
    validity = DateRangeField(_("validity"))
    person_class = models.CharField(_("person class"), max_length=7, choices=PersonClass.choices)

    class Meta:
        constraints = [
            choice_constraint("person_class", PersonClass, "earlier_class_known"),
            not_empty("validity", "earlier_class_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__upper_inf=False), name="earlier_class_has_ended"
            ),
            no_overlap(
                "member",
                name="earlier_class_once_a_day",
                message=_("A member has one person class on a day."),
            ),
        ]

    def __str__(self):
        return self.get_person_class_display()


class Membership(models.Model):
    """To which branch a member belongs during a period; the open one is the present.

    Leaving the Party (`Member.left_on`) ends it without being written here a second time.
    """

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("member")
    )
    branch = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("branch")
    )
    validity = DateRangeField(_("validity"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            not_empty("validity", "membership_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="membership_has_a_first_day"
            ),
            no_overlap(
                "member",
                name="membership_one_branch_a_day",
                message=_("A member belongs to one branch on a day."),
            ),
        ]

    def __str__(self):
        return f"{self.member} @ {self.branch}"


class MemberStatus(models.Model):
    """A period in which a member is exempt, suspended or active elsewhere."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="statuses", verbose_name=_("member")
    )
    status = models.CharField(_("status"), max_length=9, choices=ActivityStatus.choices)
    validity = DateRangeField(_("validity"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decision_number = models.CharField(_("number of the decision"), max_length=100, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    issuer = models.CharField(_("decided by"), max_length=300, blank=True)
    receiving_place = models.CharField(_("active at"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("statuses")
        constraints = [
            choice_constraint("status", ActivityStatus, "status_known"),
            not_empty("validity", "status_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="status_has_a_first_day"
            ),
            no_overlap(
                "member",
                name="status_one_a_day",
                message=_("A member has one status on a day."),
            ),
        ]

    def __str__(self):
        return self.get_status_display()


class Discipline(models.Model):
    """A disciplinary decision against a member."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="disciplines", verbose_name=_("member")
    )
    decided_on = models.DateField(_("decided on"))
    form = models.CharField(_("form"), max_length=9, choices=DisciplineForm.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    decision_number = models.CharField(_("number of the decision"), max_length=100, blank=True)
    issuer = models.CharField(_("decided by"), max_length=300, blank=True)

    class Meta:
        ordering = ["decided_on", "pk"]
        constraints = [
            choice_constraint("form", DisciplineForm, "discipline_form_known"),
            models.UniqueConstraint(fields=["member", "decided_on"], name="discipline_once_a_day"),
        ]

    def __str__(self):
        return self.get_form_display()


class Position(models.Model):
    """A post that a member holds at an organization."""

    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, related_name="positions", verbose_name=_("member")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="positions",
        verbose_name=_("organization"),
    )
    title = models.CharField(_("title"), max_length=200)
    rank = models.CharField(_("rank"), max_length=17, choices=Rank.choices)
    field = models.CharField(_("field of responsibility"), max_length=300, blank=True)
    validity = DateRangeField(_("validity"))
    end_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("rank", Rank, "position_rank_known"),
            not_empty("validity", "position_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="position_has_a_first_day"
            ),
            models.UniqueConstraint(
                F("member"),
                F("organization"),
                F("title"),
                models.Func(F("validity"), function="lower", output_field=models.DateField()),
                name="position_once",
            ),
        ]

    def __str__(self):
        return self.title
