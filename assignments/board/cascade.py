"""What comes from above: who is assigned to the organization itself or to one above it, and whom a
higher level has assigned to those below. One reads it; those who issued it change it."""

from django.db.models import Exists, OuterRef, Q

from branches.models import Organization

from ..models import Assignment

HERE, BELOW = "here", "below"


def from_above(acting, *, part=""):
    """Assignments of the day, annotated with issued_by, and with is_open: whether the reader may
    open its page.

    part  HERE: to the organization acted for or one above it; BELOW: to those below it, issued by
          one above it; else both

    What stands above the organization today is told to everybody who sees its assignments: who
    guides the whole is no secret to its parts. The day chooses what is shown of it.
    """
    on, today = acting.on, acting.today
    above = {each.pk for each in acting.above} & set(acting.path_today)
    seen = Assignment.objects.visible_to(acting.user, on=today).filter(pk=OuterRef("pk"))
    rows = Assignment.objects.valid_on(on).with_issuer(on=on).annotate(is_open=Exists(seen))
    below = Organization.objects.below(acting.organization, on=on).values("pk")
    here = Q(target__in=above)
    issued_above = Q(target__in=below, issued_by__in=above - {acting.organization.pk}, is_open=True)
    parts = {HERE: here, BELOW: issued_above & ~here}
    return rows.filter(parts.get(part, here | issued_above))
