"""To whom and to what changes are put down: requests, tasks, commands, imports."""

from datetime import date

import pytest
from django.contrib.auth import login
from django.core.management import call_command
from django.http import Http404, HttpResponse, HttpResponseServerError
from django.test import Client, RequestFactory
from django.urls import path, reverse
from django.utils import timezone

from accounts.middleware import recording_middleware, source_of
from accounts.models import AccessLog, JournalEntry, User
from accounts.recording import log_access, recording, recording_session
from branches.models import Member, Organization
from config.settings import BASE_DIR
from evaluations.models import RollUp
from evaluations.services.roll_ups import wait_for_roll_up
from tests.builders import grant, make_member, make_user, make_ward
from workbook.services import import_workbook

DAY = date(2025, 12, 31)
CASE = BASE_DIR / "tests" / "cases" / "edges-1-2025"


def told(model=Member):
    """(user, source, reason) of the newest entry about the table of the model."""
    entry = JournalEntry.objects.filter(table_name=model._meta.db_table).latest("pk")
    return entry.user, entry.source, entry.reason


@pytest.fixture
def user(db):
    return make_user("clerk")


class TestRecording:
    def test_holds_for_the_block_alone(self, user):
        with recording(user=user, reason="Corrected", source="/members/"):
            make_member()
            assert told() == (user, "/members/", "Corrected")
        make_member()
        assert told() == (None, "chibo", "")

    def test_what_is_not_given_stays_as_outside(self, user):
        other = make_user()
        with recording(user=user, reason="Year-end", source="/ratings/"):
            with recording(reason="Corrected"):
                make_member()
                assert told() == (user, "/ratings/", "Corrected")
            with recording(user=other):
                make_member()
                assert told() == (other, "/ratings/", "Year-end")
            make_member()
            assert told() == (user, "/ratings/", "Year-end")

    def test_an_error_undoes_changes_and_settings(self, user):
        with recording(user=user):
            with pytest.raises(ZeroDivisionError):
                self.add_and_fail()
            assert not Member.objects.exists()
            make_member()
        assert told() == (user, "chibo", "")

    def add_and_fail(self):
        with recording(reason="Tried"):
            make_member()
            raise ZeroDivisionError

    def test_the_trail_outlives_the_user(self, user):
        with recording(user=user):
            make_member()
        number = user.pk
        User.objects.filter(pk=number).delete()
        entry = JournalEntry.objects.filter(table_name="branches_member").get()
        assert entry.user_id == number


@pytest.mark.django_db(transaction=True)
class TestRecordingSession:
    def test_holds_over_several_transactions_and_then_ends(self):
        user = make_user()
        with recording_session(user=user, source="task: count"):
            make_member()
            make_member()
            assert told() == (user, "task: count", "")
        make_member()
        assert told() == (None, "chibo", "")


# Views that stand for those that change something --------------------------------------------


def add_member(request, **_parts):
    make_member()
    return HttpResponse()


def add_and_fail(request):
    make_member()
    raise Http404


def add_and_answer_500(request):
    make_member()
    return HttpResponseServerError()


def sign_in(request):
    login(request, User.objects.get(username="clerk"))
    make_member()
    return HttpResponse()


urlpatterns = [
    path("add/", add_member),
    path("add/<int:pk>/<str:token>/", add_member),
    path("fail/", add_and_fail),
    path("500/", add_and_answer_500),
    path("sign-in/", sign_in),
]


@pytest.mark.urls(__name__)
class TestRequests:
    @pytest.fixture(autouse=True)
    def without_gate(self, settings):
        """These views stand in no table of pages."""
        gate = "accounts.gate.GateMiddleware"
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != gate]

    @pytest.fixture
    def client(self, user):
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    def test_a_post_is_put_down_to_its_user_and_page(self, client, user):
        client.post("/add/?reason=secret")
        assert told() == (user, "/add/", "")

    def test_ids_stay_in_the_source_and_tokens_do_not(self, client):
        client.post("/add/17/one-time-token/")
        assert told()[1] == "/add/17/…/"

    @pytest.mark.parametrize("address", ["/fail/", "/500/"])
    def test_what_fails_changes_nothing(self, client, address):
        assert client.post(address).status_code in (404, 500)
        assert not Member.objects.exists()

    def test_a_get_opens_no_transaction(self, client):
        client.get("/add/")
        assert told() == (None, "chibo", "")

    def test_what_follows_a_sign_in_is_put_down_to_who_signed_in(self, user):
        Client().post("/sign-in/")
        assert told() == (user, "/sign-in/", "")

    def test_the_next_request_begins_anew(self, client, user):
        client.post("/add/")
        Client().post("/add/")
        assert told() == (None, "/add/", "")


def test_an_unknown_address_has_no_source():
    assert source_of(RequestFactory().post("/nowhere/secret-token/")) == ""


def test_the_middleware_is_behind_the_one_that_knows_the_user(settings):
    order = settings.MIDDLEWARE
    name = f"{recording_middleware.__module__}.{recording_middleware.__name__}"
    assert order.index(name) > order.index(
        "django.contrib.auth.middleware.AuthenticationMiddleware"
    )


@pytest.mark.django_db(transaction=True)
def test_a_roll_up_is_put_down_to_who_asked_for_it(celery_worker, client):
    ward, [branch] = make_ward()
    make_member(branch)
    leader = make_user("leader")
    grant(leader, "leader", ward)
    client.force_login(leader)
    address = reverse("evaluations:roll_up_start")
    client.post(f"{address}?org={ward.pk}", {"year": 2025, "as_of": ""})
    roll_up = RollUp.objects.get()
    assert told(RollUp) == (leader, address, "")
    celery_worker()
    wait_for_roll_up(roll_up)
    assert told(RollUp) == (leader, "task: work_on_roll_up", "")


@pytest.mark.django_db
class TestImports:
    def test_by_a_user(self, user):
        import_workbook(CASE, effective=DAY)
        assert told() == (None, "chibo", "")
        for root in Organization.objects.roots(on=DAY):
            grant(user, "board", root)
        Member.objects.filter(code__startswith="E1").update(occupation="Khác")
        with recording(reason="Occupations of the year"):
            import_workbook(CASE, effective=DAY, by=user, on=DAY)
        assert told() == (user, "chibo", "Occupations of the year")

    def test_a_dry_run_leaves_nothing(self):
        import_workbook(CASE, effective=DAY, dry_run=True)
        assert not JournalEntry.objects.filter(table_name="branches_member").exists()

    def test_by_the_command(self):
        call_command("import_workbook", str(CASE))
        assert told() == (None, "command: import_workbook", "")
        make_member()
        assert told() == (None, "chibo", "")

    def test_a_correction_says_why(self):
        call_command("import_workbook", str(CASE), reason="Sửa theo biên bản 12")
        assert told() == (None, "command: import_workbook", "Sửa theo biên bản 12")

    def test_a_roll_up_by_the_command(self):
        ward, [branch] = make_ward()
        make_member(branch)
        call_command("roll_up", "--org", ward.code, "--year", "2025", "--inline")
        assert told(RollUp) == (None, "command: roll_up", "")


class TestLogAccess:
    def test_who_when_what_and_how_much(self, user):
        ward, [branch] = make_ward()
        member, at = make_member(branch), timezone.now()
        log_access(
            "ratings_seen", by=user, at=at, member=member, organization=ward, rows=3, note="2025"
        )
        row = AccessLog.objects.get()
        assert (row.by, row.at, row.member, row.organization) == (user, at, member, ward)
        assert (row.kind, row.rows, row.note) == ("ratings_seen", 3, "2025")

    def test_somebody_not_signed_in(self, client, db):
        request = client.get(reverse("accounts:login")).wsgi_request
        log_access("sign_in_failed", by=request.user, at=timezone.now(), note="clerk")
        assert AccessLog.objects.get().by is None
