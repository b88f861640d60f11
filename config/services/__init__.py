"""The embedded PostgreSQL and Valkey: for one's own machine, the tests and a first small office.

Below VAR_DIR: postgres/ and valkey/ (data), their logs, passwords.json (made once) and
services.json (the addresses, read by the settings; there while the servers run). A server is
recognised by the folder it works in, not by a recorded pid: nothing is stale after a crash.
"""

import contextlib
import fcntl
import json
import os
import secrets
import socket
import subprocess
import time

import psutil

from config.processes import end_with_parent
from config.services.account import Account, ServiceError, open_private, write_private
from config.services.postgres import Postgres
from config.services.valkey import Valkey

__all__ = ["ServiceError", "Services", "open_private"]

SERVERS = (Postgres, Valkey)
READY_WITHIN = 120  # seconds; recovery after a crash takes a few
STOPPED_WITHIN = 30  # seconds; then it is killed
PORT_ATTEMPTS = 3  # another program may take the free port before the server does


class Services:
    """The two servers with their data below one folder.

    test  their data may be lost: faster
    tied  what this process starts ends with it, even if it is killed (on Linux)
    only  the variables whose servers are wanted, of DATABASE_URL and REDIS_URL
    """

    def __init__(self, var_dir, *, test=False, tied=False, only=("DATABASE_URL", "REDIS_URL")):
        var_dir = var_dir.resolve()
        var_dir.mkdir(parents=True, exist_ok=True)
        if not os.access(var_dir, os.W_OK):
            raise ServiceError(f"{var_dir} is not writable: choose another VAR_DIR.")
        self.var_dir, self.tied = var_dir, tied
        with self.locked():
            passwords = read_passwords(var_dir / "passwords.json")
        self.servers = [
            server(var_dir, passwords, test=test)
            for server in SERVERS
            if not set(only).isdisjoint(server.variables)
        ]
        self.state_path = var_dir / "services.json"
        self.started = []

    @contextlib.contextmanager
    def locked(self):
        with open(self.var_dir / "services.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def read_state(self):
        with contextlib.suppress(FileNotFoundError, ValueError):
            return json.loads(self.state_path.read_text())
        return {"urls": {}, "ports": {}, "launcher": None}

    def start(self):
        """Start what does not run yet and wait until it answers. Raises ServiceError."""
        with self.locked():
            state, account = self.read_state(), None
            for server in self.servers:
                port, process = state["ports"].get(server.name), find_process(server)
                if process and port and server.answers(port):
                    self.note(state, server, port)
                    continue
                if process:  # it hangs, or its port was forgotten
                    end_processes({process: server.stop_signal})
                account = account or Account(self.var_dir, *(each.program for each in self.servers))
                server.prepare(account)
                self.started.append(server)
                port = self.launch(server, account)
                state["launcher"] = name_process(psutil.Process()) if self.tied else None
                self.note(state, server, port)

    def note(self, state, server, port):
        """Write down where the server answers, unless that is known."""
        state["ports"][server.name] = port
        state["urls"] |= server.urls(port)
        if state != self.read_state():
            write_private(self.state_path, json.dumps(state, indent=2))

    def launch(self, server, account):
        """Start the server at a free port of the loopback; return the port."""
        log_path = self.var_dir / f"{server.name}.log"
        for _attempt in range(PORT_ATTEMPTS):
            port = find_free_port()
            command = server.command(port)
            with open_private(log_path, "a") as log:
                process = account.popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=end_with_parent(server.stop_signal) if self.tied else None,
                    text=True,
                )
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write(server.stdin)
            deadline = time.monotonic() + READY_WITHIN
            while process.poll() is None and time.monotonic() < deadline:
                if server.answers(port):
                    return port
                time.sleep(0.02)
            if process.poll() is None:
                end_processes({psutil.Process(process.pid): server.stop_signal})
        last_words = log_path.read_text(errors="replace")[-2000:]
        raise ServiceError(f"{server.name} does not start; the end of {log_path}:\n{last_words}")

    def stop(self):
        """Stop the servers that run here, whoever started them; return their names.

        Raises ServiceError while they belong to a `make run` that is at work.
        """
        with self.locked():
            launcher = self.read_state()["launcher"]
            if launcher and launcher != name_process(psutil.Process()) and lives(launcher):
                raise ServiceError(
                    f"The servers belong to `make run` (process {launcher['pid']}): stop that."
                )
            return self.end(self.servers)

    def stop_started(self):
        """Stop the servers that this object started."""
        with self.locked():
            return self.end(self.started)

    def end(self, servers):
        state = self.read_state()
        processes = {server: find_process(server) for server in servers}
        end_processes({found: each.stop_signal for each, found in processes.items() if found})
        for server in servers:
            state["ports"].pop(server.name, None)
            for name in server.variables:
                state["urls"].pop(name, None)
        if state["ports"]:
            write_private(self.state_path, json.dumps(state, indent=2))
        else:
            self.state_path.unlink(missing_ok=True)
        return [server.name for server, found in processes.items() if found]


def read_passwords(path):
    """The passwords of the servers in this folder, each made the first time it is needed.

    Of PostgreSQL: its superuser's, the owner's, and, by the server's name, the application's.
    """
    try:
        passwords = json.loads(path.read_text()) if path.exists() else {}
    except PermissionError:
        raise ServiceError(
            f"{path} belongs to another user: run as that user, or choose another VAR_DIR."
        ) from None
    names = ("superuser", "owner", *(server.name for server in SERVERS))
    missing = {name: secrets.token_hex(24) for name in names if name not in passwords}
    if missing:
        write_private(path, json.dumps(passwords | missing))
    return passwords | missing


def find_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_process(server):
    """The server's main process, by the folder it works in; None when it does not run."""
    found = {
        process.pid: process
        for process in psutil.process_iter(["name", "cwd", "ppid"])
        if process.info["name"] == server.process_name and process.info["cwd"] == str(server.data)
    }
    mains = [process for process in found.values() if process.info["ppid"] not in found]
    return mains[0] if mains else None


def end_processes(stop_signals):
    """Ask the processes to end, each by its signal, wait, and kill those that do not."""
    for process, number in stop_signals.items():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    deadline = time.monotonic() + STOPPED_WITHIN
    for process in stop_signals:
        while works(process) and time.monotonic() < deadline:
            time.sleep(0.02)
        if works(process):
            process.kill()


def works(process):
    """Whether the process runs; a dead one that nobody has waited for does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def name_process(process):
    return {"pid": process.pid, "created": process.create_time()}


def lives(name):
    """Whether the process so named still runs: its pid may be another's by now."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return name_process(psutil.Process(name["pid"])) == name
    return False
