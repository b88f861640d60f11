"""What may stand in a cell: reading it into a value, and writing a value so that it is read again.

A cell is what a reader gives: text (all that CSV knows), or from Excel a number (float), a bool, a
date, datetime, time, timedelta or ErrorCell. Each type's `parse` returns the value, None for a
blank cell, or raises CellError, which says what is wrong and what would be right. `write` gives the
text of a cell. What is written is read as the same value. Nothing here asks the database.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from branches.fields import CODE_PATTERN, EMAIL_PATTERN, IDENTITY_PATTERN, PHONE_PATTERN

from .headings import fold, nearest

# Trimmed around every value: spaces, also those that Word and the web leave behind.
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\u3000\ufeff"
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2200, 12, 31)
TRUE_WORDS = {"1", "true", "x", "co"}
FALSE_WORDS = {"0", "false", "khong"}

_CODE = re.compile(CODE_PATTERN)
_IDENTITY = re.compile(IDENTITY_PATTERN)
_PHONE = re.compile(PHONE_PATTERN)
_EMAIL = re.compile(EMAIL_PATTERN)
_BETWEEN_DIGITS = str.maketrans("", "", " .-()\u00a0")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_VIETNAMESE_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_PLAIN_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:([.,])([0-9]+))?")
# A mark that repeats, or that the other one follows, divides thousands.
_GROUPED_NUMBER = re.compile(
    r"([+-]?)((?:[0-9]{1,3}(?:\.[0-9]{3})+(?=,|$)|[0-9]{1,3}(?:,[0-9]{3})+(?=\.|$)))([.,][0-9]+)?"
)


class CellError(ValueError):
    """The cell cannot be read; the message says why and what would be right."""


@dataclass(frozen=True)
class ErrorCell:
    """A cell of Excel that holds an error instead of a value; `text` is what it shows."""

    text: str

    def __str__(self):
        return self.text or "#ERROR!"


def refuse_error(cell):
    """Raise CellError for a cell that has no value to be read."""
    if isinstance(cell, ErrorCell):
        raise CellError(
            _(
                "the cell holds the Excel error %(cell)s: correct its formula, "
                "or write the value itself"
            )
            % {"cell": show(cell)}
        )


def trim(cell):
    """Text without the blanks around it and without the apostrophe that keeps Excel from reading
    a formula; other cells as they are; None for a blank cell."""
    if isinstance(cell, str):
        cell = cell.strip(BLANKS)
        if cell.startswith("'") and _FORMULA.match(cell):
            return cell[1:]
        return cell or None
    return cell


def show(cell):
    """The cell as it is quoted in a message."""
    text = as_text(cell)
    return f"“{text if len(text) <= 60 else text[:59] + '…'}”"


def as_text(cell):
    """Any cell as text: numbers without a needless fraction, days in ISO form."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return format(_exact(cell), "f")
    if isinstance(cell, datetime) and cell.time() == cell.min.time():
        return cell.date().isoformat()
    return cell if isinstance(cell, str) else str(cell)


@dataclass(frozen=True)
class Text:
    """Text of at most `length` characters (None: of any length), in Unicode's composed form."""

    length: int | None = None
    sql = 'text COLLATE "C"'

    def parse(self, cell):
        if (cell := trim(cell)) is None:
            return None
        text = _compose(as_text(cell))
        if _CONTROL.search(text):
            raise CellError(
                _("there is a control character in %(cell)s: write the text again")
                % {"cell": show(_CONTROL.sub("?", text))}
            )
        if self.length and len(text) > self.length:
            raise CellError(
                _("%(length)d characters are too many: at most %(most)d")
                % {"length": len(text), "most": self.length}
            )
        return text

    def write(self, value):
        """The text without what an import would refuse; never read as a formula by Excel."""
        text = _CONTROL.sub("", _compose(value)).strip(BLANKS)
        return f"'{text}" if _FORMULA.match(text) else text


def _compose(text):
    """Letters in Unicode's composed form, as all are stored, and lines that end in one sign."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Code(Text):
    """A key that people write."""

    def parse(self, cell):
        code = super().parse(cell)
        if code is not None and not _CODE.fullmatch(code):
            raise CellError(
                _(
                    "%(cell)s is not a code: 1 to 64 letters without marks, digits, “.”, “_” or "
                    "“-”, beginning with a letter or digit"
                )
                % {"cell": show(code)}
            )
        return code


@dataclass(frozen=True)
class IdentityNumber(Text):
    def parse(self, cell):
        number = super().parse(cell)
        if number is not None and not _IDENTITY.fullmatch(number := _digits(number)):
            raise CellError(
                _(
                    "%(cell)s is not an identity number: 12 digits, or 9; Excel drops zeros in "
                    "front of a number, so let the cell be text"
                )
                % {"cell": show(cell)}
            )
        return number


@dataclass(frozen=True)
class Phone(Text):
    def parse(self, cell):
        if isinstance(cell, float):
            raise CellError(
                _("Excel drops the zero in front of %(cell)s: let the cell be text")
                % {"cell": show(cell)}
            )
        phone = super().parse(cell)
        if phone is not None and not _PHONE.fullmatch(phone := _digits(phone)):
            raise CellError(
                _("%(cell)s is not a phone number: 8 to 15 digits, with + in front or not")
                % {"cell": show(cell)}
            )
        return phone


@dataclass(frozen=True)
class Email(Text):
    def parse(self, cell):
        address = super().parse(cell)
        if address is not None and not _EMAIL.fullmatch(address):
            raise CellError(
                _("%(cell)s is not an e-mail address: write name@place") % {"cell": show(cell)}
            )
        return address


def _digits(text):
    """A number as it is kept, without what people write between its digits."""
    return text.translate(_BETWEEN_DIGITS)


@dataclass(frozen=True)
class Date:
    sql = "date"

    def parse(self, cell):
        cell = trim(cell)
        if cell is None:
            return None
        if isinstance(cell, datetime):
            if cell.time() != cell.min.time():
                raise CellError(
                    _("%(cell)s has a time: a day alone is meant") % {"cell": show(cell)}
                )
            day = cell.date()
        elif isinstance(cell, date):
            day = cell
        else:
            day = _read_date(cell)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise CellError(
                _("%(cell)s is out of range: days are from 1800 to 2200") % {"cell": show(cell)}
            )
        return day

    def write(self, value):
        return value.isoformat()


def _read_date(cell):
    text = as_text(cell)
    if isinstance(cell, time | timedelta):
        raise CellError(
            _("%(cell)s is a time, not a date: write the day, such as 2026-03-05")
            % {"cell": show(cell)}
        )
    if not isinstance(cell, str):
        raise CellError(
            _("%(cell)s is a number, not a date: format the cell as a date, or write 2026-03-05")
            % {"cell": show(cell)}
        )
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _VIETNAMESE_DATE.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise CellError(
            _("%(cell)s is not a date: write 2026-03-05 or 5/3/2026") % {"cell": show(cell)}
        )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise CellError(
            _("there is no day %(cell)s: day %(day)d of month %(month)d of %(year)d does not exist")
            % {"cell": show(cell), "day": int(day), "month": int(month), "year": int(year)}
        ) from None


@dataclass(frozen=True)
class Number:
    """A decimal with up to `places` digits after the mark and `digits` in all."""

    digits: int
    places: int
    least: Decimal | None = None
    most: Decimal | None = None
    above: Decimal | None = None
    sql = "numeric"

    def parse(self, cell):
        cell = trim(cell)
        if cell is None:
            return None
        value = _read_number(cell)
        exponent = value.normalize().as_tuple().exponent
        if value and -exponent > self.places:
            if self.places == 0:
                raise CellError(_("%(cell)s is not a whole number") % {"cell": show(cell)})
            raise CellError(
                _("%(cell)s has too many decimals: up to %(places)d")
                % {"cell": show(cell), "places": self.places}
            )
        self._check_range(value, cell)
        return value

    def write(self, value):
        """Without needless zeros, but with four decimals where three would be ambiguous."""
        text = format(value.normalize(), "f")
        return f"{text}0" if re.search(r"\.[0-9]{3}$", text) else text

    def _check_range(self, value, cell):
        limit = Decimal(10) ** (self.digits - self.places)
        if abs(value) >= limit:
            raise CellError(
                _("%(cell)s is out of range: less than %(limit)s")
                % {"cell": show(cell), "limit": limit}
            )
        if self.above is not None and value <= self.above:
            raise CellError(
                _("%(cell)s is out of range: more than %(limit)s")
                % {"cell": show(cell), "limit": self.above}
            )
        if self.least is not None and value < self.least and self.most is None:
            raise CellError(
                _("%(cell)s is out of range: %(least)s or more")
                % {"cell": show(cell), "least": self.least}
            )
        if self.most is not None and not self.least <= value <= self.most:
            raise CellError(
                _("%(cell)s is out of range: from %(least)s to %(most)s")
                % {"cell": show(cell), "least": self.least, "most": self.most}
            )


def _exact(number):
    """A float of Excel as the decimal that Excel shows: it keeps 15 digits."""
    return Decimal(format(number, ".15g"))


def _read_number(cell):
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError(_("%(cell)s is not a number") % {"cell": show(cell)})
    if not isinstance(cell, str):
        return _exact(cell)
    if match := _PLAIN_NUMBER.fullmatch(cell):
        sign, whole, mark, decimals = match.groups()
        if mark and len(decimals) == 3:
            readings = {
                "cell": show(cell),
                "thousands": sign + whole + decimals,
                "decimal": f"{sign}{whole}{mark}{decimals}0",
            }
            if int(whole) == 0:  # nobody writes thousands so
                readings["thousands"] = f"{sign}{int(decimals)}"
                raise CellError(
                    _(
                        "%(cell)s is ambiguous: write %(decimal)s if decimals are meant, "
                        "%(thousands)s if a whole number is"
                    )
                    % readings
                )
            raise CellError(
                _(
                    "%(cell)s is ambiguous: write %(thousands)s if thousands are meant, "
                    "%(decimal)s if decimals are"
                )
                % readings
            )
        return Decimal(f"{sign}{whole}.{decimals or 0}")
    if match := _GROUPED_NUMBER.fullmatch(cell):
        sign, whole, decimals = match.groups()
        return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{decimals[1:] if decimals else 0}")
    raise CellError(
        _(
            "%(cell)s is not a number: write digits, with a point or a comma before the decimals; "
            "thousands are groups of three, as in 1.000.000"
        )
        % {"cell": show(cell)}
    )


@dataclass(frozen=True)
class Whole(Number):
    """A whole number from `least` to `most`."""

    digits: int = 9
    places: int = 0
    sql = "integer"

    def parse(self, cell):
        value = super().parse(cell)
        return None if value is None else int(value)

    def write(self, value):
        return str(value)


@dataclass(frozen=True)
class Boolean:
    sql = "boolean"

    def parse(self, cell):
        cell = trim(cell)
        if cell is None:
            return None
        word = fold(as_text(cell))
        if word in TRUE_WORDS:
            return True
        if word in FALSE_WORDS:
            return False
        raise CellError(
            _("%(cell)s is neither yes nor no: write 1 or 0, x, có or không") % {"cell": show(cell)}
        )

    def write(self, value):
        return "1" if value else "0"


@dataclass(frozen=True)
class Choice:
    """One of a list: the English key or the Vietnamese name. `names` is {key: name}."""

    names: dict
    sql = 'text COLLATE "C"'

    def __post_init__(self):
        known = {fold(name): key for key, name in self.names.items()}
        known |= {fold(key): key for key in self.names}
        object.__setattr__(self, "known", known)

    def parse(self, cell):
        cell = trim(cell)
        if cell is None:
            return None
        text = as_text(cell)
        if (key := self.known.get(fold(text))) is not None:
            return key
        near = nearest(text, [*self.names, *self.names.values()])
        if near:
            message = _("%(cell)s is not in the list; the nearest is %(nearest)s; all: %(all)s")
        else:
            message = _("%(cell)s is not in the list: %(all)s")
        raise CellError(
            message
            % {
                "cell": show(cell),
                "nearest": f"“{near}”",
                "all": ", ".join(f"{key} ({name})" for key, name in self.names.items()),
            }
        )

    def write(self, value):
        return value
