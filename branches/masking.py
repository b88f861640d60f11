"""Personal data of members as far as a reader may see it: the rest stands masked.

Three actions of the table of roles open three kinds: `see_card_number` the code, `see_contact`
phone and e-mail, `see_identity_number` the identity number. Each counts for the members of the
branches in the scope of its roles on the day; everyone sees their own.
"""

from .models import Membership

DOTS = "••••••"
MOST_SHOWN = 4

CARD_NUMBER = "see_card_number"
CONTACT = "see_contact"
IDENTITY_NUMBER = "see_identity_number"


def mask_code(code):
    """The last characters of a number, at most four and never more than a third of it. How long
    it is, is not told: "123456789012" and "56789012" are both "••••••…"."""
    shown = min(len(code) // 3, MOST_SHOWN)
    return DOTS + code[len(code) - shown :] if code else ""


def mask_phone(phone):
    return mask_code(phone)


def mask_identity_number(number):
    return mask_code(number)


def mask_email(address):
    """Nothing before the sign, the place behind it as it is."""
    return f"{DOTS}@{address.rpartition('@')[2]}" if address else ""


# For whoever shows rows of members: {column: how it is masked, and what opens it}.
MASKED_COLUMNS = {
    "code": (mask_code, CARD_NUMBER),
    "identity_number": (mask_identity_number, IDENTITY_NUMBER),
    "phone": (mask_phone, CONTACT),
    "email": (mask_email, CONTACT),
}


class Sight:
    """What a reader sees of the members of one page.

    `look(ids)` asks for all of them in one query an action; a member not looked for beforehand
    costs a query, and never shows what is closed.
    """

    def __init__(self, user, *, on):
        self.user, self.on = user, on
        self._opened = {}  # {(action, id of a member): whether it is open}

    def look(self, ids, *actions):
        for action in actions or (CARD_NUMBER,):
            unknown = {pk for pk in ids if (action, pk) not in self._opened}
            if unknown:
                opened = self._ask(action, unknown)
                self._opened |= {(action, pk): pk in opened for pk in unknown}
        return self

    def sees(self, action, member_id):
        self.look([member_id], action)
        return self._opened[action, member_id]

    def show(self, column, member):
        """The member's value in a column of MASKED_COLUMNS, whole or masked."""
        value, (mask, action) = getattr(member, column), MASKED_COLUMNS[column]
        return value if not value or self.sees(action, member.pk) else mask(value)

    def _ask(self, action, ids):
        memberships = Membership.objects.filter(
            member__in=ids,
            validity__contains=self.on,
            branch__in=self.user.scope_for(action, on=self.on).values("pk"),
        )
        return {*memberships.values_list("member", flat=True), self.user.member_id}


def sight_of(request):
    """The sight of the reader of this page, today; kept with the request."""
    if not hasattr(request, "_sight"):
        request._sight = Sight(request.user, on=request.acting.today)
    return request._sight
