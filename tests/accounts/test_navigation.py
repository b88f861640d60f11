"""The order of the main menu, whose first entries are the tabs on a phone."""

from accounts.choices import Role
from accounts.navigation import PAGES, in_order

TABS = 4


def test_a_secretary_has_the_meetings_among_the_tabs():
    names = [page.name for page in in_order({Role.SECRETARY})]
    assert "branches:meetings" in names[:TABS]
    assert sorted(names) == sorted(page.name for page in PAGES)


def test_others_have_the_common_order():
    assert in_order({Role.BOARD, Role.LEADER}) == list(PAGES)
