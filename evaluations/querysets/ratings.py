"""Which roll-ups, ratings and objections."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from branches.models import EarlierOrganization, Organization


class RollUpQuerySet(models.QuerySet):
    def unfinished(self):
        return self.filter(state__in=["queued", "running"])

    def told(self, *, on, today):
        """Those that a page of the day `on` tells of: on a past day none with a later cut-off."""
        return self.filter(as_of__lte=on) if on < today else self

    def visible_to(self, user, *, on):
        """Roll-ups of organizations whose ratings the user may see."""
        return self.filter(organization__in=user.scope_for("see_ratings", on=on).values("pk"))


class RatingQuerySet(models.QuerySet):
    def latest(self, year, *, several=True):
        """For each unit the ratings of its latest finished roll-up of that year.

        Roll-ups with different cut-off dates may have found a member in different units: then
        the newest of them counts. `several`: whether there may be more than one.
        """
        latest = Q(roll_up__year=year, roll_up__latest__unit=F("unit"))
        if not several:
            return self.filter(latest)
        newer = self.model.objects.filter(
            latest, member=OuterRef("member"), roll_up__gt=OuterRef("roll_up")
        )
        return self.filter(latest).exclude(Exists(newer))

    def of_organization(self, organization, *, cut_offs=()):
        """The population of `organization`: those whose branch stood at or below it on the
        cut-off date of the roll-up that rated them.

        cut_offs  all dates that these may be, where they are known: for one the branches are
                  looked up once, and not again for each rating
        """
        if len(cut_offs) == 1:
            (on,) = cut_offs
            below = Organization.objects.below(organization, on=on)
            # Together with something else, or the database looks each branch up in the tree again
            # for each rating, as it expects one where there are 100,000.
            there = Q(branch__in=below.values("pk")) | Q(branch=None)
            return self.filter(there, roll_up__as_of=on)
        return self.filter(
            branch__paths__validity__contains=F("roll_up__as_of"),
            branch__paths__ancestors__contains=[organization.pk],
        )

    def told(self, *, on, today):
        """Those that a page of the day `on` tells of: on a past day none with a later cut-off."""
        return self.filter(roll_up__as_of__lte=on) if on < today else self

    def with_people(self):
        return self.select_related("member", "branch", "unit", "roll_up")

    def with_branch_name(self):
        """Annotate branch_name_on: what the branch was called on the cut-off date."""
        earlier = EarlierOrganization.objects.filter(
            organization=OuterRef("branch"), validity__contains=OuterRef("roll_up__as_of")
        )
        return self.annotate(
            branch_name_on=Coalesce(Subquery(earlier.values("name")[:1]), F("branch__name"))
        )

    def visible_to(self, user, *, on):
        """Ratings of members of branches answered for with a role that may see ratings, as the
        tree stands on the day, and one's own."""
        return self.filter(
            Q(branch__in=user.scope_for("see_ratings", on=on).values("pk"))
            | Q(member=user.member_id)
        )


class ObjectionQuerySet(models.QuerySet):
    def open(self):
        """Those that wait for their answer."""
        return self.filter(answered_at=None, withdrawn_at=None)

    def answerable_by(self, user, *, on):
        """Those that the user may answer on the day: never their own."""
        bodies = user.scope_for("answer_objections", on=on).values("pk")
        return self.filter(body__in=bodies).exclude(member=user.member_id)

    def visible_to(self, user, *, on):
        """One's own, those that one may answer, and those of members whose ratings one sees."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        bodies = user.scope_for("answer_objections", on=on).values("pk")
        return self.filter(Q(member=user.member_id) | Q(body__in=bodies) | Q(body__in=scope))
