"""Fixtures of the whole suite: the servers that the tests run against are real."""

import gc
import os

import pytest
import redis
from django.conf import settings
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test.utils import setup_databases, teardown_databases

from config.ownership import as_owner
from tests.owner import Migrated
from tests.template import migrated_template
from tests.workers import Worker, empty_broker, end_sessions

WORKERS = pytest.StashKey()
# What takes minutes begins first, so that at the end no process works while the others wait.
FIRST = (
    "tests/test_query_budgets.py",
    "tests/e2e/test_every_page",
    "tests/test_as_of.py",
    "tests/workbook/test_reform.py",
    "tests/test_foreign_ids.py",
    "tests/test_every_route.py",
    "tests/test_fuzz.py",
    "tests/infra/",
    "tests/e2e/",
    "tests/evaluations/",
    "tests/workbook/",
)


def pytest_collection_modifyitems(items):
    """pytest-xdist deals out the files in the order of their tests (see Makefile)."""
    items.sort(
        key=lambda item: next(
            (at for at, path in enumerate(FIRST) if item.nodeid.startswith(path)), len(FIRST)
        )
    )


def pytest_collection_finish():
    """What was imported stays: Python looked it through for waste in a tenth of its time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings
):
    """The owner makes, migrates and drops the test database; the tests, the live server and the
    workers are the application's role, so that a privilege it lacks shows.

    At the end nobody keeps the database from being dropped.
    """
    with django_db_blocker.unblock(), as_owner(), migrated_template() as keep:
        made = setup_databases(request.config.option.verbose, interactive=False)
        keep()
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = user"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        with as_owner():
            teardown_databases(made, request.config.option.verbose)


@pytest.fixture(scope="session", autouse=True)
def test_database(django_db_setup, django_db_blocker):
    """What migrations load once, and the content types and permissions that Django adds, comes
    back when a test empties the tables, so that no test depends on the order."""
    with django_db_blocker.unblock():
        migrated = Migrated()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            DatabaseOperations,
            "execute_sql_flush",
            lambda _operations, _statements: migrated.restore(),
        )
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_arguments: None)
        yield


@pytest.fixture
def celery_worker(request, transactional_db, tmp_path):
    """Start real Celery workers: `celery_worker(4)`, `celery_worker(pool="prefork")` → [Worker].

    They share the test database and a broker of their own, which begins empty, and are killed at
    the end of the test. Their logs are shown where the test fails.
    """
    empty_broker()
    workers = request.node.stash.setdefault(WORKERS, [])

    def start(count=1, **options):
        fresh = [
            Worker(tmp_path / f"worker-{len(workers) + number}.log", **options)
            for number in range(1, count + 1)
        ]
        workers.extend(fresh)
        for worker in fresh:
            worker.wait_until_ready()
        return fresh

    yield start
    for worker in workers:
        worker.kill()
    end_sessions()
    empty_broker()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        for worker in item.stash.get(WORKERS, []):
            report.sections.append((f"Log of {worker.log_path.stem}", worker.log))
    return report


def pytest_sessionstart(session):
    """Tests empty their broker database: one that REDIS_URL names must have nothing to lose."""
    if os.environ.get("REDIS_URL"):
        with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
            if broker.dbsize():
                pytest.exit(
                    f"Database {broker.get_connection_kwargs().get('db', 0)} of REDIS_URL has "
                    "keys, and tests empty it: name an empty one.",
                    returncode=1,
                )
