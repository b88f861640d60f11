"""The role that owns the tables, for a process of the application's role that needs it a moment:
benchmarks and tests make databases, and empty and change tables."""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from config.environment import OWNER_URL, find_server_urls, parse_database_url


def owner_login():
    """The entries of DATABASES that log in as the owner, at the server where that one works."""
    urls = find_server_urls(settings.VAR_DIR)
    database = parse_database_url(urls.get(OWNER_URL) or urls["DATABASE_URL"])
    return {name: database[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}


@contextmanager
def as_owner():
    """What this process connects to inside, it connects to as the owner; not in a transaction."""
    login = connection.settings_dict
    kept = {name: login[name] for name in owner_login()}
    connection.close()
    login.update(owner_login())
    try:
        yield
    finally:
        connection.close()
        login.update(kept)
