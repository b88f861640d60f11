"""Visits as they come in from the field: 50 cadres post at once to gunicorn for a minute, in turns
with a bare page on the same server. Not one may be lost, and none counted twice."""

import http.client
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from statistics import quantiles
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment, Visit
from branches.models import Member, Organization
from branches.periods import period
from config.ownership import as_owner

USERS = 50
TURNS = 3
DAYS, BRANCHES = 40, 60  # a visit each day before today to each branch: more than are posted
AGAIN = 20  # every so-manieth form is sent a second time, as an impatient thumb does
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# The rows for opinions, as the page sends them when they are left empty
NO_OPINIONS = {"opinion-TOTAL_FORMS": "3", "opinion-INITIAL_FORMS": "0"} | {
    f"opinion-{number}-{name}": value
    for number in range(3)
    for name, value in {"topic": "", "content": "", "raised_by": "resident", "answer": ""}.items()
}
BARE_SQL = """
CREATE TABLE bare_row (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    note text NOT NULL
);
GRANT INSERT ON bare_row TO {role};
"""


def measure_visits(*, seconds):
    """Post visits for `seconds`, and the bare page as long. Yields lines to print.

    Raises AssertionError when a visit was lost, doubled or refused.
    """
    users = _make_cadres()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(BARE_SQL.format(role=connection.ops.quote_name(settings.APPLICATION_ROLE)))
    with _gunicorn() as port:
        people = [_Cadre(user, branches, port) for user, branches in users]
        bare, visits = [], []
        for _turn in range(TURNS):
            bare += _run(people, "post_bare", seconds / TURNS)
            visits += _run(people, "post_visit", seconds / TURNS)
    kept = sum(person.kept for person in people)
    stored = Visit.objects.filter(member__in=[user.member_id for user, _branches in users]).count()
    assert stored == kept, f"{kept} visits were acknowledged, {stored} are stored"
    rates = [len(each) / seconds for each in (visits, bare)]
    yield f"  {'visits posted by ' + str(USERS) + ' users at once':<52} {rates[0]:8.1f} a second"
    yield f"  {'  95 of 100 within':<52} {quantiles(visits, n=20)[-1]:8.3f} s"
    yield f"  {'a bare page with one INSERT':<52} {rates[1]:8.1f} a second"
    yield f"  {'  95 of 100 within':<52} {quantiles(bare, n=20)[-1]:8.3f} s"
    yield f"  visits to bare pages: {rates[0] / rates[1]:.2f} (goal at least 0.5)"
    again = sum(person.again for person in people)
    yield f"  {kept} visits acknowledged, {stored} stored; {again} forms were sent twice"


class _Cadre:
    """Somebody who posts one form after the other over a connection of their own."""

    def __init__(self, user, branches, port):
        client = Client()
        client.force_login(user)
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.connection = http.client.HTTPConnection("localhost", port, timeout=30)
        page = f"{reverse('assignments:visit_log')}?branch={branches[0]}"
        self.csrf = ""
        answer, body = self.ask("GET", page)
        self.csrf = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        self.token = TOKEN.search(body.decode())[1]
        today = timezone.localdate()
        days = [today - timedelta(days=number) for number in range(DAYS)]
        self.visits = itertools.product(days, branches)
        self.kept = self.again = 0

    def ask(self, method, path, fields=None):
        """The answer and its body; a connection that the server has closed is opened again."""
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}"}
        if self.csrf:
            headers["Cookie"] += f"; {settings.CSRF_COOKIE_NAME}={self.csrf}"
        body = None
        if fields is not None:
            body, headers["Content-Type"] = _multipart(fields)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        return answer, answer.read()

    def post_bare(self):
        began = time.monotonic()
        answer, _body = self.ask(
            "POST", "/bare/", {"csrfmiddlewaretoken": self.token, "note": "Đã dự sinh hoạt"}
        )
        assert answer.status == 204, answer.status
        return [time.monotonic() - began]

    def post_visit(self):
        day, branch = next(self.visits)
        fields = {
            "csrfmiddlewaretoken": self.token,
            "key": str(uuid4()),
            "branch": str(branch),
            "what": "other",
            "held_on": f"{day:%d/%m/%Y}",
            "kind": "regular",
            "note": "Đã dự sinh hoạt",
            "remarks": "",
            **NO_OPINIONS,
        }
        took = [self.send(fields)]
        self.kept += 1
        if self.kept % AGAIN == 0:
            took.append(self.send(fields))
            self.again += 1
        return took

    def send(self, fields):
        began = time.monotonic()
        answer, body = self.ask("POST", reverse("assignments:visit_log"), fields)
        assert answer.status == 302, f"{answer.status}: {body[:2000].decode()}"
        return time.monotonic() - began


def _run(people, action, seconds):
    """All of them do the action over and over; returns how many seconds each request took."""
    took, faults = [], []
    until = time.monotonic() + seconds

    def work(person):
        try:
            while time.monotonic() < until:
                took.extend(getattr(person, action)())
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return took


def _make_cadres():
    """[(user, ids of branches)]: cadres assigned to the province, and branches not their own."""
    province = Organization.objects.get(kind="province")
    today = timezone.localdate()
    branches = Organization.objects.below(province, on=today).filter(kind="branch").valid_on(today)
    ids = list(branches.order_by("pk").values_list("pk", flat=True)[:BRANCHES])
    strangers = Member.objects.exclude(memberships__branch__in=ids).filter(left_on=None)
    made = []
    for number, member in enumerate(strangers.order_by("pk")[:USERS]):
        Assignment.objects.create(
            code=f"BENCH-{number}",
            member=member,
            target=province,
            role="attend",
            validity=period(today - timedelta(days=365), None),
        )
        made.append((User.objects.create_user(f"bench{number}", member=member), ids))
    return made


def _multipart(fields):
    """(body, content type) of a form as a browser sends it where it may hold a photo."""
    mark = uuid4().hex
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"{''.join(parts)}--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@contextmanager
def _gunicorn():
    """The application on a free port, with the processes and threads of `make run`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = connection.settings_dict
    user, password = (quote(database[key], safe="") for key in ("USER", "PASSWORD"))
    address = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": f"postgres://{user}:{password}@{address}"}
    environment |= {"LOCAL": "true", "LOG_LEVEL": "WARNING"}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "benchmarks.wsgi", f"--bind=127.0.0.1:{port}"),
            *("--worker-class=gthread", "--workers=2", "--threads=4", "--no-control-socket"),
            "--log-level=warning",
        ],
        env=environment,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(port, server):
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not start")
