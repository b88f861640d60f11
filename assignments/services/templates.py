"""Uploading templates of documents and giving them up. `by` is who does it, `on` the day.

What the rules forbid raises PermissionDenied; a wrong template raises ValidationError.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.models import Organization, StoredFile

from ..documents.checking import MOST_BYTES
from ..documents.word import MEDIA_TYPE, check_template
from ..models import DocumentTemplate


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
