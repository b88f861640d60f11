"""A form counts once, however often it is sent and however its answer is lost."""

from datetime import timedelta
from threading import Barrier, Thread
from time import sleep
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils import timezone

from accounts import tasks
from accounts.models import SavedView, Submission
from accounts.submitting import errors_of, once
from branches.acting import acts
from config.urls import urlpatterns as site
from tests import builders as make
from tests.pages import text_of

JSON = {"Accept": "application/json"}
PAGE = "{% load submitting %}<form>{% submission_key %}{{ form }}</form>"


class ViewForm(forms.Form):
    name = forms.CharField(max_length=20)


@acts
@once
def add_view(request):
    """Adds a row a time: what has no constraint of its own that would keep a copy out."""
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        SavedView.objects.create(user=request.user, page=str(uuid4()), name=name)
        if name == "slow":
            sleep(0.3)
        if name == "forbidden":
            raise PermissionDenied
        if name == "broken":
            raise RuntimeError(name)
        level = {"odd": messages.WARNING, "late": messages.ERROR}.get(name, messages.SUCCESS)
        messages.add_message(request, level, f"Added {name}.")
        return HttpResponseRedirect("/account/")
    return HttpResponse(engines["django"].from_string(PAGE).render({"form": form}, request))


urlpatterns = [path("", add_view, name="home"), *site[1:]]


def key_in(response):
    return text_of(response).split('name="key" value="')[1].split('"')[0]


@override_settings(ROOT_URLCONF="tests.accounts.test_submitting")
class OnceTests(TestCase):
    def setUp(self):
        self.user = make.make_user()
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.user)
        self.key = key_in(self.client.get("/"))

    def send(self, name="a", *, key=None, headers=None, client=None):
        data = {"name": name, "key": key or self.key}
        return (client or self.client).post("/", data, headers=headers)

    def names(self):
        return list(SavedView.objects.values_list("name", flat=True))

    def test_each_page_has_a_key_of_its_own(self):
        assert key_in(self.client.get("/")) != self.key

    def test_a_copy_adds_nothing_and_leads_to_the_same_page_with_the_same_words(self):
        for _time in range(3):
            response = self.send()
            assert response.url == "/account/"
            assert [str(each) for each in messages.get_messages(response.wsgi_request)] == [
                "Added a."
            ]
        assert self.names() == ["a"]

    def test_a_script_is_told_in_json_also_what_a_browser_sent_first(self):
        saved = {"state": "saved", "url": "/account/", "message": "Added a.", "attention": False}
        self.send()
        assert self.send(headers=JSON).json() == saved
        assert self.send(key=uuid4(), headers=JSON).json() == saved
        assert self.names() == ["a", "a"]

    def test_what_a_script_was_told_stands_on_no_page_after(self):
        self.send(headers=JSON)
        assert "Added a." not in text_of(self.client.get("/account/"))

    def test_what_a_browser_is_told_stands_on_the_next_page(self):
        self.send()
        assert "Added a." in text_of(self.client.get("/account/"))

    def test_a_warning_asks_for_a_reader(self):
        assert self.send("odd", headers=JSON).json()["attention"] is True

    def test_a_redirect_with_an_error_is_a_refusal_and_leaves_no_key(self):
        answer = self.send("late", headers=JSON)
        assert answer.status_code == 409
        assert answer.json() == {"state": "conflict", "message": "Added late."}
        assert self.send("late").status_code == 302
        assert not Submission.objects.exists()

    def test_another_persons_key_is_a_conflict(self):
        self.send()
        other = Client()
        other.force_login(make.make_user())
        assert self.send(client=other).status_code == 409
        answer = self.send(client=other, headers=JSON)
        assert answer.status_code == 409
        assert answer.json()["state"] == "conflict"
        assert "Added" not in text_of(answer)
        assert self.names() == ["a"]

    def test_the_same_key_with_other_words_is_a_conflict_and_not_silently_a_copy(self):
        self.send("a")
        assert self.send("b").status_code == 409
        assert self.send("b", headers=JSON).json()["state"] == "conflict"
        assert self.names() == ["a"]

    def test_line_ends_make_no_other_words(self):
        self.send("a\r\nb")
        assert self.send("a\nb").status_code == 302

    def test_errors_leave_no_key_behind_and_the_form_keeps_it(self):
        response = self.send("x" * 21)
        assert key_in(response) == self.key
        assert not Submission.objects.exists()
        assert self.send("a").status_code == 302
        assert self.names() == ["a"]

    def test_errors_are_told_to_a_script_by_field(self):
        answer = self.send("x" * 21, headers=JSON)
        assert answer.status_code == 422
        assert answer.json()["state"] == "invalid"
        assert list(answer.json()["errors"]) == ["name"]
        assert not Submission.objects.exists()

    def test_a_failure_takes_the_key_back_with_the_rest(self):
        for name, status in (("broken", 500), ("forbidden", 403)):
            assert self.send(name).status_code == status
            assert (self.names(), Submission.objects.count()) == ([], 0)
        self.send("a")
        assert self.names() == ["a"]

    def test_no_uuid_is_no_key(self):
        assert self.send(key="1").status_code == 400
        assert self.names() == []

    def test_without_a_key_it_is_carried_out(self):
        assert self.client.post("/", {"name": "a"}).status_code == 302
        assert not Submission.objects.exists()

    def test_it_takes_two_statements(self):
        with CaptureQueriesContext(connections["default"]) as queries:
            self.send()
        taken = [each for each in queries if "accounts_submission" in each["sql"]]
        assert len(taken) == 2

    def test_who_is_signed_out_is_told_so_in_json(self):
        self.client.logout()
        answer = self.send(headers=JSON)
        assert (answer.status_code, answer.json()) == (401, {"state": "signed_out"})
        assert self.send().status_code == 302

    @override_settings(SUBMISSION_KEEP_DAYS=10)
    def test_keys_are_forgotten_in_the_end(self):
        self.send(key=uuid4())
        Submission.objects.update(at=timezone.now() - timedelta(days=11))
        self.send()
        tasks.forget_submissions()
        assert [str(each.pk) for each in Submission.objects.all()] == [self.key]


@override_settings(ROOT_URLCONF="tests.accounts.test_submitting")
class RaceTests(TransactionTestCase):
    def send_at_once(self, name, copies=4):
        user, key = make.make_user(), str(uuid4())
        barrier, answers = Barrier(copies), []

        def send():
            client = Client(raise_request_exception=False)
            client.force_login(user)
            barrier.wait()
            answer = client.post("/", {"name": name, "key": key}, headers=JSON)
            answers.append((answer.status_code, answer.content))
            connections["default"].close()

        threads = [Thread(target=send) for _copy in range(copies)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_copies_wait_for_the_first_and_all_hear_its_answer(self):
        answers = self.send_at_once("slow")
        assert len(set(answers)) == 1
        assert answers[0][0] == 200
        assert SavedView.objects.count() == Submission.objects.count() == 1

    def test_where_the_first_fails_the_next_one_tries(self):
        assert {status for status, _content in self.send_at_once("forbidden")} == {403}
        assert SavedView.objects.count() == Submission.objects.count() == 0


def test_errors_of_a_formset_stand_under_whole_names():
    forms_of = forms.formset_factory(ViewForm, extra=0)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "form-0-name": "a"}
    assert list(errors_of(forms_of(data))) == ["form-1-name"]
