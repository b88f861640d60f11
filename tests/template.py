"""The migrated test database, kept as a template: migrations take ten times as long as its copy.

A process of pytest-xdist that comes while another one migrates waits for its template. The name of
a template says which migrations it has; those of others are dropped.
"""

from contextlib import closing, contextmanager
from hashlib import sha256

import psycopg2
from django.conf import settings
from django.db import connection

from config.ownership import owner_login

PREFIX = "template_chibo_"
# What a migrated database is made of. What the models add after migrations is added again.
PARTS = ("*/migrations/*.py", "*/sql/*.sql", "requirements.txt")


@contextmanager
def migrated_template():
    """What `setup_databases` makes inside is a copy of the template, or becomes it; as the owner.

    Gives a function that is to be called when the database is made.
    """
    name = PREFIX + digest()
    with closing(maintenance()) as session, session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = {row[0] for row in cursor.fetchall()}
        if name in found:
            connection.settings_dict["TEST"]["TEMPLATE"] = name

        def keep():
            connection.close()  # a template has no session
            if name in found:
                return
            for other in found:
                cursor.execute(f'DROP DATABASE "{other}" WITH (FORCE)')
            cursor.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}"'
            )

        try:
            yield keep
        finally:
            connection.settings_dict["TEST"]["TEMPLATE"] = None


def digest():
    parts = sha256()
    for pattern in PARTS:
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            parts.update(f"{path.relative_to(settings.BASE_DIR)}\n".encode() + path.read_bytes())
    return parts.hexdigest()[:16]


def maintenance():
    """A session of the owner beside all test databases."""
    login = {name.lower(): value for name, value in owner_login().items() if value}
    session = psycopg2.connect(dbname="postgres", **login)
    session.autocommit = True
    return session
