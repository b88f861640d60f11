"""Every route × every role, a member without grants, nobody and anonymous × own and other scope:
what is answered is what the table of pages says, and tells nothing of the other scope."""

import logging
from copy import copy
from unittest.mock import patch

from django.conf import settings
from django.core import checks
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import path, reverse

from accounts.checks import check_pages, route_names
from accounts.pages import OWN, PAGES, Need
from accounts.rules import ROLES_FOR

from .world_of_two import ANONYMOUS, EXAMPLES, MEMBER, ROLES, make_clients, make_world
from .world_of_two.traces import TELLING, count_writes, read

TO_SIGN_IN = "to sign in"
# A site with a page that nobody decided about.
urlpatterns = [
    path("undecided/", lambda request: HttpResponse("open"), name="undecided"),
    path("", lambda request: HttpResponse("home"), name="home"),
]


def all_names():
    return sorted({name for name, _pattern in route_names()})


class TableTests(SimpleTestCase):
    def test_every_route_stands_in_the_table_and_has_an_example(self):
        assert [name for name in all_names() if name not in PAGES] == []
        assert [name for name in all_names() if name not in EXAMPLES] == []

    def test_nothing_stands_there_that_is_gone(self):
        assert sorted(PAGES.keys() - set(all_names())) == []
        assert sorted(EXAMPLES.keys() - set(all_names())) == []

    @override_settings(ROOT_URLCONF=__name__)
    def test_a_route_that_nobody_decided_about_is_an_error_of_the_check(self):
        errors = checks.run_checks(tags=[checks.Tags.security])
        assert [error.id for error in errors] == ["accounts.E001"]
        assert errors[0].level >= checks.ERROR

    def test_an_action_that_no_role_may_do_is_an_error_of_the_check(self):
        with patch.dict(PAGES, {"home": Need("fly")}):
            assert [error.id for error in check_pages(None)] == ["accounts.E002"]


class WorldTests(TestCase):
    """Tests in the world of two districts, with a client for each account of the first."""

    @classmethod
    def setUpTestData(cls):
        cls.world = make_world()

    def setUp(self):
        self.clients = make_clients(self.world)
        # Thousands of refusals are meant here: that each is written down takes a third of the time.
        logger = logging.getLogger("django.request")
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.ERROR)


class GateTests(WorldTests):
    @override_settings(ROOT_URLCONF=__name__)
    def test_a_route_that_nobody_decided_about_opens_to_nobody(self):
        for who, client in self.clients.items():
            if who != ANONYMOUS:
                assert client.get("/undecided/").status_code == 403, who

    @override_settings(ROOT_URLCONF=__name__, LOGIN_URL="/sign-in/")
    def test_nor_to_who_is_not_signed_in(self):
        response = self.clients[ANONYMOUS].get("/undecided/")
        assert (response.status_code, response["Location"]) == (302, "/sign-in/?next=/undecided/")

    def test_methods_that_no_page_has_are_refused_before_the_page(self):
        for method in ("TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND", "X"):
            for client in self.clients.values():
                assert client.generic(method, reverse("home")).status_code == 405

    def test_no_header_or_field_makes_one_method_another(self):
        client = self.clients["leader"]
        url = reverse("branches:members")
        assert client.get(url, headers={"X-HTTP-Method-Override": "POST"}).status_code == 200
        assert client.post(url, {"_method": "GET"}).status_code == 405


class WalkTests(WorldTests):
    """In the other scope nobody changes anything, nor is told anything of it."""

    def test_get(self):
        self.walk("get", "own")

    def test_get_elsewhere(self):
        self.walk("get", "other")

    def test_post(self):
        self.walk("post", "own")

    def test_post_elsewhere(self):
        before = count_writes()
        self.walk("post", "other")
        assert count_writes() == before

    def walk(self, method, where):
        wrong = []
        for name, example in EXAMPLES.items():
            for who in self.world.users:
                wanted = self.wanted(name, who, where, example.answer(method, who))
                for url in self.addresses(name, example, where, wanted):
                    answer, text = self.ask(who, method, url, example)
                    told = where == "other" and TELLING.search(text)
                    if answer not in wanted or told:
                        wrong.append(f"{method} {url} by {who}: {answer}, not {wanted} {told}")
        assert not wrong, "\n".join(wrong)

    def addresses(self, name, example, where, wanted):
        """Every address that is tried of a route. Who is refused for who they are is refused
        whatever it names: both at once will do."""
        own, other = example.url(name, self.world.own), example.url(name, self.world.other)
        ward = self.world.other.ward if example.acts else None
        if where == "own":
            return [_address(own, example.query)]
        if wanted <= {403, TO_SIGN_IN}:
            return [_address(other, example.query, ward)] if ward or own != other else []
        named = [_address(other, example.query)] if own != other else []
        return [*named, _address(own, example.query, ward)] if ward else named

    def ask(self, who, method, url, example):
        """The status of the answer and its text, with everything that it did undone."""
        client, data = self.clients[who], example.post if method == "post" else None
        cookies = copy(client.cookies)
        with transaction.atomic():
            response = getattr(client, method)(url, data)
            text = read(response, typed=example.post.values())  # what streams is made now
            transaction.set_rollback(True)
        client.cookies = cookies  # signing out emptied them
        sign_in = resolve_url(settings.LOGIN_URL)
        if response.status_code == 302 and response["Location"].startswith(f"{sign_in}?"):
            return TO_SIGN_IN, text
        return response.status_code, text

    def wanted(self, name, who, where, allowed):
        """What the table says, read here in its own words: the answers that are right."""
        need = PAGES[name]
        if who == ANONYMOUS and not need.public:
            return {TO_SIGN_IN}
        roles = ROLES_FOR[need.action] if need.action else set(ROLES)
        if need == OWN and who != MEMBER:
            return {403}
        if need.action and who not in roles and not (need.own and who == MEMBER):
            return {403}
        if where == "other":
            return {404, 405} if allowed == 405 else {404}  # either is looked at first
        return {allowed}


def _address(path, query, organization=None):
    query = "&".join(f"{key}={value}" for key, value in query.items())
    if organization:
        query = f"org={organization.pk}&{query}"
    return f"{path}?{query}"
