"""What every answer says to the browser, errors included: nothing is kept, framed, sniffed or run
that is not ours, and nothing of the server's inside is told."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client, SimpleTestCase, override_settings
from django.urls import path, reverse

from .test_every_route import WorldTests
from .world_of_two import ANONYMOUS, EXAMPLES, FOREIGN

WANTED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "script-src 'self';",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
INSIDE = re.compile(r"Traceback|DEBUG|site-packages|django\.|psycopg|/accounts/[a-z]+\.py|SELECT ")


def broken(request):
    raise RuntimeError("SELECT what nobody should read")


urlpatterns = [path("broken/", broken, name="home")]  # a page that may be opened, and fails


def missing_headers(response):
    given = response.headers
    return {name for name, part in WANTED.items() if part not in f"{given.get(name, '')};"}


class InlineParts(HTMLParser):
    """Finds what a strict content security policy would not run, and so must not be there."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        code = tag == "script" and "src" not in given and given.get("type") != "application/json"
        handlers = [name for name in given if name.startswith("on") or name == "style"]
        scheme = [value for value in given.values() if (value or "").startswith("javascript:")]
        if code or tag == "style" or handlers or scheme:
            self.found.append(self.get_starttag_text())


class EveryPageTests(WorldTests):
    def test_headers_of_every_page_and_nothing_inline_on_it(self):
        wrong = {}
        for name, example in EXAMPLES.items():
            url = example.url(name, self.world.own)
            for who in ("leader", "administrator", "member", ANONYMOUS):
                response = self.clients[who].get(url, example.query)
                if faults := missing_headers(response) or self.inline(response):
                    wrong[f"{url} by {who}"] = faults
        assert wrong == {}

    def inline(self, response):
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return []
        return InlineParts(response.getvalue().decode()).found

    def test_texts_that_people_wrote_are_never_markup(self):
        evil = '"><script>alert(1)</script>'
        self.world.own.member.full_name = self.world.own.task.title = evil
        self.world.own.member.save()
        self.world.own.task.save()
        for name, example in EXAMPLES.items():
            url = example.url(name, self.world.own)
            response = self.clients["leader"].get(url, {**example.query, "q": evil})
            if response.headers.get("Content-Type", "").startswith("text/html"):
                assert evil not in response.getvalue().decode(), url

    def test_downloads_are_saved_and_not_shown(self):
        for kind, content_type in (("csv", "text/csv"), ("xlsx", "spreadsheetml.sheet")):
            url = reverse("evaluations:ratings_download", args=[kind])
            response = self.clients["leader"].get(url, {"year": 2018})
            assert content_type in response["Content-Type"]
            assert response["Content-Disposition"].startswith("attachment; ")
            assert missing_headers(response) == set()


class ErrorPageTests(WorldTests):
    def assert_plain(self, response, status, *words):
        page = response.content.decode()
        assert response.status_code == status
        assert missing_headers(response) == set()
        assert not INSIDE.search(page)
        assert InlineParts(page).found == []
        for word in words:
            assert word in page

    def in_both_languages(self, ask, status, vietnamese, english, who="leader"):
        client = self.clients[who]
        self.assert_plain(ask(client), status, vietnamese, '<html lang="vi">')
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        self.assert_plain(ask(client), status, english)

    def test_not_found(self):
        missing = reverse("branches:member", args=[FOREIGN])
        for who in ("leader", ANONYMOUS):
            url = "/no-such-page/" if who == ANONYMOUS else missing
            self.in_both_languages(
                lambda client, url=url: client.get(url),
                404,
                "Không tìm thấy trang này",
                "This page was not found",
                who,
            )

    def test_not_allowed(self):
        self.in_both_languages(
            lambda client: client.get(reverse("branches:members")),
            403,
            "Vai trò",
            "Your role does not include this",
            "nobody",
        )

    def test_a_request_that_cannot_be_read(self):
        self.in_both_languages(
            lambda client: client.get("/", headers={"Host": "evil.example"}),
            400,
            "Về trang chủ",
            "This request cannot be read",
        )

    def test_a_form_without_its_token(self):
        user = self.world.users["leader"]

        def ask(client):
            strict = Client(enforce_csrf_checks=True)
            strict.cookies = client.cookies
            strict.force_login(user)
            return strict.post(reverse("evaluations:roll_up_start"))

        self.in_both_languages(ask, 403, "Biểu mẫu", "The form was too old")

    def test_another_method(self):
        response = self.clients["leader"].post(reverse("branches:members"))
        self.assert_plain(response, 405)
        assert response.content == b""

    @override_settings(ROOT_URLCONF=__name__)
    def test_a_fault_of_the_server(self):
        client = self.clients["leader"]
        client.raise_request_exception = False
        self.assert_plain(client.get("/broken/"), 500, "Máy chủ gặp lỗi", "Something went wrong")


class RequestTests(WorldTests):
    """What a hostile request may carry."""

    EVIL = ("https://evil.example/", "//evil.example/", r"/\evil.example/", "javascript:alert(1)")

    def test_no_redirect_leads_to_another_site(self):
        for evil in self.EVIL:
            answers = [
                self.client.post(reverse("set_language"), {"language": "en", "next": evil}),
                self.clients["leader"].get(resolve_sign_in(), {"next": evil}),
                self.client.get(f"//evil.example/{evil}"),
                self.client.get("/members/", {"next": evil}),
                self.client.get("/evil.example//members"),
            ]
            for response in answers:
                goes_to = response.headers.get("Location", "/")
                assert re.match(r"/(?![/\\])", goes_to), (evil, goes_to)

    def test_the_name_of_the_site_is_not_taken_from_the_request(self):
        for headers in ({"Host": "evil.example"}, {"Host": "localhost:80:evil.example"}):
            assert self.client.get("/", headers=headers).status_code == 400
        response = self.client.get("/", headers={"X-Forwarded-Host": "evil.example"})
        assert "evil" not in response["Location"]

    def test_more_than_an_upload_may_have_is_not_even_read(self):
        large = str(settings.IMPORT_MAX_UPLOAD_BYTES * 2)
        response = self.client.post(resolve_sign_in(), {"a": "b"}, CONTENT_LENGTH=large)
        assert response.status_code == 400

    def test_neither_many_fields_nor_files_nor_much_text(self):
        many = {f"field{number}": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)}
        much = {"username": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
        for form in (many | {"one": "more"}, much):
            response = self.client.post(
                resolve_sign_in(),
                "&".join(f"{name}={value}" for name, value in form.items()),
                content_type="application/x-www-form-urlencoded",
            )
            assert response.status_code == 400


def resolve_sign_in():
    return reverse(settings.LOGIN_URL)


class StaticFileTests(SimpleTestCase):
    def test_are_kept_by_browsers_and_not_sniffed(self):
        response = self.client.get("/static/css/site.css")
        assert response.status_code == 200
        assert "no-store" not in response["Cache-Control"]
        assert response["X-Content-Type-Options"] == "nosniff"

    def test_nothing_outside_of_their_folder_is_served(self):
        for way in ("../manage.py", "..%2fmanage.py", "%2e%2e/manage.py", "css/../../manage.py"):
            assert self.client.get(f"/static/{way}").status_code in (302, 404)


class TransportTests(SimpleTestCase):
    def test_cookies_on_ones_own_machine_need_no_https(self):
        assert settings.SESSION_COOKIE_NAME == "sessionid"
        assert settings.SESSION_COOKIE_HTTPONLY is settings.CSRF_COOKIE_HTTPONLY is True
        assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
        assert "Strict-Transport-Security" not in self.client.get("/static/css/site.css").headers


ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from django.test import RequestFactory
from django.views.i18n import set_language
client = Client(raise_request_exception=False)
if {signed_in}:
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
response = client.get("/", **{more})
chosen = set_language(RequestFactory().post("/", {{"language": "en"}}, **{more}))
print(json.dumps({{
    "status": response.status_code,
    "headers": dict(response.headers),
    "cookie": chosen.cookies.output(),
    "page": response.content.decode(),
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
}}))
"""
NO_SERVERS = {
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "long-enough-and-with-enough-letters-0123456789-abcdefghijklm",
    "ALLOWED_HOSTS": "chibo.example.vn",
}


def ask_process(environment, *, signed_in=False, **more):
    """What GET / answers in a process of its own with this environment, and some settings."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK.format(signed_in=signed_in, more=more)],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings"} | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_a_database_the_error_page_still_looks_right():
    environment = NO_SERVERS | {"LOCAL": "true"}
    answer = ask_process(environment, signed_in=True, headers={"host": "localhost"})
    assert answer["status"] == 500
    assert "Máy chủ gặp lỗi" in answer["page"]
    assert "css/site.css" in answer["page"]
    assert not INSIDE.search(answer["page"])
    assert "127.0.0.1" not in answer["page"]


@pytest.fixture(scope="module")
def production():
    return ask_process(NO_SERVERS, secure=True, headers={"host": "chibo.example.vn"})


def test_production_binds_cookies_to_its_host_and_to_https(production):
    assert production["names"] == ["__Host-sessionid", "__Host-csrftoken"]
    assert production["secure"] == [True, True]
    assert "__Host-language=en" in production["cookie"]
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert part in production["cookie"]
    assert "Domain" not in production["cookie"]


def test_production_tells_browsers_to_come_by_https_alone(production):
    assert production["headers"]["Strict-Transport-Security"].startswith("max-age=31536000")
    answer = ask_process(NO_SERVERS, headers={"host": "chibo.example.vn"})
    assert answer["status"] == 301
    assert answer["headers"]["Location"] == "https://chibo.example.vn/"
