"""Numbers of directives: “02-NQ/QU” is the second resolution of a district committee in its term.

They run on from 01 for each kind through a term of the issuer's committee, not a year.
"""

import re
import unicodedata

from branches.choices import OrganizationKind
from branches.models import CommitteeTerm

from ..choices import DirectiveKind
from ..models import Directive

KIND_SIGNS = {
    DirectiveKind.RESOLUTION: "NQ",
    DirectiveKind.DECISION: "QĐ",
    DirectiveKind.PLAN: "KH",
    DirectiveKind.SCHEME: "ĐA",
}
# By the first words of the issuer's name, then by its kind.
NAME_SIGNS = (
    ("Tỉnh ủy", "TU"),
    ("Thành ủy", "TU"),
    ("Quận ủy", "QU"),
    ("Huyện ủy", "HU"),
    ("Thị ủy", "TU"),
    ("Đảng ủy", "ĐU"),
    ("Chi bộ", "CB"),
)
ORGANIZATION_SIGNS = {
    OrganizationKind.CENTRAL: "TW",
    OrganizationKind.PROVINCE: "TU",
    OrganizationKind.DISTRICT: "HU",
    OrganizationKind.GRASSROOTS_COMMITTEE: "ĐU",
    OrganizationKind.SUB_COMMITTEE: "ĐU",
    OrganizationKind.BRANCH: "CB",
    OrganizationKind.CELL: "CB",
}
NUMBER = re.compile(r"^0*(?P<count>[0-9]{1,6})\s*-\s*(?P<kind>[^\W\d_]+)\s*/\s*(?P<issuer>\S.*)$")


def tidy(number):
    """A number as it is stored: composed letters, one space where there were several."""
    return " ".join(unicodedata.normalize("NFC", number).split())


def suggest_numbers(issuer, *, on):
    """{kind: the next number of the issuer} on the day. Two queries.

    Where no term of the committee is recorded, the series of the last document of the kind goes
    on: numbers that began again in a new term are taken up from where they are.
    """
    issued = Directive.objects.filter(issuer=issuer, issued_on__lte=on).order_by("-issued_on")
    term = term_of(issuer, on=on)
    if term is not None:
        issued = issued.filter(issued_on__contained_by=term.validity)
    read = [
        (kind, day, match)
        for kind, day, number in issued.values_list("kind", "issued_on", "number")
        if (match := NUMBER.match(number))
    ]
    sign = read[0][2]["issuer"] if read else _sign_of(issuer)
    return {
        kind: f"{1 + _last_count(read, kind, whole_term=term is not None):02d}-{KIND_SIGNS[kind]}/"
        f"{sign}"
        for kind in DirectiveKind
    }


def term_of(issuer, *, on):
    """The recorded term of the issuer's committee on the day, or None."""
    return CommitteeTerm.objects.valid_on(on).filter(organization=issuer).first()


def _last_count(read, kind, *, whole_term):
    """The highest count of the kind; where the term is not known, that of the last day."""
    counts = [(day, int(match["count"])) for each, day, match in read if each == kind]
    if not whole_term and counts:
        last_day = max(day for day, _count in counts)
        counts = [(day, count) for day, count in counts if day == last_day]
    return max((count for _day, count in counts), default=0)


def _sign_of(issuer):
    name = tidy(getattr(issuer, "name_on", issuer.name)).casefold()
    found = (sign for begins, sign in NAME_SIGNS if name.startswith(begins.casefold()))
    return next(found, None) or ORGANIZATION_SIGNS[issuer.kind]
