"""Photos: told by their content, and without what the camera wrote beside the picture."""

import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from assignments.photos import JPEG, PNG, PNG_SIGNATURE, WEBP, check_photo, kind_of

SECRET = b"10.03 N 105.78 E, Nokia of An"


def segment(marker, content):
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2) + content


def chunk(name, content):
    crc = zlib.crc32(name + content).to_bytes(4)
    return len(content).to_bytes(4) + name + content + crc


def riff(*chunks):
    body = b"WEBP"
    for name, content in chunks:
        body += name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xda\x00\x02pixels\xff\xd9"


def png(*chunks):
    return PNG_SIGNATURE + b"".join(chunks)


def check(content):
    return check_photo(SimpleUploadedFile("any.name", content))


def test_what_a_jpeg_tells_of_places_and_people_is_left_out():
    kept = segment(0xE0, b"JFIF"), segment(0xE2, b"ICC_PROFILE"), segment(0xDB, b"table")
    told = segment(0xE1, b"Exif" + SECRET), segment(0xED, SECRET), segment(0xFE, SECRET)
    assert check(jpeg(kept[0], *told, *kept[1:])) == (jpeg(*kept), JPEG)


def test_what_a_png_tells_is_left_out():
    kept = chunk(b"IHDR", b"x" * 13), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
    told = chunk(b"eXIf", SECRET), chunk(b"tEXt", SECRET), chunk(b"tIME", b"1234567")
    after_its_end = SECRET
    assert check(png(kept[0], *told, *kept[1:]) + after_its_end) == (png(*kept), PNG)


def test_what_a_webp_tells_is_left_out():
    head = bytes([0b00001100]) + b"\0" * 9
    content, kind = check(riff((b"VP8X", head), (b"VP8 ", b"odd"), (b"EXIF", SECRET)))
    assert (content, kind) == (riff((b"VP8X", b"\0" * 10), (b"VP8 ", b"odd")), WEBP)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        jpeg(segment(0xE0, b"JFIF"))[:6],
        b"\xff\xd8\xff\xe0\x00\x00" + b"x" * 20,
        png(chunk(b"IHDR", b"x" * 13)),
        riff((b"VP8X", b"\0" * 10))[:24],
        b"RIFF\x04\0\0\0WEBPVP8X\0\0",
    ],
)
def test_what_is_no_photo_or_damaged_is_refused(content):
    with pytest.raises(ValidationError):
        check(content)


def test_one_that_is_too_large_is_refused(settings):
    settings.PHOTO_MAX_BYTES = 10
    with pytest.raises(ValidationError):
        check(jpeg(segment(0xE0, b"JFIF")))


def test_the_kind_is_told_by_the_content():
    assert kind_of(jpeg()) == JPEG
    assert kind_of(b"jpeg") == ""
