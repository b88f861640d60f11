"""Who may change an assignment: whoever assigns work for the organization that issued it.

An assignment is issued by who issued its directive, or its team's. One without either, or whose
issuer exists no more, belongs to the organization directly above its target: each level assigns to
the one below. The organization of the target sees it, and may not change it.
"""

from django.apps import apps
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Subquery, When
from django.db.models.functions import Coalesce


class NextToLast(Func):
    """The id before the last of an array of ids; NULL when there is none."""

    template = "(%(expressions)s)[cardinality(%(expressions)s) - 1]"
    output_field = models.BigIntegerField()


class IssuedQuerySet(models.QuerySet):
    """Assignments, by the organization that issued them."""

    def with_issuer(self, *, on):
        """Annotate issued_by: the id of the organization that answers for the assignment on the
        day."""
        return self.annotate(
            issued_by=Coalesce(
                _existing("directive__issuer", on),
                _existing("team__directive__issuer", on),
                Subquery(_above_target(on)),
                "target",
            )
        )

    def changeable_by(self, user, *, on):
        """Those that the user may change, end and hand over on the day. What was just saved and is
        not among them was issued for an organization that the user does not assign for."""
        scope = user.scope_for("assign_work", on=on).values("pk")
        return self.visible_to(user, on=on).with_issuer(on=on).filter(issued_by__in=scope)

    def with_may_change(self, user, *, on):
        """Annotate may_change: whether the user may change what is among these anyway."""
        scope = user.scope_for("assign_work", on=on)
        issued = self.with_issuer(on=on)
        return issued.annotate(may_change=Exists(scope.filter(pk=OuterRef("issued_by"))))


def _existing(issuer, on):
    return Case(When(**{f"{issuer}__validity__contains": on}, then=F(f"{issuer}_id")))


def _above_target(on):
    paths = apps.get_model("branches", "OrganizationPath").objects
    path = paths.filter(organization=OuterRef("target"), validity__contains=on)
    return path.values(above=NextToLast("ancestors"))[:1]
