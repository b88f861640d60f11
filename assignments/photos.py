"""Photos that cadres send with a visit: which are taken, and what is left out of them.

A photo is told by its content, not by its name. What a camera writes beside the picture (the place,
the device, the owner) is not kept: the pieces of the file that hold it are left out, and the
picture itself is never decoded here.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
ENDINGS = {JPEG: "jpg", PNG: "png", WEBP: "webp"}
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of a JPEG: JFIF, the colour profile and Adobe's colour transform say how it looks; the other
# application segments and comments say where and by whom it was taken.
JPEG_KEPT = {0xE0, 0xE2, 0xEE}
JPEG_OTHERS = {*range(0xE0, 0xF0), 0xFE}
JPEG_SCAN = 0xDA
PNG_LEFT_OUT = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
WEBP_LEFT_OUT = {b"EXIF", b"XMP "}
WEBP_NO_METADATA = 0b11110011  # the flags of the two


def check_photo(upload):
    """(content without what tells of people and places, media type) of an uploaded photo.

    Raises ValidationError for one that is too large, damaged, or no JPEG, PNG or WebP picture.
    """
    if upload.size > settings.PHOTO_MAX_BYTES:
        raise ValidationError(
            _("The photo has %(size)s; the most is %(most)s.")
            % {
                "size": filesizeformat(upload.size),
                "most": filesizeformat(settings.PHOTO_MAX_BYTES),
            }
        )
    upload.seek(0)
    content = upload.read()
    kind = kind_of(content)
    if not kind:
        raise ValidationError(_("Only photos can be added: JPEG, PNG or WebP."))
    try:
        return STRIPPED[kind](content), kind
    except (IndexError, ValueError):
        raise ValidationError(_("The photo is damaged: take another one.")) from None


def kind_of(content):
    """The media type of a picture by its first bytes; "" for everything else."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(PNG_SIGNATURE):
        return PNG
    return WEBP if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else ""


def _strip_jpeg(content):
    kept, place = [content[:2]], 2
    while (marker := content[place + 1]) != JPEG_SCAN:
        if content[place] != 0xFF:
            raise ValueError("no segment begins here")
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4])
        if end < place + 4 or end > len(content):
            raise ValueError("a segment of no length, or longer than the file")
        if marker in JPEG_KEPT or marker not in JPEG_OTHERS:
            kept.append(content[place:end])
        place = end
    return b"".join([*kept, content[place:]])


def _strip_png(content):
    kept, place = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while place < len(content):
        name, end = content[place + 4 : place + 8], place + 12
        end += int.from_bytes(content[place : place + 4])
        if end > len(content):
            raise ValueError("a chunk is longer than the file")
        if name not in PNG_LEFT_OUT:
            kept.append(content[place:end])
        place = end
        if name == b"IEND":
            return b"".join(kept)
    raise ValueError("it has no end")


def _strip_webp(content):
    kept, place = [], 12
    while place < len(content):
        name, length = content[place : place + 4], content[place + 4 : place + 8]
        end = place + 8 + int.from_bytes(length, "little")
        if len(length) < 4 or end > len(content):
            raise ValueError("a chunk is longer than the file")
        end += end % 2  # chunks begin at even places
        chunk = bytearray(content[place:end])
        if name == b"VP8X":
            chunk[8] &= WEBP_NO_METADATA
        if name not in WEBP_LEFT_OUT:
            kept.append(bytes(chunk))
        place = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


STRIPPED = {JPEG: _strip_jpeg, PNG: _strip_png, WEBP: _strip_webp}
