"""The order of levels in the database."""

from django.db.models import Case, Value, When

from assignments.choices import Level


def rank_of(column):
    """0 for the best level of the column, 4 for none."""
    whens = (When(**{column: level}, then=Value(rank)) for rank, level in enumerate(Level.values))
    return Case(*whens, default=Value(len(Level)))
