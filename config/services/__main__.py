"""The command line of the embedded servers.

    python -m config.services start                     in the background, until `stop`
    python -m config.services stop
    python -m config.services run [--test] -- COMMAND   for as long as the command runs

`run` starts only those that DATABASE_URL and REDIS_URL do not name; with --test their data is
kept apart, below VAR_DIR/test, and may be lost in a power cut.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from config.processes import end_with_parent
from config.services import ServiceError, Services


def main():
    parser = argparse.ArgumentParser(prog="python -m config.services")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("start", "stop"):
        commands.add_parser(name)
    run_parser = commands.add_parser("run")
    run_parser.add_argument("--test", action="store_true")
    run_parser.add_argument("words", nargs="+", metavar="COMMAND")
    arguments = parser.parse_args()
    var_dir = Path(os.environ.get("VAR_DIR") or "var").resolve()
    try:
        if arguments.command == "start":
            start(var_dir)
        elif arguments.command == "stop":
            stop(var_dir)
        else:
            sys.exit(run(var_dir, arguments.words, test=arguments.test))
    except ServiceError as error:
        sys.exit(f"{error}")


def start(var_dir):
    services = Services(var_dir)
    services.start()
    ports = services.read_state()["ports"]
    for server in services.servers:
        word = "started" if server in services.started else "runs already"
        print(f"{server.name}: {word}, 127.0.0.1:{ports[server.name]}")
    print(f"Addresses with passwords: {services.state_path}")


def stop(var_dir):
    ended = Services(var_dir).stop()
    print(f"Stopped: {', '.join(ended)}" if ended else "Nothing ran.")


def run(var_dir, words, *, test):
    """Run the command with the servers; return its exit status."""
    if test:
        var_dir /= "test"
    wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    services = Services(var_dir, test=test, tied=True, only=wanted)
    # The command gets Ctrl-C of the terminal itself; the servers must outlive it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tie = end_with_parent(signal.SIGTERM)

    def prepare():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        tie()

    try:
        services.start()
        process = subprocess.Popen(
            words, env=os.environ | {"VAR_DIR": str(var_dir)}, preexec_fn=prepare
        )
        signal.signal(signal.SIGTERM, lambda number, _frame: process.send_signal(number))
        status = process.wait()
        return 128 - status if status < 0 else status
    finally:
        services.stop_started()


main()
