"""Every test that the threat model names as a proof exists."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
PROOFS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)))
KINDS = (ast.FunctionDef, ast.ClassDef)


def test_it_names_proofs():
    assert len(PROOFS) > 30


@pytest.mark.parametrize(("file", "name"), PROOFS)
def test_the_proof_exists(file, name):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    names = {each.name for each in ast.walk(tree) if isinstance(each, KINDS)}
    assert name in names if name else any(each.startswith("test") for each in names)


def test_every_claim_has_a_proof():
    defended = TEXT.split("## What is defended")[1].split("## Not defended")[0]
    claims = re.findall(r"^- .*$", defended, re.MULTILINE)
    assert [claim for claim in claims if "`tests/" not in claim and "pip-audit" not in claim] == []
