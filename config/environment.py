"""Reading the settings' environment variables; what cannot be read is said in words."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}
SERVER_URLS = ("DATABASE_URL", "REDIS_URL")
OWNER_URL = "MIGRATION_DATABASE_URL"
# Commands that make or change tables. All others do with the application's role, so that a
# privilege it lacks shows on one's own machine.
OWNER_COMMANDS = {"createcachetable", "migrate"}


class SettingsError(ImproperlyConfigured):
    """A variable is missing or cannot be read; the message is meant for whoever sets it."""


def read_bool(name, default):
    """The variable as a bool; `default` when it is not set."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE_WORDS:
        return True
    if value.strip().lower() in FALSE_WORDS:
        return False
    raise SettingsError(f"{name}={value!r} is neither true nor false.")


def read_int(name, default, *, least=1):
    """The variable as a whole number of at least `least`; `default` when it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise SettingsError(f"{name}={value!r} is not a whole number of {least} or more.")
    return int(value)


def read_years(name, defaults):
    """Years by name, as "members=5,disciplines=10"; those not named have their defaults."""
    years = dict(defaults)
    for entry in read_list(name):
        key, _sign, number = entry.partition("=")
        if key not in defaults or not number.isdecimal():
            known = ", ".join(defaults)
            raise SettingsError(f"{name}: {entry!r} is not of the form name=years; names: {known}.")
        years[key] = int(number)
    return years


def read_list(name):
    """The variable's words, separated by commas; [] when it is not set."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def parse_database_url(url):
    """postgres://user:password@host:port/name?sslmode=require as an entry of DATABASES.

    Parts may be percent-encoded; the query holds connection options of libpq, `host` among them
    (the folder of a unix socket).
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"DATABASE_URL cannot be read: {error}.") from None
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsError(
            f"DATABASE_URL begins with {parts.scheme + ':' if parts.scheme else 'no scheme'}; "
            "PostgreSQL is the one database: postgres://user:password@host:5432/name."
        )
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name:
        raise SettingsError("DATABASE_URL names no database: postgres://…@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def check_redis_url(url):
    """The URL itself, when it is one that Celery's Redis transport takes."""
    if urlsplit(url).scheme not in {"redis", "rediss"}:
        raise SettingsError("REDIS_URL is not of the form redis://:password@host:6379/0.")
    return url


def find_server_urls(var_dir):
    """The servers' URLs: of the environment, else of the embedded servers that run.

    {"DATABASE_URL": …, "REDIS_URL": …} and, where the tables belong to a role of their own,
    "MIGRATION_DATABASE_URL". The two of PostgreSQL come from the same place.
    """
    names = (*SERVER_URLS, OWNER_URL)
    given = {name: os.environ[name] for name in names if os.environ.get(name)}
    if OWNER_URL in given and "DATABASE_URL" not in given:
        raise SettingsError(f"{OWNER_URL} is set and DATABASE_URL is not: set both or neither.")
    running = {} if given.keys() >= set(SERVER_URLS) else read_running_urls(var_dir)
    if "DATABASE_URL" in given:
        running.pop(OWNER_URL, None)
    urls = running | given
    missing = [name for name in SERVER_URLS if name not in urls]
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} not set, and no embedded server runs in {var_dir}: "
            "start them with `make services`, or set DATABASE_URL and REDIS_URL."
        )
    return urls


def read_running_urls(var_dir):
    """The URLs of the embedded servers; {} when none runs."""
    path = Path(var_dir) / "services.json"
    try:
        return json.loads(path.read_text())["urls"]
    except FileNotFoundError:
        return {}
    except PermissionError:
        raise SettingsError(
            f"{path} belongs to another user: run as that user, or choose another VAR_DIR."
        ) from None


def choose_database_url(urls):
    """The URL that this process works with: the owner's, if DATABASE_ROLE says so.

    The web, the workers and all other commands are the application's role, which owns nothing.
    Where only DATABASE_URL is given, its role is both.
    """
    role = os.environ.get("DATABASE_ROLE") or "application"
    if role not in {"application", "owner"}:
        raise SettingsError(f"DATABASE_ROLE={role!r} is neither application nor owner.")
    if OWNER_URL in urls and not parse_database_url(urls["DATABASE_URL"])["USER"]:
        raise SettingsError(
            f"DATABASE_URL names no user: with {OWNER_URL}, privileges are granted to it."
        )
    return urls[OWNER_URL] if role == "owner" and OWNER_URL in urls else urls["DATABASE_URL"]


def read_secret_key(var_dir, *, local):
    """SECRET_KEY of the environment; on a local machine, else one made once and kept in var_dir."""
    key = os.environ.get("SECRET_KEY", "")
    if key:
        return key
    if not local:
        raise SettingsError(
            "SECRET_KEY is not set. Make one with "
            "`python -c 'import secrets; print(secrets.token_urlsafe(50))'` and keep it; "
            "on your own machine, LOCAL=true makes one for you."
        )
    return keep_secret(Path(var_dir) / "secret_key")


def keep_secret(path):
    """The secret in the file, which is made, for its owner's eyes only, if there is none yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        # A link appears whole or not at all: processes that start together agree on one secret.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_text()
