"""Settings of the test suite: the real servers, a cheap password hasher, no https."""

import os
from urllib.parse import urlsplit

os.environ |= {"LOCAL": "true", "SECRET_KEY": "only-for-tests", "DEBUG": "false"}

from config.settings import *  # noqa: F403
from config.settings import CACHES, CELERY_BROKER_URL, DATABASES

# A query that never ends is a failure that names it.
_options = DATABASES["default"]["OPTIONS"]
_options["options"] = f"{_options.get('options', '')} -c statement_timeout=180s".strip()

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True  # look for a file when asked: a test client need not list them all

# Each process of pytest-xdist has a broker database of its own, as it has a test database.
_broker, _process = urlsplit(CELERY_BROKER_URL), os.environ.get("PYTEST_XDIST_WORKER", "gw-1")
_number = int(_broker.path.strip("/") or 0) + int(_process.removeprefix("gw")) + 1
CELERY_BROKER_URL = _broker._replace(path=f"/{_number}").geturl()
CACHES["default"]["LOCATION"] = CELERY_BROKER_URL
