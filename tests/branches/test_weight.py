"""What a phone has to fetch: at most 180 kB at the first visit, 15 kB for each page after it."""

import gzip
import re

import brotli
from django.contrib.staticfiles import finders
from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from tests import builders as make
from tests.pages import text_of

FIRST_VISIT = 180_000
LATER_PAGE = 15_000
ASSETS = re.compile(r'(?:href|src)="/static/([^"#]+)')
FONTS = re.compile(r'url\("\.\./([^"]+\.woff2)"\)')


def weight(name):
    """Bytes on the wire: fonts as they are, everything else as brotli makes it."""
    with open(finders.find(name), "rb") as file:
        content = file.read()
    return len(content) if name.endswith(".woff2") else len(brotli.compress(content))


def page_weight(page):
    return len(gzip.compress(page.encode()))


class WeightTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        for number in range(60):
            make.make_member(cls.branch, full_name=f"Nguyễn Thị Phương Thảo {number}")

    def test_first_visit(self):
        page = text_of(self.client.get(reverse("accounts:login")))
        names = set(ASSETS.findall(page))
        with open(finders.find("css/site.css")) as file:
            names |= set(FONTS.findall(file.read()))
        assert len([name for name in names if name.endswith(".woff2")]) == 4
        total = page_weight(page) + sum(map(weight, names))
        assert total <= FIRST_VISIT, total

    def test_a_list_of_fifty_after_it(self):
        user = make.make_user()
        make.grant(user, Role.LEADER, self.ward)
        first = set(ASSETS.findall(text_of(self.client.get(reverse("accounts:login")))))
        self.client.force_login(user)
        page = text_of(self.client.get(reverse("branches:members")))
        fresh = set(ASSETS.findall(page)) - first
        assert page_weight(page) + sum(map(weight, fresh)) <= LATER_PAGE, fresh
