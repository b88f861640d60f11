"""Which visits: those that a user sees, those that wait, those that the user decides on."""

from django.db import models
from django.db.models import Q

from branches.choices import VisitState
from branches.models import Membership

from ..confirming.committee import confirmed_by

WAITING = (VisitState.LOGGED, VisitState.DISPUTED)


class VisitQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Visits to or by somebody in the organizations answered for, those that the user's office
        decides on, and one's own."""
        scope = user.scope_for("see_assignments", on=on).values("pk")
        members = Membership.objects.valid_on(on).filter(branch__in=scope).values("member")
        return self.filter(
            Q(branch__in=scope)
            | Q(member__in=members)
            | Q(member=user.member_id)
            | confirmed_by(user, "confirmer", "branch", on=on)
        )

    def waiting(self):
        """Those that the office has not decided on."""
        return self.filter(state__in=WAITING)

    def standing(self):
        """All but claims that were withdrawn."""
        return self.exclude(state="")

    def confirmable_by(self, user, *, on):
        """Those, decided or not, that the user decides on on the day: of committees where they are
        the office, never their own."""
        return self.filter(confirmed_by(user, "confirmer", "branch", on=on)).exclude(
            member=user.member_id
        )

    def with_people(self):
        return self.select_related("member", "branch", "meeting", "confirmer", "assignment")
