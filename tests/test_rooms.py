"""The rooms of docs/architecture.md: nothing imports to the right of itself."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ["branches", "accounts", "assignments", "evaluations", "workbook"]
GRAB_BAGS = {"utils.py", "helpers.py", "common.py", "managers.py", "signals.py"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    to_the_right = ROOMS[ROOMS.index(room) + 1 :]
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / room).rglob("*.py")
        for module in imported(path)
        if module.split(".")[0] in to_the_right
    ]
    assert not wrong


def test_no_grab_bags():
    assert not [
        path for room in ROOMS for path in (ROOT / room).rglob("*.py") if path.name in GRAB_BAGS
    ]
