"""Every page, the second third of the routes: see looking.py."""

import pytest

from .looking import walk


@pytest.mark.django_db(transaction=True)
def test_every_route_fits_and_reads_on_a_laptop_and_a_phone(browser, base_url):
    assert walk(browser, base_url, 1) == {}
