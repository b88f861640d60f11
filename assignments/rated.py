"""Whose year is rated. Ratings are of a later room: the database answers
(evaluations/sql/rated_members.sql)."""

from django.db import connection


def rated_members(members, *, year):
    """The ids, of those in `members`, of members who are rated for the whole year."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rated_members(%s, %s::bigint[])", [year, list(members)])
        return {pk for (pk,) in cursor.fetchall()}
