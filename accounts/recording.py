"""To whom and to what the audit trail puts changes down, and the log of reads and sign-ins.

The triggers that write the trail read three settings of the database session: chibo.user,
chibo.reason and chibo.source.
"""

from contextlib import contextmanager

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, transaction

from .models import AccessLog

NAMES = ("chibo.user", "chibo.reason", "chibo.source")
READ_SQL = "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in NAMES)
# What was set, and what is given or else was set, from then on to the end of the transaction.
BEGIN_SQL = """
WITH outside (users, reason, source) AS MATERIALIZED (
    SELECT
        coalesce(current_setting('chibo.user', true), ''),
        coalesce(current_setting('chibo.reason', true), ''),
        coalesce(current_setting('chibo.source', true), '')
)
SELECT users, reason, source,
    set_config('chibo.user', coalesce(nullif(%s, ''), users), true),
    set_config('chibo.reason', coalesce(nullif(%s, ''), reason), true),
    set_config('chibo.source', coalesce(nullif(%s, ''), source), true)
FROM outside
"""


@contextmanager
def recording(user=None, reason="", source=""):
    """One transaction, whose changes are put down to `user`, with a reason and a source ("task:
    …", "command: …", or the path of a page). What is not given stays as it is outside."""
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        outside = _begin(user, reason, source)
        yield
        # The end of the transaction undoes this by itself, and so does an error that leaves the
        # block.
        if is_nested and not connection.needs_rollback:
            _set(outside, local=True)


@contextmanager
def recording_session(user=None, reason="", source=""):
    """The same for all transactions begun inside the block, on the present connection: for what
    has transactions of its own, as background tasks and commands have."""
    outside = _read()
    _set(_given(user, reason, source, outside), local=False)
    try:
        yield
    finally:
        try:
            _set(outside, local=False)
        except DatabaseError:
            # What broke the connection is told by its own error; the next one begins without.
            connection.close()


def put_down_to(user):
    """From here on, put the changes of the present transaction down to `user`."""
    _set([str(user.pk), *_read()[1:]], local=True)


def give_reason(reason):
    """From here on, the changes of the present transaction have this reason."""
    user, _reason, source = _read()
    _set([user, reason, source], local=True)


class RecordedCommand(BaseCommand):
    """A command whose changes stand in the trail under its name. Who runs it is known to the
    operating system alone, so no user is put down."""

    def execute(self, *args, **options):
        name = self.__class__.__module__.rpartition(".")[2]
        with recording_session(source=f"command: {name}"):
            return super().execute(*args, **options)


def log_access(kind, *, by, at, member=None, organization=None, rows=None, note=""):
    """Log that somebody read, exported or signed in, in a transaction of its own or the present.

    kind  a value of AccessKind
    by    the user, None for a command or somebody not signed in
    rows  how many rows were handed out, where that says something
    """
    user = by if by is not None and by.is_authenticated else None
    return AccessLog.objects.create(
        kind=kind, by=user, at=at, member=member, organization=organization, rows=rows, note=note
    )


def _begin(user, reason, source):
    """Set what is given until the transaction ends. Returns what was set before."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_SQL, [_id_of(user), reason, source])
        return list(cursor.fetchone()[: len(NAMES)])


def _given(user, reason, source, outside):
    given = (_id_of(user), reason, source)
    return [new or old for new, old in zip(given, outside, strict=True)]


def _id_of(user):
    return str(user.pk) if user is not None and user.pk else ""


def _read():
    with connection.cursor() as cursor:
        cursor.execute(READ_SQL)
        return list(cursor.fetchone())


def _set(values, *, local):
    calls = ", ".join(["set_config(%s, %s, %s)"] * len(NAMES))
    pairs = zip(NAMES, values, strict=True)
    parameters = [part for name, value in pairs for part in (name, value, local)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", parameters)
