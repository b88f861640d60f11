"""Where mail goes: EMAIL_URL and EMAIL_FROM of the environment as Django's settings."""

import os
from urllib.parse import unquote, urlsplit

from .environment import SettingsError

SCHEMES = {"smtp": {"port": 587, "tls": True}, "smtps": {"port": 465, "tls": False}}
CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


def read_email(*, local):
    """The EMAIL_… settings; EMAIL_CONFIGURED among them says whether mail reaches anybody.

    smtp://user:password@host:587 (with STARTTLS) or smtps://user:password@host:465. Without
    EMAIL_URL mail is printed on one's own machine, and goes nowhere elsewhere.
    """
    url = os.environ.get("EMAIL_URL", "")
    found = {"DEFAULT_FROM_EMAIL": os.environ.get("EMAIL_FROM") or "chibo@localhost"}
    if not url:
        return found | {
            "EMAIL_BACKEND": CONSOLE if local else NOWHERE,
            "EMAIL_CONFIGURED": local,
        }
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise SettingsError("EMAIL_URL is not of the form smtp://user:password@host:587.")
    if not os.environ.get("EMAIL_FROM"):
        raise SettingsError("EMAIL_FROM is not set: the address that mail comes from.")
    scheme = SCHEMES[parts.scheme]
    return found | {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_CONFIGURED": True,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or scheme["port"],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": scheme["tls"],
        "EMAIL_USE_SSL": not scheme["tls"],
        "EMAIL_TIMEOUT": 20,
    }
