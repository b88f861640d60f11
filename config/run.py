"""`make run`: the whole application on one's own machine, until Ctrl-C.

Servers (the embedded ones, or those of DATABASE_URL and REDIS_URL), migrations, a Celery worker
with beat, gunicorn; in a new database also the demo data. What it starts ends with it, on Linux
even if it is killed.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from config.environment import SettingsError, find_server_urls, read_int
from config.processes import end_with_parent
from config.services import ServiceError, Services, open_private

BASE_DIR = Path(__file__).resolve().parent.parent
FIRST_PORT = 8000
SERVED_WITHIN = 60  # seconds
ENDED_WITHIN = 10  # seconds; a task that is cut off then is done again later
WANTED, LOADED = "wanted", "loaded"
PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")


class RunError(Exception):
    """The application cannot run; the message says why."""


class Stopped(BaseException):
    """Someone wants this to end: Ctrl-C, SIGTERM, or the terminal was closed."""


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stopped)
    var_dir = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
    os.environ |= {"VAR_DIR": str(var_dir), "LOCAL": "true"}
    wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    processes, services = {}, None
    try:
        services = Services(var_dir, tied=True, only=wanted)
        services.start()
        serve(var_dir, processes)
    except Stopped:
        print("\nStopping …", flush=True)
    except (RunError, ServiceError, SettingsError) as error:
        sys.exit(f"{error}")
    finally:
        # From here on a second Ctrl-C only says again what is already being done.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end(processes.values())
        if services:
            services.stop_started()


def raise_stopped(_number, _frame):
    raise Stopped


def serve(var_dir, processes):
    """Start what is missing and watch it; `processes` gets each by its name."""
    began = time.monotonic()
    demo = find_demo_state(var_dir)
    manage("migrate", "--verbosity=0")
    port = choose_port()
    celery = (PYTHON, "-m", "celery", "-A", "config", "worker", "--beat", "--concurrency=2")
    # Asked to end, it would first look for the broker, which ends as well.
    processes["worker"] = spawn(
        var_dir / "worker.log", *celery, "--loglevel=INFO", at_death=signal.SIGKILL
    )
    processes["web"] = spawn(
        var_dir / "web.log",
        *(PYTHON, "-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}"),
        *("--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"),
    )
    if demo.exists() and demo.read_text() == WANTED:
        print("Loading the demo data …", flush=True)
        manage("load_demo", stdout=subprocess.DEVNULL)
        demo.write_text(LOADED)
    wait_until_served(port, processes, var_dir)
    print(
        f"\n  http://localhost:{port}  (ready after {time.monotonic() - began:.1f} s)\n", flush=True
    )
    if demo.exists():
        manage("load_demo", "--print-accounts")
    print(f"\nLogs: {var_dir}/*.log. Ctrl-C stops everything.", flush=True)
    while True:
        refuse_ended(processes, var_dir)
        time.sleep(0.5)


def find_demo_state(var_dir):
    """The path of the file that says, for this database, whether the demo is wanted or loaded.

    Only a database that has no tables yet gets the demo: so one that is in use has no such file.
    """
    url = find_server_urls(var_dir)["DATABASE_URL"]
    parts = urlsplit(url)
    place = f"{parts.hostname}-{parts.port}-{parts.path.strip('/')}"
    path = var_dir / f"demo-{place if os.environ.get('DATABASE_URL') else 'embedded'}"
    try:
        with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
            if cursor.fetchone()[0]:
                path.write_text(WANTED)
    except psycopg2.Error as error:
        raise RunError(f"The database does not answer: {error}") from None
    return path


def manage(*words, stdout=None):
    """Run a management command to its end."""
    process = subprocess.Popen(
        [*MANAGE, *words],
        cwd=BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    try:
        status = process.wait()
    finally:
        end([process])
    if status:
        raise RunError(f"manage.py {words[0]} failed (exit status {status}).")


def spawn(log_path, *command, at_death=signal.SIGTERM):
    """Start a process that gets the signal `at_death` when this one is killed."""
    with open_private(log_path, "w") as log:
        return subprocess.Popen(
            command,
            cwd=BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent(at_death),
        )


def choose_port():
    """PORT, if it is set; else the first port from 8000 on where nothing answers on localhost."""
    if os.environ.get("PORT"):
        return read_int("PORT", None)
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1):
            continue
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RunError(f"No port from {FIRST_PORT} to {FIRST_PORT + 99} is free: set PORT.")


def wait_until_served(port, processes, var_dir):
    deadline = time.monotonic() + SERVED_WITHIN
    while time.monotonic() < deadline:
        refuse_ended(processes, var_dir)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as link:
            link.sendall(b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if link.recv(1):
                return
        time.sleep(0.05)
    raise RunError(f"Nothing answers on port {port} after {SERVED_WITHIN} s.")


def refuse_ended(processes, var_dir):
    for name, process in processes.items():
        if process.poll() is not None:
            log_path = var_dir / f"{name}.log"
            last_words = log_path.read_text(errors="replace")[-2000:]
            raise RunError(f"The {name} process has ended; the end of {log_path}:\n{last_words}")


def end(processes):
    """Ask the processes to end, wait for them together, kill what is left."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + ENDED_WITHIN
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(deadline - time.monotonic(), 0.01))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    main()
