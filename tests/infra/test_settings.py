"""The settings as a whole, each time in a process of its own with its own environment."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "DATABASE_URL": "postgres://chibo@db.local/chibo",
    "REDIS_URL": "redis://broker.local/0",
    "SECRET_KEY": "long-enough-and-with-enough-letters-0123456789-abcdefghijklm",
    "ALLOWED_HOSTS": "chibo.example.vn",
}
SHOWN = (
    "LOCAL",
    "ALLOWED_HOSTS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SESSION_COOKIE_SECURE",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_BROKER_TRANSPORT_OPTIONS",
)
SHOW = """
import json, sys
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}))
"""


def run_python(environment, *words):
    return subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
    )


def read_settings(environment):
    done = run_python(environment, "-c", SHOW, *SHOWN)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_production_is_clean_for_djangos_own_check():
    done = run_python(PRODUCTION, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


def test_production_goes_by_https_and_trusts_no_proxy_unasked():
    shown = read_settings(PRODUCTION)
    assert shown["LOCAL"] is False
    assert shown["SECURE_SSL_REDIRECT"] is shown["SESSION_COOKIE_SECURE"] is True
    assert shown["ALLOWED_HOSTS"] == ["chibo.example.vn"]
    assert shown["SECURE_PROXY_SSL_HEADER"] is None
    assert read_settings(PRODUCTION | {"TRUST_PROXY": "true"})["SECURE_PROXY_SSL_HEADER"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "REDIS_URL"])
def test_production_says_what_is_missing(name, tmp_path):
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    done = run_python(environment | {"VAR_DIR": str(tmp_path)}, "manage.py", "check")
    assert done.returncode == 1
    assert done.stderr.startswith(name)
    assert "Traceback" not in done.stderr


def test_localhost_goes_by_http(tmp_path):
    shown = read_settings(PRODUCTION | {"LOCAL": "true", "VAR_DIR": str(tmp_path)})
    assert "localhost" in shown["ALLOWED_HOSTS"]
    assert shown["SECURE_SSL_REDIRECT"] is shown["SESSION_COOKIE_SECURE"] is False
    assert shown["SECURE_HSTS_SECONDS"] == 0


def test_a_task_is_over_before_the_broker_would_give_it_out_again():
    shown = read_settings(PRODUCTION | {"TASK_TIME_LIMIT_SECONDS": "9000"})
    options = shown["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert shown["CELERY_TASK_TIME_LIMIT"] == 9000 < options["visibility_timeout"]
