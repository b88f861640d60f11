"""The demo: two systems from the field with synthetic people, and an account for each role."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.choices import Role
from accounts.models import Grant, User
from branches.models import Member, Organization
from branches.periods import always
from evaluations.models import RollUp
from evaluations.services.roll_ups import start_roll_up

from .demo_live import load_live_demo
from .services import import_workbook

# The cases that the tests hold the rating rules to are the demo as well.
CASES = settings.BASE_DIR / "tests" / "cases"
WORKBOOKS = {"BT": "binh-thuy-2018", "TA": "tien-an-2016"}
ROLL_UPS = {"BT": 2018, "TA": 2016}

# Nobody outside this machine can reach a local server, so the password may be printed.
PASSWORD = "xem-thu-chi-bo"


@dataclass(frozen=True)
class Account:
    """A demo account: its role on organizations, or the member it belongs to."""

    username: str
    role: str = ""
    organizations: tuple[str, ...] = ()
    member: str = ""


ACCOUNTS = (
    Account("lanhdao", Role.LEADER, ("BT", "TA")),
    Account("bantochuc", Role.BOARD, ("BT", "TA")),
    Account("vanphong", Role.OFFICE, ("BT-P01", "TA")),
    Account("bithu", Role.SECRETARY, ("BT-P01-KV01", "BT-P01-KV02", "TA-1", "TA-2")),
    Account("kiemtra", Role.AUDITOR, ("BT", "TA")),
    Account("quantri", Role.ADMINISTRATOR, ("BT", "TA")),
    Account("canbo", member="BT18-00849"),
    Account("canbo2", member="BT18-00850"),
)


class NotLocal(Exception):
    """The demo has a password that everybody knows: it is for one's own machine only."""


def load_demo(*, on, at):
    """Import the demo workbooks, make the accounts and start the roll-ups that are not there yet.

    Loading it again changes nothing. Returns the roll-ups of the demo, finished or not.
    Raises NotLocal on anything but a local machine.
    """
    if not settings.LOCAL:
        raise NotLocal
    for code, folder in WORKBOOKS.items():
        if not Organization.objects.filter(code=code).exists():
            import_workbook(CASES / folder, effective=on)
    with transaction.atomic():
        for account in ACCOUNTS:
            _make_account(account)
        load_live_demo(on=on)
    return [_roll_up(code, year, at=at) for code, year in ROLL_UPS.items()]


def _make_account(account):
    user, created = User.objects.get_or_create(username=account.username)
    if not created:
        return
    user.set_password(PASSWORD)
    if account.member:
        user.member = Member.objects.get(code=account.member)
    user.save()
    Grant.objects.bulk_create(
        Grant(user=user, role=account.role, organization=organization, validity=always())
        for organization in Organization.objects.filter(code__in=account.organizations)
    )


def _roll_up(code, year, *, at):
    there = (
        RollUp.objects.filter(organization__code=code, year=year).exclude(state="failed").first()
    )
    if there:
        return there
    return start_roll_up(Organization.objects.get(code=code), year=year, at=at)
