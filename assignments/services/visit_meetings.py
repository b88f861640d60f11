"""The meetings of visits that were logged before their branch recorded anything."""

from django.db import connection

from branches.models import Meeting

from ..models import Visit

# As holding one meeting does: of two who record the same at once the second finds it.
LOCK_SQL = "SELECT FROM branches_organization WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"
JOIN_SQL = "SELECT join_meetings(%s)"
MOST_OF_A_DAY = 20


def hold_meetings(visits):
    """Record the meetings of those visits (rows, locked) whose branches have recorded none, one for
    a branch, day and kind: who confirms the visit says that it was held. Six statements at most."""
    loose = [visit for visit in visits if visit.meeting_id is None]
    if not loose:
        return
    ids = [visit.pk for visit in loose]
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SQL, [sorted({visit.branch_id for visit in loose})])
        cursor.execute(JOIN_SQL, [ids])
    left = Visit.objects.filter(pk__in=ids, meeting=None).order_by()
    held = sorted(set(left.values_list("branch", "held_on", "kind")))
    codes = _free_codes(held)
    # The database joins the visits to them, and the branch's plan.
    Meeting.objects.bulk_create(
        Meeting(code=codes[each], branch_id=each[0], held_on=each[1], kind=each[2]) for each in held
    )


def _free_codes(held):
    """{(branch id, day, kind): a code that no meeting has}."""
    options = {each: _codes(*each) for each in held}
    every = [code for codes in options.values() for code in codes]
    taken = set(Meeting.objects.filter(code__in=every).values_list("code", flat=True))
    codes = {}
    for each, several in options.items():
        codes[each] = next(code for code in several if code not in taken)
        taken.add(codes[each])
    return codes


def _codes(branch, held_on, _kind):
    base = f"SH-{branch}-{held_on:%Y-%m-%d}"
    return [base, *(f"{base}-{number}" for number in range(2, MOST_OF_A_DAY))]
