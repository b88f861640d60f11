"""What a browser may keep of the site, for whom, and what makes an application of it."""

import json
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import RequestFactory, TestCase
from django.urls import reverse

from accounts.models import Submission
from accounts.offline import KEPT_FOR, KEPT_PAGES, user_key
from accounts.views import offline
from tests import builders as make
from tests.pages import text_of

JSON = {"Accept": "application/json"}
STATIC = Path(settings.BASE_DIR) / "static"


class PublicTests(TestCase):
    def test_the_application_can_be_installed(self):
        response = self.client.get("/manifest.webmanifest")
        assert response["Content-Type"] == "application/manifest+json"
        application = response.json()
        assert application["start_url"] == "/my/"
        assert application["display"] == "standalone"
        assert application["lang"] == "vi"
        assert {each["purpose"] for each in application["icons"]} == {"any", "maskable"}
        for each in application["icons"]:
            content = Path(finders.find(each["src"].removeprefix("/static/"))).read_bytes()
            width = int.from_bytes(content[16:20])
            assert each["sizes"] == f"{width}x{width}"

    def test_the_service_worker_serves_the_whole_site_and_is_never_kept(self):
        response = self.client.get("/sw.js")
        assert response["Content-Type"].startswith("text/javascript")
        assert "no-cache" in response["Cache-Control"]
        assert "no-store" in response["Cache-Control"]
        assert "worker-src 'self'" in response["Content-Security-Policy"]
        shell = json.loads(re.search(r"shell = (.*);", text_of(response))[1])
        assert shell["offline"] == "/offline/"
        assert '"/static/js/queue.js", "/static/js/worker.js"' in text_of(response)

    def test_what_every_phone_asks_for_by_itself_asks_no_database(self):
        self.client.force_login(make.make_user())
        for address in ("/sw.js", "/manifest.webmanifest", "/offline/"):
            with self.assertNumQueries(0):
                assert self.client.get(address).status_code == 200

    def test_the_scripts_know_the_addresses_of_the_site(self):
        assert f'"{reverse("accounts:sending")}"' in (STATIC / "js" / "queue.js").read_text()
        for name in ("Kept-For", "Kept-At"):
            assert f'"{name}"' in (STATIC / "js" / "worker.js").read_text()


def test_in_production_the_service_worker_knows_files_by_their_hashes(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    call_command("collectstatic", interactive=False, verbosity=0)
    text = offline.service_worker(RequestFactory().get("/sw.js")).content.decode()
    assert '"hashed": true' in text
    assert re.search(r'importScripts\("/static/js/queue\.[0-9a-f]{12}\.js", ', text)


class KeptTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        _ward, (branch, home) = make.make_ward("W", branches=2)
        member = make.make_member(home)
        make.make_assignment(member, branch)
        cls.user = make.make_user(member=member)
        cls.form = f"{reverse('assignments:visit_log')}?branch={branch.pk}"

    def setUp(self):
        self.client.force_login(self.user)

    def kept_for(self, address):
        return self.client.get(address).headers.get(KEPT_FOR)

    def test_pages_of_work_are_kept_for_their_reader(self):
        key = user_key(self.user)
        for address in ("/my/", "/my/queue/", self.form):
            assert self.kept_for(address) == key
            assert f'data-user="{key}" data-kept-page' in text_of(self.client.get(address))

    def test_no_other_page_is(self):
        addresses = ("/", "/account/", "/my/?on=2020-01-01", "/offline/", "/sending/")
        assert {self.kept_for(address) for address in addresses} == {None}
        assert KEPT_FOR not in self.client.post(self.form, {"what": "x"}).headers
        self.client.logout()
        assert self.kept_for("/my/") is None

    def test_no_other_cache_keeps_them(self):
        assert "no-store" in self.client.get("/my/")["Cache-Control"]

    def test_the_key_tells_nothing_and_is_one_persons(self):
        keys = {user_key(user) for user in (self.user, make.make_user(), make.make_user())}
        assert len(keys) == 3
        assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
        self.client.logout()
        assert 'data-user=""' in text_of(self.client.get("/sign-in/"))

    def test_the_names_are_those_of_pages(self):
        for name in KEPT_PAGES:
            of_one = name.endswith(("roster", "raise", "visit", "report"))
            assert reverse(name, args=[1] if of_one else [])


class SendingTests(TestCase):
    def test_it_tells_who_is_signed_in_and_a_token_that_opens_forms(self):
        user = make.make_user()
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(user)
        answer = client.get("/sending/").json()
        assert answer["user"] == user_key(user)
        language = reverse("set_language")
        assert client.post(language, {"language": "vi"}).status_code == 403
        headers = {"X-CSRFToken": answer["token"]}
        assert client.post(language, {"language": "vi"}, headers=headers).status_code == 302

    def test_to_nobody_it_says_so(self):
        answer = self.client.get("/sending/", headers=JSON)
        assert (answer.status_code, answer.json()) == (401, {"state": "signed_out"})


class QueueTests(TestCase):
    """The server's side of a queue: whose entry it is, and who tells the reader."""

    @classmethod
    def setUpTestData(cls):
        _ward, (branch, home) = make.make_ward("W", branches=2)
        cls.users = []
        for _number in range(2):
            member = make.make_member(home)
            make.make_assignment(member, branch)
            cls.users.append(make.make_user(member=member))
        cls.form = f"{reverse('assignments:visit_log')}?branch={branch.pk}"

    def send(self, **headers):
        self.client.force_login(self.users[0])
        page = text_of(self.client.get(self.form))
        sent = dict(
            re.findall(r'name="(key|branch|held_on|opinion-[A-Z_]+)"[^>]*value="([^"]+)"', page)
        )
        sent |= {"what": "other", "kind": "regular"}
        return self.client.post(self.form, sent, headers=JSON | headers)

    def test_an_entry_of_another_person_is_refused(self):
        answer = self.send(**{"Sent-By": user_key(self.users[1])})
        assert (answer.status_code, answer.json()) == (409, {"state": "other_user"})
        assert not Submission.objects.exists()

    def test_ones_own_is_carried_out(self):
        answer = self.send(**{"Sent-By": user_key(self.users[0])})
        assert answer.json()["state"] == "saved"
        assert answer.json()["message"] not in text_of(self.client.get(answer.json()["url"]))

    def test_where_the_page_of_the_answer_follows_it_tells_the_reader(self):
        answer = self.send(**{"Shown-Next": "yes"}).json()
        assert answer["message"] in text_of(self.client.get(answer["url"]))
