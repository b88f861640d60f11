"""Settings of the test suite: the real servers, a cheap password hasher, no https."""

import os

os.environ |= {"LOCAL": "true", "SECRET_KEY": "only-for-tests", "DEBUG": "false"}

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
