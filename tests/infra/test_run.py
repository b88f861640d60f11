"""`make run` from an empty folder to a page, again, and away without a trace."""

import contextlib
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlsplit

import psutil
import pytest
from django.conf import settings

from accounts.choices import Role
from tests.infra.machines import local_environment, open_folder


@contextlib.contextmanager
def running(var_dir):
    """Run it: gives the process, what it printed until it was ready, and in how many seconds."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "config.run"],
        cwd=settings.BASE_DIR,
        env=local_environment(var_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Logs: "):
            break
    try:
        yield process, "".join(lines), time.monotonic() - began
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def get(address, path):
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname, parts.port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def find_address(printed):
    return next(word for word in printed.split() if word.startswith("http://localhost:"))


@pytest.fixture(scope="module")
def started():
    """A folder where it ran once, and what was to be seen then."""
    with open_folder() as var_dir:
        with running(var_dir) as (process, printed, _seconds):
            answer = get(find_address(printed), "/sign-in/")
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGINT)
            status = process.wait(60)
        left = psutil.wait_procs(children, timeout=10)[1]
        yield SimpleNamespace(
            var_dir=var_dir, printed=printed, answer=answer, status=status, left=left
        )


def test_first_start_loads_the_demo_and_names_an_account_of_each_role(started):
    assert "Loading the demo data" in started.printed
    for role in Role.labels:
        assert str(role) in started.printed


def test_localhost_is_served_by_http_with_cookies_that_work_there(started):
    status, headers, page = started.answer
    assert status == 200
    assert "csrfmiddlewaretoken" in page
    assert "secure" not in headers["Set-Cookie"].lower()
    assert "Strict-Transport-Security" not in headers


def test_ctrl_c_stops_everything(started):
    assert started.status == 0
    assert started.left == []
    assert not (started.var_dir / "services.json").exists()


def test_second_start_takes_seconds_and_a_killed_launcher_leaves_nothing(started):
    with running(started.var_dir) as (process, printed, seconds):
        assert "Loading the demo data" not in printed
        assert seconds < 30  # 3 s where nothing else is at work
        assert get(find_address(printed), "/")[0] == 302
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) > 5
        process.kill()
        if sys.platform == "linux":  # which tells a process when its parent dies
            assert psutil.wait_procs(children, timeout=20)[1] == []


def test_a_database_in_use_gets_no_demo(started):
    """One that DATABASE_URL names may hold a committee's own data."""
    (started.var_dir / "demo-embedded").unlink()
    with running(started.var_dir) as (_process, printed, _seconds):
        assert "Loading the demo data" not in printed
        assert str(Role.LEADER.label) not in printed
