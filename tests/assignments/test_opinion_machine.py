"""Random sequences of what may be done with an opinion, by random people: what does not fit the
state or the person is refused and changes nothing; what works leaves a step and an audit entry."""

from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import JournalEntry
from assignments.models import Opinion
from assignments.services import opinions as services
from tests import builders as make

START = datetime(2026, 3, 4, 5, tzinfo=UTC)
PEOPLE = ("secretary", "office", "board", "leader", "stranger")
# Who may do it when the opinion is with the ward, and with the district.
OF_BODY = {"ward": {"office", "board"}, "district": {"board"}}
DEEDS = ("refer", "extend", "answer", "tell")

sequences = st.lists(st.tuples(st.sampled_from(DEEDS), st.sampled_from(PEOPLE)), max_size=8)


class Machine:
    """What the opinion must be, told without the code that is tested."""

    def __init__(self):
        self.state, self.body = "referred", "ward"

    def allows(self, deed, who):
        """PermissionDenied, ValidationError, or None when it works."""
        if deed == "tell":
            if who != "secretary":
                return PermissionDenied
            return None if self.state == "resolved" else ValidationError
        if who not in OF_BODY[self.body]:
            return PermissionDenied
        return None if self.state == "referred" else ValidationError

    def does(self, deed):
        match deed:
            case "refer":
                self.body = "ward" if self.body == "district" else "district"
            case "answer":
                self.state = "resolved"
            case "tell":
                self.state = "told"


class MachineTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward = make.make_organization("grassroots_committee", parent=cls.district)
        cls.branch = make.make_organization(parent=cls.ward)
        cls.meeting = make.make_meeting(cls.branch, date(2026, 3, 4))
        cls.later = make.make_meeting(cls.branch, date(2026, 4, 1))
        cls.users = {who: make.make_user(who) for who in PEOPLE}
        make.grant(cls.users["secretary"], "secretary", cls.branch)
        make.grant(cls.users["office"], "office", cls.ward)
        make.grant(cls.users["board"], "board", cls.district)
        make.grant(cls.users["leader"], "leader", cls.district)

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(sequences)
    def test_only_what_fits_is_done(self, sequence):
        opinion = services.raise_opinion(
            meeting=self.meeting,
            raised_by="member",
            topic="Đất đai",
            content="…",
            by=self.users["secretary"],
            at=START,
        )
        machine, done = Machine(), 1
        for deed, who in sequence:
            before, entries = self.told(opinion), self.entries()
            expected = machine.allows(deed, who)
            assert self.attempt(deed, opinion, who, machine) is expected, (deed, who)
            if expected is None:
                machine.does(deed)
                done += 1
                assert self.entries() > entries
            else:
                assert self.told(opinion) == before
                assert self.entries() == entries
            assert self.agrees(opinion, machine, done)

    def attempt(self, deed, opinion, who, machine):
        """The error that it raises, None for none."""
        at, by = START + timedelta(days=28), self.users[who]
        try:
            with transaction.atomic():
                self.do(deed, opinion, machine, by=by, at=at)
        except (PermissionDenied, ValidationError) as error:
            return type(error)
        return None

    def do(self, deed, opinion, machine, **who):
        match deed:
            case "refer":
                other = self.ward if machine.body == "district" else self.district
                services.refer_opinion(opinion, referred_to=other, reason="Vượt quyền", **who)
            case "extend":
                due_on = Opinion.objects.get(pk=opinion.pk).due_on + timedelta(days=200)
                services.extend_opinion(opinion, due_on=due_on, reason="Việc khó", **who)
            case "answer":
                services.answer_opinion(opinion, answer="Đã giải quyết", **who)
            case "tell":
                services.tell_answer(opinion, meeting=self.later, **who)

    def told(self, opinion):
        return Opinion.objects.filter(pk=opinion.pk).values().get(), opinion.steps.count()

    def entries(self):
        return JournalEntry.objects.filter(table_name__startswith="assignments_opinion").count()

    def agrees(self, opinion, machine, done):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        row, steps = Opinion.objects.get(pk=opinion.pk), list(opinion.steps.all())
        last = steps[-1]
        names = ("state", "answer", "referred_to_id", "due_on", "told_at_id")
        return (
            len(steps) == done
            and all(getattr(row, name) == getattr(last, name) for name in names)
            and row.state == ("resolved" if machine.state == "told" else machine.state)
            and (row.told_at_id is not None) == (machine.state == "told")
        )
