"""The suite's own Celery workers are real, are apart, and die when told."""

import time

import pytest

from config.celery import app


def wait_for(text, worker, seconds=20):
    deadline = time.monotonic() + seconds
    while text not in worker.log:
        assert time.monotonic() < deadline, f"{text!r} is not in the log"
        time.sleep(0.05)


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_worker_runs_a_task_of_this_broker(celery_worker, pool):
    (worker,) = celery_worker(pool=pool)
    app.send_task("celery.backend_cleanup")
    wait_for("celery.backend_cleanup", worker)


def test_killed_worker_leaves_no_session(celery_worker):
    first, second = celery_worker(2)
    first.kill()
    assert not first.is_alive()
    assert second.is_alive()
    answers = app.control.ping(timeout=2)
    assert [name for answer in answers for name in answer] == ["worker-2@test"]
