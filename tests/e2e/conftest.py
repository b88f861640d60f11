"""A real browser on the live server."""

import os

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from tests.browser import launch_options

# Playwright's synchronous interface keeps an event loop on the test's thread; Django, which sees
# the loop, would refuse the tests their own queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=20_000)  # ms: a machine that has other work is slow, not wrong


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | launch_options()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A common laptop in a Vietnamese office."""
    return browser_context_args | {
        "viewport": {"width": 1366, "height": 768},
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
    }


@pytest.fixture(scope="session")
def base_url(live_server):
    """Paths given to `page.goto` begin at the live server."""
    return live_server.url


@pytest.fixture(autouse=True)
def no_counts_of_other_tests():
    """Wrong passwords are counted in the cache by the user's number, which another run gave too."""
    cache.clear()
