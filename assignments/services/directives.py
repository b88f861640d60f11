"""Entering directives, their attachments included. `by` is who does it, `on` the day it is done.

What the rules forbid raises PermissionDenied; wrong values raise ValidationError, by field.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.services import recorded
from branches.models import Organization, StoredFile

from ..directives.attachments import check_attachment
from ..directives.eligibility import leaders_of
from ..directives.numbering import term_of, tidy
from ..models import Attachment, Directive

NAMED = 3  # of those that stand in the way


@recorded
def issue_directive(*, by, on, at, attachments=(), **values):
    """Enter a directive with its files; returns it.

    values       number, issuer, issued_on, kind, title, valid_to (or None)
    attachments  uploaded files
    """
    directive = Directive(**values)
    _require(directive, by=by, on=on)
    _check(directive)
    directive.save()
    attach_files(directive, attachments, by=by, on=on, at=at)
    return directive


@recorded
def change_directive(directive, *, by, on, **values):
    """Change a directive that the caller has locked; values as in `issue_directive`."""
    _require(directive, by=by, on=on)
    for field, value in values.items():
        setattr(directive, field, value)
    _require(directive, by=by, on=on)
    _check(directive)
    _check_leaders(directive)
    directive.save()
    return directive


@recorded
def attach_files(directive, uploads, *, by, on, at):
    """Attach uploaded files. Raises ValidationError by the field `attachments`."""
    _require(directive, by=by, on=on)
    stored = [_store(upload, by=by, at=at) for upload in uploads]
    return Attachment.objects.bulk_create(
        Attachment(directive=directive, file=file) for file in stored
    )


@recorded
def replace_attachment(attachment, upload, *, by, on, at):
    """Put another file in the place of an attached one, which is gone then."""
    _require(attachment.directive, by=by, on=on)
    earlier = attachment.file
    attachment.file = _store(upload, by=by, at=at)
    attachment.save(update_fields=["file"])
    earlier.delete()
    return attachment


@recorded
def remove_attachment(attachment, *, reason, by, on):
    _require(attachment.directive, by=by, on=on)
    _delete_attachments(Attachment.objects.filter(pk=attachment.pk))


@recorded
def delete_directive(directive, *, reason, by, on):
    """Delete a directive under which nothing was issued, with its attachments. Raises
    ValidationError that names what was."""
    _require(directive, by=by, on=on)
    if blocked := what_was_issued(directive):
        raise ValidationError(
            _("It cannot be deleted: %(what)s were issued under it.") % {"what": blocked}
        )
    _delete_attachments(directive.attachments.all())
    directive.delete()


def what_was_issued(directive):
    """What stands under the directive, in words that name the first of each; "" for nothing."""
    teams = [team.name for team in directive.teams.order_by("code")[: NAMED + 1]]
    assignments = [
        f"{each.member} – {each.target}"
        for each in directive.assignments.select_related("member", "target").order_by("code")[
            : NAMED + 1
        ]
    ]
    counts = Directive.objects.filter(pk=directive.pk).aggregate(
        teams=Count("teams", distinct=True), assignments=Count("assignments", distinct=True)
    )
    parts = []
    if teams:
        words = ngettext("%(count)d team", "%(count)d teams", counts["teams"])
        parts.append(_with_names(words, counts["teams"], teams))
    if assignments:
        words = ngettext("%(count)d assignment", "%(count)d assignments", counts["assignments"])
        parts.append(_with_names(words, counts["assignments"], assignments))
    return get_text_list(parts, _("and"))


def _with_names(words, count, names):
    more = ", …" if count > NAMED else ""
    return f"{words % {'count': count}} ({', '.join(names[:NAMED])}{more})"


def _require(directive, *, by, on):
    if not by.may("assign_work", directive.issuer, on=on):
        raise PermissionDenied


def _check(directive):
    directive.number = tidy(directive.number)
    issuer = Organization.objects.filter(pk=directive.issuer_id)
    # Who enters a document waits for who does at the same moment: a number is given once.
    issuer.select_for_update(of=("self",), no_key=True).get()
    if not issuer.valid_on(directive.issued_on).exists():
        raise ValidationError({"issued_on": _("The issuer does not exist on this day.")})
    if directive.valid_to and directive.valid_to < directive.issued_on:
        raise ValidationError({"valid_to": _("The last day is before the first day.")})
    directive.full_clean(validate_unique=False, validate_constraints=False)
    _check_number(directive)
    directive.validate_constraints()


def _check_number(directive):
    """One number stands for one document of the issuer, in a term of its committee."""
    same = Directive.objects.filter(issuer=directive.issuer, number__iexact=directive.number)
    term = term_of(directive.issuer, on=directive.issued_on)
    if term is None:
        same = same.filter(issued_on=directive.issued_on)
    else:
        same = same.filter(issued_on__contained_by=term.validity)
    if other := same.exclude(pk=directive.pk).first():
        raise ValidationError(
            {
                "number": _("“%(title)s” of %(day)s has this number already.")
                % {
                    "title": other.title,
                    "day": date_format(other.issued_on, "SHORT_DATE_FORMAT"),
                }
            }
        )


def _check_leaders(directive):
    """Teams stay led by the standing committee of the issuer on the day of issue."""
    eligible = leaders_of(directive.issuer, on=directive.issued_on).values("pk")
    wrong = directive.teams.exclude(leader__in=eligible).select_related("leader").first()
    if wrong:
        raise ValidationError(
            {
                "issued_on": _(
                    "%(leader)s, who leads “%(team)s”, does not sit in the standing committee of "
                    "%(issuer)s on this day."
                )
                % {"leader": wrong.leader, "team": wrong, "issuer": directive.issuer}
            }
        )


def _store(upload, *, by, at):
    try:
        media_type = check_attachment(upload)
    except ValidationError as error:
        raise ValidationError({"attachments": error.messages}) from error
    upload.seek(0)
    return StoredFile.store(
        upload.name.replace("\x00", ""), upload.read(), media_type=media_type, by=by, at=at
    )


def _delete_attachments(attachments):
    files = list(attachments.values_list("file", flat=True))
    attachments.delete()
    StoredFile.objects.filter(pk__in=files).delete()
