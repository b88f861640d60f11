"""RETENTION_YEARS as the environment says it."""

import pytest

from config.environment import SettingsError, read_years

DEFAULTS = {"members": 5, "disciplines": 10}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("", DEFAULTS),
        ("disciplines=20", {"members": 5, "disciplines": 20}),
        ("disciplines=20, members=0", {"members": 0, "disciplines": 20}),
    ],
)
def test_those_named_differ_from_the_defaults(monkeypatch, text, years):
    monkeypatch.setenv("YEARS", text)
    assert read_years("YEARS", DEFAULTS) == years


@pytest.mark.parametrize("text", ["members", "members=-1", "members=x", "member=5"])
def test_what_cannot_be_read_is_said(monkeypatch, text):
    monkeypatch.setenv("YEARS", text)
    with pytest.raises(SettingsError, match="names: members, disciplines"):
        read_years("YEARS", DEFAULTS)
