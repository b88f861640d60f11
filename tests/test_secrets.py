"""No secret lies in the repository, and none has a default: all come from the environment."""

import math
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXTS = {".py", ".md", ".html", ".js", ".css", ".json", ".toml", ".yml", ".yaml", ".sh", ".in"}
TEXTS |= {".txt", ".sql", ".cfg", ".ini", ".env", ".po", ".csv", ""}
KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bgithub_pat_[A-Za-z0-9_]{40,}"
    r"|\bglpat-[A-Za-z0-9_-]{20}\b"
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}"
    r"|\bsk-[A-Za-z0-9_-]{32,}"
    r"|\bAIza[A-Za-z0-9_-]{35}\b"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
)
# password = "…", SECRET_KEY: "…", in code and settings: a literal of eight characters or more.
NAMED = re.compile(
    r"""(?i)\b\w*(?:secret|passw(?:or)?d|api_?key|token)\w*["']?\s*[:=]\s*["']([^"'\s]{8,})["']"""
)
PLACE_HOLDER = re.compile(
    r"[{$<%]|^[a-z_.:/-]+$|^[a-z_]+(?:\.\w+)+$|^(?:account|accounts|mfa|static|/)[\w:/.-]*$"
)
IN_ADDRESS = re.compile(r"\b(?:postgres(?:ql)?|rediss?|amqp|https?)://[^\s:/@\"']*:([^\s@/\"']+)@")
# Passwords that tests and checks make up for accounts and servers that end with them.
MADE_UP = re.compile(
    r"only-for-tests|long-enough-and-with-enough-letters|password|mat-khau|secret|example|wrong"
)


def tracked_files():
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def secrets_in(text):
    yield from KEYS.findall(text)
    for pattern in (NAMED, IN_ADDRESS):
        for value in pattern.findall(text):
            if not PLACE_HOLDER.search(value) and not MADE_UP.search(value) and _is_random(value):
                yield value


def _is_random(value):
    """Whether it looks drawn by chance rather than spelled: bits of entropy a character."""
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts) > 2.5


def test_no_secret_is_in_the_repository():
    found = [
        f"{file.relative_to(ROOT)}: {secret}"
        for file in tracked_files()
        if file.suffix in TEXTS and "vendor" not in file.parts and file.name != Path(__file__).name
        for secret in secrets_in(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_no_file_that_holds_secrets_is_in_it():
    kinds = (".pem", ".key", ".p12", ".pfx", ".jks", ".kdbx", ".sqlite3", ".dump", ".pgpass")
    names = ("secret_key", "services.json", ".env", ".netrc", "id_rsa", "id_ed25519")
    found = [file for file in tracked_files() if file.suffix in kinds or file.name in names]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "IOSFODNN7ABCDEFG",
        "SECRET_" + 'KEY = "k3v9_Qw8zLm2Xp7Rt5Yb"',
        '"client_' + 'secret": "8f14e45fceea167a5a36dedd4bea2543"',
        "postgres://chibo:" + "Tr0ub4dor3xk@db.example.vn/chibo",
    ],
)
def test_such_would_be_found(text):
    assert list(secrets_in(text))
