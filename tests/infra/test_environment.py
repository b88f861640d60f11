"""What the settings say about an environment that they cannot read."""

import json

import pytest

from config.environment import (
    SettingsError,
    check_redis_url,
    choose_database_url,
    find_server_urls,
    parse_database_url,
    read_bool,
    read_int,
    read_list,
    read_secret_key,
)


def test_database_url_with_everything():
    database = parse_database_url(
        "postgres://c%C3%A1n:b%40%2F@db.local:6543/chi-bo?sslmode=require"
    )
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "chi-bo",
        "USER": "cán",
        "PASSWORD": "b@/",
        "HOST": "db.local",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_url_of_a_unix_socket():
    database = parse_database_url("postgresql:///chibo?host=/run/postgresql")
    assert (database["HOST"], database["PORT"]) == ("/run/postgresql", "")
    assert (database["USER"], database["NAME"]) == ("", "chibo")
    assert database["OPTIONS"] == {}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://a@b/c", "mysql:; PostgreSQL is the one database"),
        ("sqlite:///db.sqlite3", "sqlite:; PostgreSQL is the one database"),
        ("db.local/chibo", "no scheme"),
        ("postgres://db.local", "names no database"),
        ("postgres://db.local/", "names no database"),
        ("postgres://db.local/a/b", "names no database"),
        ("postgres://db.local:port/chibo", "cannot be read"),
        ("postgres://[::1/chibo", "cannot be read"),
    ],
)
def test_database_url_that_is_none(url, message):
    with pytest.raises(SettingsError, match=message):
        parse_database_url(url)


def test_a_wrong_database_url_is_not_shown_with_its_password():
    with pytest.raises(SettingsError) as raised:
        parse_database_url("mysql://user:very-secret@host/name")
    assert "very-secret" not in str(raised.value)


@pytest.mark.parametrize("url", ["http://x/0", "amqp://x", "localhost:6379", ""])
def test_redis_url_that_is_none(url):
    with pytest.raises(SettingsError, match="REDIS_URL"):
        check_redis_url(url)


def test_words_for_true_and_false(monkeypatch):
    for word, expected in {"1": True, "Yes": True, "off": False, "": False, " TRUE ": True}.items():
        monkeypatch.setenv("FLAG", word)
        assert read_bool("FLAG", None) is expected
    monkeypatch.delenv("FLAG")
    assert read_bool("FLAG", True) is True
    monkeypatch.setenv("FLAG", "maybe")
    with pytest.raises(SettingsError, match="FLAG='maybe'"):
        read_bool("FLAG", True)


def test_whole_numbers(monkeypatch):
    assert read_int("NUMBER", 5) == 5
    monkeypatch.setenv("NUMBER", "12")
    assert read_int("NUMBER", 5) == 12
    for word in ("0", "-3", "1.5", "many"):
        monkeypatch.setenv("NUMBER", word)
        with pytest.raises(SettingsError, match="NUMBER"):
            read_int("NUMBER", 5)


def test_lists(monkeypatch):
    assert read_list("NAMES") == []
    monkeypatch.setenv("NAMES", " a.vn, b.vn,")
    assert read_list("NAMES") == ["a.vn", "b.vn"]


def test_environment_goes_before_the_embedded_servers(tmp_path, monkeypatch):
    urls = {
        "DATABASE_URL": "postgres://embedded/x",
        "MIGRATION_DATABASE_URL": "postgres://owner@embedded/x",
        "REDIS_URL": "redis://embedded",
    }
    (tmp_path / "services.json").write_text(json.dumps({"urls": urls}))
    for name in urls:
        monkeypatch.delenv(name, raising=False)
    assert find_server_urls(tmp_path) == urls
    monkeypatch.setenv("DATABASE_URL", "postgres://real/x")
    real = {"DATABASE_URL": "postgres://real/x", "REDIS_URL": "redis://embedded"}
    assert find_server_urls(tmp_path) == real  # without the owner of another server
    monkeypatch.setenv("MIGRATION_DATABASE_URL", "postgres://owner@real/x")
    owner = {"MIGRATION_DATABASE_URL": "postgres://owner@real/x"}
    assert find_server_urls(tmp_path) == real | owner
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(SettingsError, match="set both or neither"):
        find_server_urls(tmp_path)


def test_the_owner_works_only_where_it_is_asked_for(monkeypatch):
    urls = {"DATABASE_URL": "postgres://app@x/x", "MIGRATION_DATABASE_URL": "postgres://owner@x/x"}
    one = {"DATABASE_URL": "postgres://app@x/x"}
    monkeypatch.delenv("DATABASE_ROLE", raising=False)
    assert choose_database_url(urls) == choose_database_url(one) == urls["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_ROLE", "owner")
    assert choose_database_url(urls) == urls["MIGRATION_DATABASE_URL"]
    assert choose_database_url(one) == urls["DATABASE_URL"]
    monkeypatch.setenv("DATABASE_ROLE", "postgres")
    with pytest.raises(SettingsError, match="neither application nor owner"):
        choose_database_url(urls)
    monkeypatch.delenv("DATABASE_ROLE")
    with pytest.raises(SettingsError, match="names no user"):
        choose_database_url(urls | {"DATABASE_URL": "postgres:///x"})


def test_no_server_at_all(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    with pytest.raises(SettingsError, match=r"DATABASE_URL and REDIS_URL not set.*make services"):
        find_server_urls(tmp_path)
    monkeypatch.setenv("REDIS_URL", "redis://real")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL not set"):
        find_server_urls(tmp_path)


def test_secret_key_is_made_once_on_ones_own_machine(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = read_secret_key(tmp_path / "var", local=True)
    assert len(key) >= 50
    assert read_secret_key(tmp_path / "var", local=True) == key
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_secret_key_is_asked_for_in_production(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(SettingsError, match="SECRET_KEY is not set"):
        read_secret_key(tmp_path, local=False)
    monkeypatch.setenv("SECRET_KEY", "given")
    assert read_secret_key(tmp_path, local=False) == "given"
    assert not list(tmp_path.iterdir())
