"""Adding members and changing what is known of them: one function one transaction.

`by` is who does it, `on` the day on which it is done. What is wrong raises ValidationError by
field, what the rules forbid PermissionDenied.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import LeftReason, OrganizationKind
from ..fields import SearchKey
from ..models import EarlierPersonClass, Member, Membership
from ..periods import ONE_DAY, period
from ..refusals import told_at
from .rights import locked_member, require_organization

PERSON = (
    "code",
    "full_name",
    "birth_date",
    "gender",
    "admitted_on",
    "official_on",
    "occupation",
    "identity_number",
    "phone",
    "email",
)
DATES = {"birth_date", "admitted_on", "official_on"}
IN_A_BRANCH = {
    "membership_in_a_branch": gettext_lazy("Members belong to a branch, and this is none."),
    "membership_between_admission_and_leaving": gettext_lazy(
        "Nobody belongs to a branch before the admission or after leaving."
    ),
    "membership_one_branch_a_day": gettext_lazy(
        "Somebody has just entered another branch for these days."
    ),
}


def day_text(day):
    return date_format(day, "SHORT_DATE_FORMAT")


def alike(members, *, full_name, birth_date):
    """Those of `members` whose name is the same without diacritics and who were born on the day."""
    if birth_date is None:
        return members.none()
    keyed = members.alias(search_key=SearchKey("full_name"))
    return keyed.filter(search_key=SearchKey(Value(full_name)), birth_date=birth_date)


@transaction.atomic
def add_member(*, branch, since, person_class, by, on, **person):
    """Enter a member who belongs to `branch` from `since`; returns the member.

    A member who was transferred out of another organization, with the same party card, name and
    birth date, is taken in again with everything that is known of them.
    """
    require_organization(branch, by=by, on=on)
    member = _transferred_out(**person) or Member()
    for name in PERSON:
        setattr(member, name, person[name])
    member.person_class = person_class
    check_branch(branch, since=since, field="since")
    _check_dates(member, on=on)
    if since < member.admitted_on or since > on:
        text = _("The day lies between the admission (%(admitted)s) and today.")
        raise ValidationError({"since": text % {"admitted": day_text(member.admitted_on)}})
    if member.pk:
        _come_back(member, since=since)
    _clean(member)
    member.save()
    with told_at("branch", IN_A_BRANCH):
        Membership.objects.create(member=member, branch=branch, validity=period(since))
    return member


@transaction.atomic
def change_member(member, *, person_class, class_since=None, by, on, **person):
    """Change what is known of a member. Another person class holds from `class_since`, a day that
    must then be given; what it was until then is kept."""
    member = locked_member(member, by=by, on=on)
    changed = {name for name in PERSON if getattr(member, name) != person[name]}
    for name in changed:
        setattr(member, name, person[name])
    if changed & DATES:
        _check_dates(member, on=on)
    if person_class != member.person_class:
        _change_class(member, person_class, since=class_since)
    _clean(member)
    with told_at("admitted_on", IN_A_BRANCH):
        member.save()
    return member


def check_branch(branch, *, since, field="branch"):
    """A ValidationError at the field when the organization is no branch on the day."""
    if branch.kind != OrganizationKind.BRANCH:
        raise ValidationError({"branch": _("Members belong to a branch, and this is none.")})
    days = branch.validity
    if (days.lower and since < days.lower) or (days.upper and since >= days.upper):
        text = _("“%(branch)s” does not exist on this day.")
        raise ValidationError({field: text % {"branch": branch}})


def _transferred_out(*, code, full_name, birth_date, **_more):
    """The member of this card whom another organization transferred out: only who knows card,
    name and birth date alike finds them."""
    gone = Member.objects.select_for_update(of=("self",)).filter(
        code=code, left_reason=LeftReason.TRANSFERRED_OUT, merged_into=None, anonymised_on=None
    )
    return alike(gone, full_name=full_name, birth_date=birth_date).first()


def _come_back(member, *, since):
    """The membership that leaving had ended now says so itself."""
    if since < member.left_on:
        text = _("The member was with another organization until %(day)s.")
        raise ValidationError({"since": text % {"day": day_text(member.left_on - ONE_DAY)}})
    for last in member.memberships.filter(validity__upper_inf=True):
        if last.validity.lower == member.left_on:
            last.delete()
        else:
            last.validity = period(last.validity.lower, member.left_on - ONE_DAY)
            last.save(update_fields=["validity"])
    member.left_on, member.left_reason, member.left_note = None, "", ""


def _check_dates(member, *, on):
    born, admitted, official = member.birth_date, member.admitted_on, member.official_on
    if admitted > on:
        raise ValidationError({"admitted_on": _("This day is yet to come.")})
    if born and born >= admitted:
        raise ValidationError({"birth_date": _("The birth date is not before the admission.")})
    if official and official < admitted:
        raise ValidationError({"official_on": _("A member is official after the admission.")})
    first = member.memberships.order_by("validity").first() if member.pk else None
    if first and first.validity.lower < admitted:
        text = _("The member has belonged to a branch since %(day)s.")
        raise ValidationError({"admitted_on": text % {"day": day_text(first.validity.lower)}})


def _clean(member):
    others = Member.objects.filter(code=member.code).exclude(pk=member.pk)
    if member.code and others.exists():
        raise ValidationError({"code": _("This party card number is in use already.")})
    member.full_clean(exclude=["left_reason"])


def _change_class(member, person_class, *, since):
    if since is None:
        text = _("Say from which day: what it was until then is kept.")
        raise ValidationError({"class_since": text})
    last = member.earlier_classes.order_by("-validity").first()
    begun = last.validity.upper if last else None
    if begun and since < begun:
        text = _("The present class holds since %(day)s: a change begins on it or later.")
        raise ValidationError({"class_since": text % {"day": day_text(begun)}})
    if begun == since:
        # A correction of the last change; it may take it back altogether.
        if last.person_class == person_class:
            last.delete()
    else:
        EarlierPersonClass.objects.create(
            member=member,
            validity=period(begun, since - ONE_DAY),
            person_class=member.person_class,
        )
    member.person_class = person_class


def require_visible(member, *, by, on):
    """Raise PermissionDenied unless `by` sees the member."""
    if not Member.objects.visible_to(by, on=on).filter(pk=member.pk).exists():
        raise PermissionDenied
