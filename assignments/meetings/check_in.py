"""The code that those in the room see, to check in by: it changes every half minute, so that a
picture of it is worth nothing soon after.

A token is signed and stands in the address that the square picture holds; six letters and digits
say the same to somebody who types them. Both hold for the half minute in which they were made and
for the next one.
"""

import re

from django.core import signing
from django.utils.crypto import salted_hmac
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

SLOT = 30  # seconds
SLOTS = 2  # in which a code holds
REFRESH = 20  # seconds after which the secretary's screen shows the next one
TICKET_SECONDS = 600
# What is not mistaken for another when read from a screen.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LETTERS = 6
_SIGNER = signing.Signer(salt="assignments.check_in")
_TICKET_SALT = "assignments.check_in.ticket"
_TOKEN = re.compile(r"([pm][0-9]{1,18})\.([0-9]{1,12})")


def token_of(key, *, at):
    """The signed token of an occasion (its key) at the moment."""
    return _SIGNER.sign(f"{key}.{_slot(at)}")


def read_token(token, *, at):
    """The key of the occasion that a token was made for, None when it is forged or too old."""
    try:
        match = _TOKEN.fullmatch(_SIGNER.unsign(token))
    except signing.BadSignature:
        return None
    return match[1] if match and 0 <= _slot(at) - int(match[2]) < SLOTS else None


def letters_of(key, *, at, before=0):
    """What somebody types instead; `before`: how many half minutes ago."""
    text = f"{key}.{_slot(at) - before}"
    digest = salted_hmac("assignments.check_in.letters", text, algorithm="sha256").digest()
    number, letters = int.from_bytes(digest, "big"), ""
    for _place in range(LETTERS):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def find_key(typed, keys, *, at):
    """The one of `keys` whose letters somebody typed, None when they are of none."""
    letters = "".join(typed.upper().split()).replace("-", "")
    found = (
        key
        for key in keys
        for before in range(SLOTS)
        if letters == letters_of(key, at=at, before=before)
    )
    return next(found, None)


def ticket_of(key, user):
    """Who has shown a code that holds may take ten minutes to press the button."""
    return signing.dumps([key, user.pk], salt=_TICKET_SALT)


def read_ticket(ticket, user):
    """The key that a ticket of the user was made for, None when it is forged or too old."""
    try:
        key, pk = signing.loads(ticket, salt=_TICKET_SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    return key if pk == user.pk else None


def picture_of(address):
    """The square picture of an address, as the path of an SVG of `size` × `size` units."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(address)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return {"size": len(rows), "path": path}


def _slot(at):
    return int(at.timestamp()) // SLOT
