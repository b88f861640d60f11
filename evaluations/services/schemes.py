"""Rating sets of members and of organizations: those that come with the software, and those that
committees make of them."""

import json
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from branches.models import Organization

from ..choices import SchemeState
from ..models import OrganizationScheme, Scheme
from ..rules import SchemeError, read_organization_scheme, read_scheme
from .cycles import change_scheme as change_scheme_of_cycle

SCHEMES_DIR = Path(__file__).parents[1] / "schemes"
ACTION = "edit_schemes"
LONGEST_KEY = 50
# What a definition is read by: sets of members and of organizations are made and adopted alike.
READERS = {Scheme: read_scheme, OrganizationScheme: read_organization_scheme}


def load_schemes(model=Scheme):
    """Store each file of `evaluations/schemes/` whose key and version are not stored yet.

    Returns how many were added. A stored version is never changed: a roll-up may have used it.
    Raises SchemeError for a file that no rating can be made with.
    """
    added = 0
    for path in sorted(SCHEMES_DIR.glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        read_scheme(definition)
        first_year, last_year = definition["years"]
        _scheme, created = model.objects.get_or_create(
            key=definition["key"],
            version=definition["version"],
            defaults={
                "name": definition["name_vi"],
                "first_year": first_year,
                "last_year": last_year,
                "definition": definition,
            },
        )
        added += created
    return added


@transaction.atomic
def copy_scheme(scheme, *, organization, name, by, on, at):
    """Make a draft of a scheme for an organization: the next version of its own one, or the first
    of a new key of one of others.

    Returns the draft. Raises PermissionDenied, ValidationError by field.
    """
    _require(organization, by=by, on=on)
    # Two who copy at once take turns here.
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    key = _key_for(scheme, organization)
    draft = type(scheme)(
        key=key,
        version=_next_version(type(scheme), key),
        name=name,
        first_year=scheme.first_year,
        last_year=scheme.last_year,
        definition=scheme.definition,
        state=SchemeState.DRAFT,
        organization=organization,
        based_on=scheme,
        made_by=by,
        made_at=at,
    )
    return _save(draft)


@transaction.atomic
def change_scheme(scheme, *, name, first_year, last_year, definition, by, on):
    """Change a draft. Raises PermissionDenied; ValidationError by field, for an adopted version,
    and with all that is wrong for a definition that no rating can be made with."""
    scheme = _draft(scheme, by=by, on=on)
    scheme.name, scheme.first_year, scheme.last_year = name, first_year, last_year
    scheme.definition = definition
    return _save(scheme)


@transaction.atomic
def discard_scheme(scheme, *, by, on):
    """Delete a draft; the trail keeps what it said."""
    _draft(scheme, by=by, on=on).delete()


@transaction.atomic
def adopt_scheme(scheme, *, cycle=None, by, on, at):
    """Make a draft the newest version of its key, which never changes again, and rate the members
    of the cycle by it, if one is given: nobody in it may be decided on yet, and its suggestions are
    taken again.

    Returns the scheme. Raises PermissionDenied, ValidationError by field.
    """
    scheme = _draft(scheme, by=by, on=on)
    versions = type(scheme).objects.filter(key=scheme.key).exclude(pk=scheme.pk)
    if versions.adopted().filter(version__gt=scheme.version).exists():
        scheme.version = _next_version(type(scheme), scheme.key)
    scheme.state, scheme.adopted_by, scheme.adopted_at = SchemeState.ADOPTED, by, at
    _save(scheme)
    if cycle:
        _check_cycle(scheme, cycle, on=on)
        change_scheme_of_cycle(cycle, scheme=scheme, by=by, on=on)
    return scheme


def _require(organization, *, by, on):
    if not by.may(ACTION, organization, on=on):
        raise PermissionDenied


def _draft(scheme, *, by, on):
    """The draft, fresh and locked."""
    scheme = type(scheme).objects.select_for_update(of=("self",)).get(pk=scheme.pk)
    if scheme.organization is None:
        raise PermissionDenied
    _require(scheme.organization, by=by, on=on)
    if not scheme.is_draft:
        raise ValidationError(
            _("This version is adopted and stays as it is: make a copy, and change that.")
        )
    return scheme


def _key_for(scheme, organization):
    if scheme.organization_id == organization.pk:
        return scheme.key
    key = f"{scheme.key}-{slugify(organization.code)}"
    of_others = type(scheme).objects.filter(key=key).exclude(organization=organization)
    if len(key) > LONGEST_KEY or of_others.exists():
        return f"{scheme.key[:25]}-o{organization.pk}"
    return key


def _next_version(model, key):
    newest = model.objects.filter(key=key).aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def _save(scheme):
    """Store a scheme; its definition says its key, version, name and years as well."""
    scheme.definition = scheme.definition | {
        "key": scheme.key,
        "version": scheme.version,
        "name_vi": scheme.name,
        "years": [scheme.first_year, scheme.last_year],
    }
    try:
        READERS[type(scheme)](scheme.definition)
    except SchemeError as error:
        sentence = _("No rating can be made with it: %(problems)s")
        raise ValidationError({"definition": sentence % {"problems": error}}) from error
    scheme.full_clean(exclude=["definition"])
    scheme.save()
    return scheme


def _check_cycle(scheme, cycle, *, on):
    if not scheme.holds_year(cycle.year):
        sentence = _("This set is not for %(year)d: change its years, or choose another cycle.")
        raise ValidationError({"cycle": sentence % {"year": cycle.year}})
    below = Organization.objects.below(scheme.organization, on=on)
    if not below.filter(pk=cycle.organization_id).exists():
        sentence = _("This cycle does not belong to %(organization)s, which made the set.")
        raise ValidationError({"cycle": sentence % {"organization": scheme.organization}})
