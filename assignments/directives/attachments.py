"""Which files may be attached to a directive: told by what is in them, not by what they are called.

Nothing is unpacked or opened here, and nothing is shown in the browser: attachments are downloaded.
"""

import io
import zipfile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "doc": "application/msword",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "jpg": "image/jpeg",
    "png": "image/png",
}
ALSO_CALLED = {"jpeg": "jpg"}
ACCEPTED = ",".join(f".{ending}" for ending in [*MEDIA_TYPES, *ALSO_CALLED])
SIGNATURES = (
    (b"%PDF-", "pdf"),
    (OLE, "doc"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
)
# The part that each of the zipped formats has.
PARTS = (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"))
MOST_PARTS = 5000
MIMETYPE_LENGTH = 100


def check_attachment(upload):
    """The media type of an uploaded file. Raises ValidationError for one that may not be attached:
    too large, empty, of another kind, or of another kind than its name says."""
    said = _ending(upload.name)
    if said not in MEDIA_TYPES:
        raise ValidationError(
            _("“%(name)s”: only %(kinds)s can be attached.")
            % {"name": upload.name, "kinds": ", ".join(MEDIA_TYPES)}
        )
    if not upload.size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": upload.name})
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        raise ValidationError(
            _("“%(name)s” has %(size)s; the most is %(most)s.")
            % {
                "name": upload.name,
                "size": filesizeformat(upload.size),
                "most": filesizeformat(settings.ATTACHMENT_MAX_BYTES),
            }
        )
    upload.seek(0)
    if kind_of(upload.read()) != said:
        raise ValidationError(
            _("“%(name)s” is no %(kind)s file inside, or a damaged one.")
            % {"name": upload.name, "kind": said}
        )
    return MEDIA_TYPES[said]


def kind_of(content):
    """The kind of a file by its content, a key of MEDIA_TYPES; "" for any other, and for Office
    files with macros."""
    for signature, kind in SIGNATURES:
        if content.startswith(signature):
            return kind
    return _zipped_kind(content) if content.startswith(b"PK\x03\x04") else ""


def _zipped_kind(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if len(names) > MOST_PARTS or any(map(_is_macro, names)):
                return ""
            if "mimetype" in names and _is_odt(archive):
                return "odt"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return ""
    return next((kind for part, kind in PARTS if part in names), "")


def _is_odt(archive):
    return archive.getinfo("mimetype").file_size <= MIMETYPE_LENGTH and (
        archive.read("mimetype").decode("ascii", "replace") == MEDIA_TYPES["odt"]
    )


def _is_macro(part):
    return part.endswith("vbaProject.bin") or part.startswith("Basic/")


def _ending(name):
    ending = name.rpartition(".")[2].lower()
    return ALSO_CALLED.get(ending, ending)
