"""The suite's own Celery workers are real, are apart, and die when told."""

import pytest

from config.celery import app


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_worker_runs_a_task_of_this_broker(celery_worker, pool):
    (worker,) = celery_worker(pool=pool)
    app.send_task("celery.backend_cleanup")
    worker.wait_for("celery.backend_cleanup")


def test_killed_worker_leaves_no_session(celery_worker):
    first, second = celery_worker(2)
    first.kill()
    assert not first.is_alive()
    assert second.is_alive()
    answers = app.control.ping(timeout=2)
    assert [name for answer in answers for name in answer] == ["worker-2@test"]
