"""Real Celery workers on the test database, as processes that a test may kill."""

import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import redis
from django.conf import settings
from django.db import connection

from config.processes import end_with_parent

READY_WITHIN = 60  # seconds; two cores that are busy with other tests take a few
APPLICATION = "chibo-test-worker"


class Worker:
    """One `celery worker` process, with its pool's processes its group.

    pool   "solo" runs tasks in the process itself, "prefork" in `concurrency` children
    env    more environment for it
    """

    def __init__(self, log_path, *, pool="solo", concurrency=1, env=None):
        self.log_path = log_path
        command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel=INFO"]
        command += [
            f"--pool={pool}",
            f"--concurrency={concurrency}",
            f"--hostname={log_path.stem}@test",
        ]
        # Workers need not know of each other, and start a second sooner so.
        command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        with log_path.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=worker_environment() | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGTERM),
            )

    def wait_for(self, text, *, times=1, seconds=20):
        """Until its log holds the text so often."""
        deadline = time.monotonic() + seconds
        while self.log.count(text) < times:
            assert time.monotonic() < deadline, f"{text!r} is not in the log:\n{self.log}"
            time.sleep(0.05)

    @property
    def pid(self):
        return self.process.pid

    def wait_until_ready(self):
        deadline = time.monotonic() + READY_WITHIN
        while " ready." not in self.log:
            if not self.is_alive() or time.monotonic() > deadline:
                raise AssertionError(f"The worker does not start:\n{self.log}")
            time.sleep(0.02)

    @property
    def log(self):
        return self.log_path.read_text()

    def is_alive(self):
        return self.process.poll() is None

    def kill(self):
        """kill -9 the worker and its pool, as if the machine had lost its power."""
        if self.is_alive():
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def worker_environment():
    """The environment of this process, with the test database and the broker of this process."""
    database = connection.settings_dict
    user, password = (quote(database[key], safe="") for key in ("USER", "PASSWORD"))
    host, port = database["HOST"] or "localhost", database["PORT"] or 5432
    address = f"{user}:{password}@{host}:{port}/{quote(database['NAME'], safe='')}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings_test",
        "DATABASE_URL": f"postgres://{address}?application_name={APPLICATION}",
        "REDIS_URL": settings.CELERY_BROKER_URL,
    }
    # It would choose the broker database a second time.
    environment.pop("PYTEST_XDIST_WORKER", None)
    environment.pop("MIGRATION_DATABASE_URL", None)
    return environment


def end_sessions():
    """End what killed workers still have at work in the database, and wait until it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [APPLICATION],
        )


def empty_broker():
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        broker.flushdb()
