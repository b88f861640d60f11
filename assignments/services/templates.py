"""Uploading templates of documents and giving them up. `by` is who does it, `on` the day.

What the rules forbid raises PermissionDenied; a wrong template raises ValidationError.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.models import Organization, StoredFile

from ..documents.checking import MOST_BYTES
from ..documents.templates import template_in_use
from ..documents.word import MEDIA_TYPE, check_template
from ..models import DocumentTemplate, TemplateComparison


@recorded
def upload_template(organization, kind, upload, *, by, on, at):
    """Make an uploaded file the organization's template; returns the new version. Raises
    ValidationError by the field `template`, with a sentence for everything that is wrong."""
    _require(organization, by=by, on=on)
    if upload.size > MOST_BYTES:
        raise ValidationError({"template": _("A template has at most 5 MB.")})
    upload.seek(0)
    content = upload.read()
    try:
        check_template(content, kind=kind)
    except ValidationError as error:
        raise ValidationError({"template": error.messages}) from error
    name = upload.name.replace("\x00", "")
    file = StoredFile.store(name, content, media_type=MEDIA_TYPE, by=by, at=at)
    return _add_version(organization, kind, file, by=by, at=at)


@recorded
def give_up_template(organization, kind, *, by, on, at):
    """From here on the organization uses the template of the one above, or the one that comes with
    the application. Its versions stay and can be downloaded."""
    _require(organization, by=by, on=on)
    return _add_version(organization, kind, None, by=by, at=at)


@recorded
def compare_template(organization, kind, *, original, by, on, at):
    """Record that the original of an official form was laid beside the template in use and that
    they agree: the mark on its papers goes. `original` names which: number, date, where it lies.

    Raises ValidationError for no official form, or one that was compared already.
    """
    _require(organization, by=by, on=on)
    used = template_in_use(organization, kind, on=on)
    if not used.is_official:
        raise ValidationError(_("There is no official form of this document to compare with."))
    if not original.strip():
        raise ValidationError({"original": _("Say which original was laid beside it.")})
    if not used.mark:
        raise ValidationError(_("This template was compared already."))
    return TemplateComparison.objects.create(
        organization=organization,
        kind=kind,
        digest=used.digest,
        original=original.strip(),
        compared_by=by,
        compared_at=at,
    )


def _require(organization, *, by, on):
    if not by.may("edit_templates", organization, on=on):
        raise PermissionDenied


def _add_version(organization, kind, file, *, by, at):
    # Who uploads waits for who does at the same moment: versions are counted.
    Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
    versions = DocumentTemplate.objects.filter(organization=organization, kind=kind)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    return DocumentTemplate.objects.create(
        organization=organization,
        kind=kind,
        version=last + 1,
        file=file,
        changed_by=by,
        changed_at=at,
    )
