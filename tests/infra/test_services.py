"""The embedded servers of `make services`: they start, stop, survive, and keep to themselves."""

import contextlib
import json
import os
import stat
import subprocess
import sys
import time

import psutil
import psycopg2
import pytest
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.services import ServiceError, Services, find_process
from tests.infra.machines import local_environment, open_folder


@pytest.fixture(scope="module")
def var_dir():
    """A folder that everyone may enter, as checkouts usually are, for the whole module."""
    with open_folder() as path:
        yield path
        Services(path).stop()


@pytest.fixture
def services(var_dir):
    services = Services(var_dir, test=True)
    services.start()
    return services


def read_urls(services):
    return services.read_state()["urls"]


def ask(services, question, *, url="DATABASE_URL"):
    connection = psycopg2.connect(read_urls(services)[url])
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def ask_owner(services, question):
    return ask(services, question, url="MIGRATION_DATABASE_URL")


def find_pids(services):
    return [find_process(server).pid for server in services.servers]


def test_start_twice_is_start_once(services):
    before = find_pids(services)
    again = Services(services.var_dir, test=True)
    again.start()
    assert again.started == []
    assert find_pids(services) == before


def test_data_survive_and_the_second_start_takes_seconds(services):
    ask_owner(services, "CREATE TABLE kept AS SELECT 7 AS number")
    services.stop()
    assert not services.state_path.exists()
    began = time.monotonic()
    services.start()
    assert time.monotonic() - began < 5
    assert ask_owner(services, "SELECT number FROM kept") == 7


def test_files_with_secrets_or_names_are_for_their_owner_only(services):
    for name in ("passwords.json", "services.json", "postgres.log", "valkey.log"):
        assert stat.S_IMODE((services.var_dir / name).stat().st_mode) == 0o600
    for name in ("postgres", "valkey"):
        assert stat.S_IMODE((services.var_dir / name).stat().st_mode) == 0o700


def test_nobody_gets_in_without_the_password(services):
    port = services.read_state()["ports"]["postgres"]
    for password in ("", "chibo"):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(
                host="127.0.0.1", port=port, user="chibo", dbname="chibo", password=password
            )
    port = services.read_state()["ports"]["valkey"]
    with (
        redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_passwords_are_in_no_list_of_processes(services):
    passwords = json.loads((services.var_dir / "passwords.json").read_text()).values()
    for pid in find_pids(services):
        words = " ".join(psutil.Process(pid).cmdline())
        assert not any(password in words for password in passwords)


def test_servers_listen_on_the_loopback_only(services):
    for pid in find_pids(services):
        listening = [
            link.laddr.ip
            for link in psutil.Process(pid).net_connections()
            if link.status == psutil.CONN_LISTEN
        ]
        assert listening == ["127.0.0.1"]


ROLE = "SELECT {} FROM pg_roles WHERE rolname = current_user"


def test_no_role_is_superuser_and_the_owner_may_do_what_migrations_and_tests_do(services):
    for asked in (ask, ask_owner):
        assert asked(services, ROLE.format("rolsuper OR rolcreaterole OR rolbypassrls")) is False
    assert ask(services, ROLE.format("rolcreatedb")) is False
    assert ask_owner(services, ROLE.format("rolcreatedb")) is True
    for extension in ("unaccent", "pg_trgm", "btree_gist"):
        ask_owner(services, f"CREATE EXTENSION IF NOT EXISTS {extension}")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(services, "CREATE TABLE own (id int)")
    assert ask(services, "SELECT lower('ĐẢNG BỘ')") == "đảng bộ"


def test_each_role_has_a_password_of_its_own(services):
    passwords = json.loads((services.var_dir / "passwords.json").read_text())
    assert len(set(passwords.values())) == len(passwords) == 4
    urls = read_urls(services)
    assert passwords["postgres"] in urls["DATABASE_URL"]
    assert passwords["owner"] in urls["MIGRATION_DATABASE_URL"]


ONE_ROLE = """
REASSIGN OWNED BY chibo_owner TO chibo;
DROP OWNED BY chibo_owner;
DROP ROLE chibo_owner;
ALTER ROLE chibo CREATEDB;
"""
OLD = """
CREATE EXTENSION unaccent;
CREATE FUNCTION old() RETURNS int LANGUAGE sql RETURN 5;
CREATE TABLE old AS SELECT old() AS id;
"""
OWNERS = """
SELECT array_agg(DISTINCT owner::regrole::text) FROM (
    SELECT datdba FROM pg_database WHERE datname IN ('chibo', 'chibo_other')
    UNION ALL SELECT relowner FROM pg_class WHERE relname = 'old'
    UNION ALL SELECT proowner FROM pg_proc WHERE proname = 'old'
    UNION ALL SELECT extowner FROM pg_extension WHERE extname = 'unaccent'
) owned (owner)
"""


def test_a_folder_in_which_one_role_was_both_is_put_right_at_the_start():
    with open_folder() as path:
        services = Services(path, test=True)
        services.start()
        (postgres, _valkey) = services.servers
        superuser = postgres.connect(services.read_state()["ports"]["postgres"], "chibo")
        with contextlib.closing(superuser), superuser.cursor() as cursor:
            cursor.execute(ONE_ROLE)
            cursor.execute("CREATE DATABASE chibo_other OWNER chibo")
        ask(services, OLD)
        assert ask(services, OWNERS) == ["chibo"]
        services.stop()
        passwords = json.loads((path / "passwords.json").read_text())
        passwords.pop("owner")
        (path / "passwords.json").write_text(json.dumps(passwords))

        services = Services(path, test=True)
        services.start()
        try:
            assert ask_owner(services, OWNERS) == ["chibo_owner"]
            assert ask_owner(services, "SELECT id FROM old") == 5
            assert ask(services, ROLE.format("rolcreatedb")) is False
        finally:
            services.stop()


def test_the_roles_of_a_server_of_ones_own():
    """config/roles.sql on a server that has neither roles nor database; twice is once."""
    with open_folder() as path:
        services = Services(path, test=True)
        services.start()
        postgres, port = services.servers[0], services.read_state()["ports"]["postgres"]
        with contextlib.closing(postgres.connect(port)) as superuser:
            for statement in ("DATABASE chibo", "ROLE chibo", "ROLE chibo_owner"):
                superuser.cursor().execute(f"DROP {statement}")
        server = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGUSER": "postgres"}
        passwords = {"OWNER_PASSWORD": "owner's", "APPLICATION_PASSWORD": "ours"}
        try:
            for _time in range(2):
                done = subprocess.run(
                    [postgres.program.with_name("psql"), "--file", "config/roles.sql"],
                    cwd=settings.BASE_DIR,
                    env=os.environ | server | {"PGPASSWORD": postgres.password} | passwords,
                    capture_output=True,
                    text=True,
                )
                assert done.returncode == 0, done.stderr
            login = {"host": "127.0.0.1", "port": port, "dbname": "chibo"}
            owner = psycopg2.connect(**login, user="chibo_owner", password="owner's")
            with contextlib.closing(owner), owner, owner.cursor() as cursor:
                cursor.execute("CREATE EXTENSION unaccent; CREATE TABLE own (id int)")
            ours = psycopg2.connect(**login, user="chibo", password="ours")
            with contextlib.closing(ours), ours.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE own (id int)")
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    cursor.execute("SELECT FROM public.own")
        finally:
            services.stop()


def test_servers_start_again_after_a_crash_whose_pid_is_another_programs_now(services):
    for server in services.servers:
        find_process(server).kill()
    pid_path = services.var_dir / "postgres" / "data" / "postmaster.pid"
    lines = pid_path.read_text().splitlines()
    pid_path.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    services.start()
    assert ask(services, "SELECT 1") == 1
    with redis.Redis.from_url(read_urls(services)["REDIS_URL"]) as client:
        assert client.ping()


def test_servers_are_found_again_when_their_addresses_were_lost(services):
    services.state_path.unlink()
    services.start()
    assert ask(services, "SELECT 1") == 1
    assert len(find_pids(services)) == 2


def test_manage_finds_the_servers_with_no_environment_set(services):
    done = run_manage(services.var_dir, "check", "--database", "default")
    assert done.returncode == 0, done.stderr


def test_manage_migrates_as_the_owner_and_does_all_else_as_the_application(services):
    done = run_manage(services.var_dir, "migrate")
    assert done.returncode == 0, done.stderr
    assert ask(services, "SELECT count(*) FROM branches_member") == 0
    table = "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'branches_member'"
    assert ask(services, table) == "chibo_owner"
    done = run_manage(services.var_dir, "check", "--database", "default", "--deploy")
    assert done.returncode == 0, done.stderr
    assert "database role" not in done.stderr


def test_manage_says_what_to_do_when_none_runs(tmp_path):
    done = run_manage(tmp_path, "check")
    assert done.returncode == 1
    assert "make services" in done.stderr
    assert "Traceback" not in done.stderr


def test_stop_leaves_alone_what_a_running_make_run_started(services):
    state = services.read_state()
    state["launcher"] = {"pid": os.getppid(), "created": psutil.Process(os.getppid()).create_time()}
    services.state_path.write_text(json.dumps(state))
    with pytest.raises(ServiceError, match="make run"):
        services.stop()
    state["launcher"]["created"] -= 100  # the pid is another program's by now
    services.state_path.write_text(json.dumps(state))
    assert sorted(services.stop()) == ["postgres", "valkey"]


def test_data_of_another_version_are_refused_and_kept(services):
    services.stop()
    version = services.var_dir / "postgres" / "data" / "PG_VERSION"
    version.write_text("13\n")
    with pytest.raises(ServiceError, match="made by PostgreSQL 13"):
        services.start()
    version.write_text("18\n")
    services.start()


def test_server_that_cannot_start_says_why(services):
    services.stop()
    settings_path = services.var_dir / "postgres" / "data" / "postgresql.conf"
    kept = settings_path.read_text()
    settings_path.write_text(f"{kept}\nno_such_setting = 1\n")
    with pytest.raises(ServiceError, match="no_such_setting"):
        services.start()
    settings_path.write_text(kept)
    services.start()


def test_folder_that_nobody_can_enter_stays_closed(tmp_path):
    """As root, in a 0700 folder: a user namespace; where that is forbidden, clear words."""
    tmp_path.chmod(0o700)
    services = Services(tmp_path, test=True)
    said = ""
    try:
        services.start()
        assert ask(services, "SELECT 1") == 1
    except ServiceError as error:
        said = str(error)
    finally:
        services.stop()
    assert not said or "`nobody` cannot reach" in said
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_run_gives_the_exit_status_of_its_command_and_stops_the_servers():
    with open_folder() as var_dir:
        process = start_run(var_dir, "import sys; print('up'); sys.exit(7)")
        assert process.communicate()[0] == "up\n"
        assert process.returncode == 7
        assert not (var_dir / "services.json").exists()
        assert find_processes_below(var_dir) == []


@pytest.mark.skipif(
    sys.platform != "linux", reason="Only Linux tells a process of its parent's end"
)
def test_nothing_is_left_when_the_launcher_is_killed():
    with open_folder() as var_dir:
        process = start_run(var_dir, "print('up', flush=True); input()")
        assert process.stdout.readline() == "up\n"
        assert len(find_processes_below(var_dir)) > 1
        process.kill()
        process.wait()
        deadline = time.monotonic() + 20
        while find_processes_below(var_dir):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert process.stdout.read() == ""  # its other end, the command, is gone too
        process.communicate()


def run_manage(var_dir, *words):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=local_environment(var_dir),
        capture_output=True,
        text=True,
    )


def start_run(var_dir, code):
    return subprocess.Popen(
        [sys.executable, "-m", "config.services", "run", "--", sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=local_environment(var_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def find_processes_below(folder):
    return [
        process
        for process in psutil.process_iter(["cwd"])
        if (process.info["cwd"] or "").startswith(str(folder))
    ]
