"""What tells that somebody saw or changed what they must not."""

import re

from django.db import connection

from .world import CODE_MARK, MARK

TELLING = re.compile(f"{MARK}|{CODE_MARK}", re.IGNORECASE)
# Written when somebody reads: what was read by whom, and the session.
LOGS = ("accounts_accesslog", "django_session", "usersessions_usersession")


def read(response, typed=()):
    """The text of an answer, without what one typed: that may stand there again."""
    text = response.getvalue().decode(errors="replace") + response.headers.get("Location", "")
    for value in sorted(map(str, typed), key=len, reverse=True):
        text = text.replace(value, "")
    return text


def count_writes():
    """{table: rows that this transaction has written, undone or not}, logs of reading aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> ALL(%s)"
            " AND schemaname NOT LIKE 'pg_temp%%'",
            [list(LOGS)],
        )
        return dict(cursor.fetchall())
