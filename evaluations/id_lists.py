"""Lists of ids in queries."""

from django.db.models.expressions import RawSQL


def listed(ids):
    """For `…__in=listed(ids)`: the ids as one value of the statement. As many parameters as ids
    take longer than what is asked for, from some thousands on."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
