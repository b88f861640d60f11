"""Whatever is asked: never an error of the server, no trace of its inside, no row of elsewhere."""

import re
from urllib.parse import unquote

from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.urls import is_valid_path, reverse
from hypothesis import HealthCheck, given, strategies
from hypothesis import settings as effort
from hypothesis.extra.django import TestCase

from .test_foreign_ids import (
    PATTERNS,
    names_in_addresses,
    names_read,
    readers,
    relation_names,
)
from .test_headers import INSIDE
from .world_of_two import ANONYMOUS, EXAMPLES, FOREIGN, make_clients, make_world
from .world_of_two.traces import TELLING

ASKED = effort(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=120,
    suppress_health_check=list(HealthCheck),
)
OWN = (set(names_in_addresses()) - relation_names()) | {"branch", "unit", "organization"}
LIST = OWN - {"org", "on"}  # which are read before the page itself, everywhere alike
FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="reason"'
BODIES = (
    ("multipart/form-data; boundary=x", PART + b"\r\n\r\n"),
    ("multipart/form-data; boundary=x", PART + b'; filename="a\x00.html"\r\n\r\n<b>\r\n--x--'),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=" + "y" * 300, b"--y--"),
    ("application/json", b'{"reason": ["01"'),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("application/x-www-form-urlencoded; charset=utf-16", b"reason=a"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"reason=a"),
    ("", b"\xff\xfe\x00"),
    (FORM, b"reason=%ff%fe&&&=;=&reason[]=1&reason[a]=2"),
)
FIELDS = sorted(
    {field for each in EXAMPLES.values() for field in each.post}
    | {"year", "as_of", "scheme", "since", "until", "email", "member", "q"}
)
# What has broken such pages: PostgreSQL takes no NUL and no integer beyond 64 bits, Python's dates
# end in 9999, Unicode has digits that int() takes and signs that no font shows.
NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "0",
    "-1",
    "1e9",
    "٣",
    "²",
    "9" * 18,
    str(2**31),
    str(2**63),
    str(2**64),
    "9" * 5000,
    "NaN",
    "Infinity",
    "null",
    "[]",
    "{}",
    "a,b",
    "[1,2]",
    "0001-01-01",
    "9999-12-31",
    "2025-02-30",
    "31/12/9999",
    "1/1/1",
    "-name",
    "--name",
    "name,name",
    "__class__",
    "%",
    "_",
    "\\",
    "%00",
    "';--",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "//evil.example",
    "javascript:alert(1)",
    "\u202eabc",
    "ß" * 300,
    "n\u0303\u0323" * 100,
    "\U0010ffff",
    "\r\nSet-Cookie: a=b",
    str(FOREIGN),
)
WORST = (
    "a\x00b",
    "\ud800",
    "²",
    str(2**63),
    "0001-01-01",
    "9999-12-31",
)
WORST_ORDERS = ("--name",)  # no field takes an order
WORST_NUMBER, WORST_DAYS = str(2**63), ("0001-01-01", "9999-12-31")
texts = strategies.sampled_from(NASTY) | strategies.text(max_size=40)
numbers = strategies.integers().map(str)
days = strategies.dates().map(str)
values = texts | numbers | days


def pairs(names):
    """Names with one or several values each, in any order; a name may be made up."""
    name = strategies.sampled_from(names) | strategies.text(min_size=1, max_size=10)
    return strategies.lists(strategies.tuples(name, values), max_size=5)


def encode(pairs):
    """The pairs as a browser would send them, and as none would: what is no character, too."""
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs)


def worst_like(right):
    """The worst of what a field takes, told by a right value of it: numbers, days, else a text."""
    text = str(right)
    if re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4}", text):
        return WORST_DAYS
    return (WORST_NUMBER,) if text.isdecimal() else ("a\x00b", WORST_NUMBER)


def leads_somewhere(path):
    """Whether a route takes it, be it with the slash that the site adds."""
    return any(is_valid_path(f"/{unquote(path)}{slash}") for slash in ("", "/"))


def _quote(text):
    return "".join(f"%{byte:02X}" for byte in str(text).encode("utf-8", "surrogatepass"))


@override_settings(ACCOUNT_RATE_LIMITS=False)
class FuzzTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.world = make_world()
        cls.cookies = {who: each.cookies.output() for who, each in make_clients(cls.world).items()}

    def client_of(self, who):
        client = Client(raise_request_exception=False)
        client.cookies.load(self.cookies[who].removeprefix("Set-Cookie: "))
        return client

    def setup_example(self):
        super().setup_example()
        cache.clear()  # of what is counted against guessing

    def check(self, response, sent):
        text = response.getvalue().decode(errors="replace")
        assert response.status_code < 500, (response.status_code, sent)
        assert not INSIDE.search(text), sent
        if str(FOREIGN) not in sent:
            assert not TELLING.search(text), sent
        assert not re.search(r"[\r\n]", "".join(response.headers.values())), sent

    def ask(self, who, url, *, body=None, content_type=FORM, **more):
        client = self.client_of(who)
        if body is None:
            response = client.get(url, **more)
        else:
            response = client.generic("POST", url, body, content_type=content_type, **more)
        self.check(response, f"{url[:3000]} {body or ''} by {who}")
        return response

    def test_the_clients_are_signed_in(self):
        for name in ("home", "accounts:account"):
            assert self.ask("leader", reverse(name)).status_code == 200

    def test_every_page_with_what_has_broken_such_pages(self):
        """Three of the values for a page, in turn; one for a page that reads nothing of its address
        beside what every page reads."""
        home = self.names_of("home")
        values = WORST + WORST_ORDERS
        for number, (name, example) in enumerate(EXAMPLES.items()):
            if not example.acts or example.status != 200 or name.startswith(("account_", "mfa_")):
                continue
            if name == "home":
                self.ask_with(name, {"org"}, values)
                self.ask_with(name, {"on"}, values)
            many = 3 if self.names_of(name) - home else 1
            self.ask_with(name, LIST, [values[(number + i) % len(values)] for i in range(many)])

    def ask_with(self, name, parameters, values):
        for value in values:
            self.ask_example(name, [(parameter, value) for parameter in parameters])

    def names_of(self, name):
        """What a page reads of its address."""
        with names_read() as names:
            self.ask_example(name, EXAMPLES[name].query.items())
        return names

    def ask_example(self, name, query, post=None):
        url = EXAMPLES[name].url(name, self.world.own)
        body = None if post is None else encode(post.items())
        return self.ask(readers(name)[0], f"{url}?{encode(query)}", body=body)

    def test_every_field_with_what_has_broken_such_pages(self):
        """All fields at once with each of the worst, as forms look at all of them; then each field
        alone with those that look like what it takes, and so may get further than the form."""
        for name, example in EXAMPLES.items():
            if example.posted == 405:
                continue
            changes = [dict.fromkeys(example.post, value) for value in WORST[::2]]
            for field, right in example.post.items():
                changes += [{field: value} for value in worst_like(right)]
            for change in changes if example.post else ():
                with transaction.atomic():  # the next one finds what this one found
                    self.ask_example(name, example.query.items(), example.post | change)
                    transaction.set_rollback(True)

    def test_paths(self):
        """Those that lead to no page are answered alike: each part is asked there once."""
        astray = set()
        for name, example in EXAMPLES.items():
            who = (readers(name) or [ANONYMOUS])[0]
            count = len(example.arguments(self.world.own))
            for part in ("0", "9" * 18, str(2**63), "9" * 400, "٣", "a%00b", "%ff%fe", "a" * 9000):
                path = re.sub(r"<[^>]+>|\(\?P.*?\)+", part, PATTERNS[name])
                path = path.strip("^$") if count else f"{path}{part}"
                leads = leads_somewhere(path)
                if leads or (part, who) not in astray:
                    response = self.ask(who, f"/{path}")
                    assert leads or response.status_code == 404, path
                    astray |= set() if leads else {(part, who)}

    def test_bodies_that_are_no_forms(self):
        """What takes no form does not look at the body: it gets one of them each. The others read
        it by the same code, which gets each of them again and again: three to a form."""
        for number, (name, example) in enumerate(EXAMPLES.items()):
            who = (readers(name) or [ANONYMOUS])[0]
            some = range(number, number + (3 if example.posted != 405 else 1))
            for content_type, body in (BODIES[each % len(BODIES)] for each in some):
                url = example.url(name, self.world.own)
                self.ask(who, url, body=body, content_type=content_type)

    @ASKED
    @given(
        strategies.sampled_from([name for name in EXAMPLES if EXAMPLES[name].status == 200]),
        strategies.sampled_from(range(9)),
        pairs(sorted(OWN)),
        strategies.booleans(),
    )
    def test_addresses(self, name, number, query, htmx):
        may = [*readers(name), ANONYMOUS]
        headers = {"HX-Request": "true", "HX-Target": "list"} if htmx else {}
        url = f"{EXAMPLES[name].url(name, self.world.own)}?{encode(query)}"
        self.ask(may[number % len(may)], url, headers=headers)

    @ASKED
    @given(
        strategies.sampled_from([name for name in EXAMPLES if EXAMPLES[name].posted != 405]),
        strategies.sampled_from(range(9)),
        pairs(FIELDS),
    )
    def test_forms(self, name, number, changes):
        may = [*readers(name), ANONYMOUS]
        url = EXAMPLES[name].url(name, self.world.own)
        body = encode([*EXAMPLES[name].post.items(), *changes])
        self.ask(may[number % len(may)], url, body=body)
