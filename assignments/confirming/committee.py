"""Which committee confirms the work of an assigned cadre, and who speaks for it.

Confirming is strict: only an office of that very committee confirms, none above it, and nobody
their own work. docs/access.md, “Who confirms”.
"""

from django.db import models
from django.db.models import DateField, F, Func, Q, Value

from accounts.models import Grant
from branches.models import Organization

ACTION = "confirm_work"


class ConfirmingCommittee(Func):
    """The id of the organization that confirms on a day, of three expressions: the committee named
    (or NULL), the organization where the work is done, and the day.

    The committee named, while it exists; the one that stands in its place; else the nearest
    grassroots committee at or above the other organization; else that itself.
    """

    function = "confirming_committee"
    arity = 3
    output_field = models.BigIntegerField()


def confirming_id(confirmer, place, *, on):
    """The expression for fields: their names in `confirmer` and `place`, the day in `on`."""
    return ConfirmingCommittee(F(confirmer), F(place), Value(on, output_field=DateField()))


def confirming_committee(assignment, *, on):
    """The organization that confirms on the day what is done under the assignment."""
    confirmer = Value(assignment.confirmer_id, output_field=models.BigIntegerField())
    target = Value(assignment.target_id, output_field=models.BigIntegerField())
    day = Value(on, output_field=DateField())
    return Organization.objects.on(on).get(pk=ConfirmingCommittee(confirmer, target, day))


def confirming_organizations(user, *, on):
    """Organizations (a queryset) for which the user confirms on the day: those where they hold the
    office's role itself."""
    grants = Grant.objects.valid_on(on).that_may(ACTION).filter(user=user.pk)
    return Organization.objects.valid_on(on).filter(pk__in=grants.values("organization"))


def confirmed_by(user, confirmer, place, *, on):
    """The condition, on rows with the committee named in the column `confirmer` and the place of
    the work in `place`, that the user confirms them on the day."""
    own = confirming_organizations(user, on=on)
    gone = Q(**{f"{confirmer}__isnull": True}) | ~Q(**{f"{confirmer}__validity__contains": on})
    return Q(**{f"{confirmer}__in": own.values("pk")}) | (
        gone & Q(models.Exists(own.filter(pk=_outer(confirmer, place, on))))
    )


def _outer(confirmer, place, on):
    day = Value(on, output_field=DateField())
    return ConfirmingCommittee(models.OuterRef(confirmer), models.OuterRef(place), day)
