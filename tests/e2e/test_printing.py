"""What is printed at the year end: the explained rating on two sheets, the board with its pictures.

Whether every page fits on the sheet is looked at with the rest of it: looking.py.
"""

import pytest
from django.test import Client

from accounts.models import User
from evaluations.models import Rating

from .demo import LEADER, make_rated_district
from .looking import signed_in, unfold
from .printing import faults_on_paper, sheets_of

DRAWN = "canvas[style*='display']"


@pytest.fixture
def page(transactional_db, browser, base_url):
    make_rated_district()
    client = Client()
    client.force_login(User.objects.get(username=LEADER))
    page = signed_in(browser, base_url, client)
    yield page
    page.context.close()


def test_a_rating_takes_two_sheets_with_all_its_rows(page, base_url):
    late = Rating.objects.get(member__full_name="Lê Thị Cúc P1-1")
    page.goto(f"{base_url}/ratings/{late.pk}/")
    unfold(page)
    assert faults_on_paper(page) == []
    assert sheets_of(page) <= 2


@pytest.mark.parametrize(("address", "most"), [("/ratings/?year=2018", 4), ("/ratings/years/", 1)])
def test_pictures_fit_on_the_sheet(page, base_url, address, most):
    page.goto(base_url + address)
    page.locator(DRAWN).wait_for()
    assert faults_on_paper(page) == []
    assert sheets_of(page) <= most


def test_a_click_on_a_bar_leads_one_step_down(page, base_url):
    page.goto(f"{base_url}/ratings/?year=2018")
    page.locator(DRAWN).wait_for()
    place = page.evaluate(
        """() => {
            const bar = Chart.getChart(document.querySelector('canvas')).getDatasetMeta(1).data[1];
            return { x: bar.x - 2, y: bar.y };
        }"""
    )
    page.locator("canvas").click(position=place)
    page.wait_for_url("**/ratings/?org=*&year=2018")
