"""What was shown of a past day stays as it was, byte for byte, whatever happens after it.

Every page, report, command and download that has a day stands in one of the lists below; one that
is in none fails `ListTests`, which says what to do. Those that are compared are asked as of a day
of 2018 before and after a rename, a change of grassroots, a merge, a split and a change of person
class of today, and after what else may happen to members and organizations.
"""

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from zipfile import ZipFile

from django.conf import settings
from django.core.management import call_command, get_commands
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.pages import OWN, PAGES
from accounts.rules import ROLES_FOR
from assignments.documents.content import STANDING
from assignments.reorganizing import plans
from assignments.services.reorganizing import reorganize
from branches.models import EarlierPersonClass, Member
from branches.periods import period
from evaluations.reports import REPORTS
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

from .world_of_two import EXAMPLES, MEMBER, NOON, YEAR, make_clients, make_world

DAY = date(YEAR, 12, 31)
BEFORE_READERS = ("board", "auditor", "administrator", "leader", "office", "secretary")
FORMS = "the way to forms: they change the present, whatever day is looked at"
TODAY_ONLY = "it says what is so, or may be done, today"
CYCLE = "a cycle has a cut-off date of its own, and stands as it is today"
TRAIL = "what was recorded when: an entry is never changed, and each change adds one"
ACCOUNT = "one's own account, which has no day"

# Routes whose pages, fragments, downloads and answers are the same for ever.
COMPARED = {
    "home",
    "branches:organizations",
    "branches:organization",
    "branches:organization_children",
    "branches:members",
    "branches:member",
    "branches:meetings",
    "branches:meeting",
    "branches:search",
    "branches:acting",
    "branches:pick_members",
    "branches:pick_organizations",
    "assignments:assignments",
    "assignments:assignment",
    "assignments:tasks",
    "assignments:branch_tasks",
    "assignments:my_branch_tasks",
    "assignments:branch_tasks_rates",
    "assignments:task",
    "assignments:task_sheet",
    "assignments:task_evidence",
    "evaluations:board",
    "evaluations:board_changes",
    "evaluations:board_years",
    "evaluations:five_years",
    "evaluations:removal_risk",
    "evaluations:organization_disciplines",
    "evaluations:ratings_download",
    "evaluations:rating",
    "evaluations:rating_readers",
    "evaluations:roll_ups",
    "evaluations:roll_up",
    "branches:committees",
    "branches:committee",
    "assignments:desk",
    "assignments:load",
    "assignments:matrix",
    "assignments:from_above",
    "assignments:uncovered",
    "assignments:suggestions",
    "assignments:directives",
    "assignments:directive",
    "assignments:directive_assignments",
    "assignments:directive_attachment",
    "assignments:teams",
    "assignments:team",
    "assignments:documents",
    "assignments:meeting_minutes",
    "assignments:meeting_minutes_document",
    "assignments:meeting_quality",
    "assignments:meetings_quality",
    "assignments:meeting_forms",
    "assignments:calendar",
    "assignments:meeting_plan",
    "assignments:sign_in_sheet",
    "assignments:plan_sign_in_sheet",
    "assignments:opinions",
    "assignments:opinions_report",
    "assignments:opinion",
    "accounts:list_download",
    "accounts:users",
    "accounts:user",
    "accounts:member_readers",
}
# Routes that act for a day, take no form and are not compared: why.
NOT_COMPARED = {
    "branches:member_edit": FORMS,
    "assignments:team_directive": FORMS,
    "assignments:reorganize": FORMS,
    "assignments:my_work": TODAY_ONLY,
    "assignments:queue": "what waits on the device itself",
    "assignments:reviews": FORMS,
    "assignments:visit": TODAY_ONLY,
    "assignments:visit_photo": TODAY_ONLY,
    "assignments:confirmations": TODAY_ONLY,
    "assignments:templates": TODAY_ONLY,
    "assignments:template_download": TODAY_ONLY,
    "assignments:template_version": TODAY_ONLY,
    "assignments:check_in_code": TODAY_ONLY,
    "assignments:plan_check_in_code": TODAY_ONLY,
    "assignments:reorganizations": TRAIL,
    "assignments:reorganization_download": TRAIL,
    "assignments:reminders": TODAY_ONLY,
    "evaluations:own_record": "one's own record, as a roll-up of the day would give it",
    "evaluations:objections": TODAY_ONLY,
    "evaluations:cycles": CYCLE,
    "evaluations:cycle": CYCLE,
    "evaluations:cycle_branch": CYCLE,
    "evaluations:appraisal": CYCLE,
    "evaluations:decisions": CYCLE,
    "evaluations:votes": CYCLE,
    "evaluations:not_rated": CYCLE,
    "evaluations:cycle_organizations": CYCLE,
    "evaluations:cycle_organizations_file": CYCLE,
    "evaluations:cycle_organizations_years": CYCLE,
    "evaluations:cycle_organization": CYCLE,
    "evaluations:papers": CYCLE,
    "evaluations:summary": CYCLE,
    "evaluations:cycle_workbook": CYCLE,
    "evaluations:ballot": CYCLE,
    "evaluations:count_minutes": CYCLE,
    "evaluations:appraisal_paper": CYCLE,
    "evaluations:paper_job": CYCLE,
    "evaluations:paper_job_file": CYCLE,
    "evaluations:anonymisations": TODAY_ONLY,
    "evaluations:schemes": TODAY_ONLY,
    "evaluations:scheme": TODAY_ONLY,
    "evaluations:organization_schemes": TODAY_ONLY,
    "evaluations:organization_scheme": TODAY_ONLY,
    "evaluations:organization_scheme_diff": "two versions, which stay as they are",
    "evaluations:scheme_diff": "two versions, which stay as they are",
    "evaluations:trial_file": "as the trial",
    "evaluations:trial": "what was computed just now, for a cut-off date of its own",
    "workbook:quality": TODAY_ONLY,
    "workbook:imports": TRAIL,
    "workbook:import": TRAIL,
    "workbook:import_rows": TRAIL,
    "workbook:import_file": TRAIL,
    "workbook:import_headings_known": FORMS,
    "accounts:views": ACCOUNT,
    "accounts:account": ACCOUNT,
    "accounts:sessions": ACCOUNT,
    "mfa_index": ACCOUNT,
    "mfa_view_recovery_codes": ACCOUNT,
    "accounts:journal": TRAIL,
    "accounts:access_log": TRAIL,
    "accounts:journal_entry": TRAIL,
    "accounts:member_history": TRAIL,
}
# Documents are made by a form that asks for their day.
COMPARED_DOCUMENTS = {
    "assignments:document_decision",
    "assignments:document_assignments",
    "assignments:document_plan",
}
LETTERHEAD = {
    "day": f"{DAY:%d/%m/%Y}",
    "number": "01-QĐ/ĐU",
    "place": "Hậu Giang",
    "summary": "phân công cán bộ",
    "signing": STANDING,
    "signer_post": "BÍ THƯ",
    "signer": "Phạm Văn Dũng",
    "grounds": "Căn cứ Điều lệ Đảng;",
    "recipients": "Lưu Văn phòng.",
}
COMPARED_REPORTS = {
    "coverage",
    "reviews",
    "results",
    "indicators",
    "opinions",
    "delegations",
    "roster",
}
COMPARED_COMMANDS = {"report", "export_ratings"}
NOT_COMPARED_COMMANDS = {
    "export_workbook": "the records themselves with their whole history, as of no day",
    "anonymise_members": "it changes records, and prints how many",
    "generate_data": "invented data",
    "import_workbook": "it changes records, and prints how many",
    "invite_administrator": "it makes an account",
    "load_demo": "invented data",
    "roll_up": "it computes ratings, and prints how many",
}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')
# When a sheet or a document was written.
MADE_AT = re.compile(
    rb"<(?:dcterms|xmp|xmpMM):\w+[^>]*>[^<]*</(?:dcterms|xmp|xmpMM):\w+>"
    rb"|/(?:CreationDate|ModDate)\s*\([^)]*\)|/ID\s*\[[^\]]*\]"
)


class ListTests(SimpleTestCase):
    def test_every_route_with_a_day_is_compared_or_says_why_not(self):
        """Pages that take a form are about the present, whatever day stands at their top."""
        dated = {name for name, each in EXAMPLES.items() if each.acts and each.posted == 405}
        missing = sorted(dated - COMPARED - NOT_COMPARED.keys())
        assert missing == [], (
            "These routes act for a day. If the page shows what was so on the day, put it into"
            " COMPARED and see to it that nothing later shows on it (branches/as_of.py says how);"
            " else into NOT_COMPARED with the reason."
        )

    def test_every_document_is_compared(self):
        makes = {name for name, need in PAGES.items() if need.action == "make_documents"}
        made = {name for name in makes if EXAMPLES[name].posted != 405}
        assert made == COMPARED_DOCUMENTS, "Put the document into COMPARED_DOCUMENTS."

    def test_every_report_is_compared(self):
        assert REPORTS.keys() == COMPARED_REPORTS, "Put the report into COMPARED_REPORTS."

    def test_every_command_is_compared_or_says_why_not(self):
        rooms = {path.name for path in settings.BASE_DIR.iterdir() if path.is_dir()}
        own = {name for name, app in get_commands().items() if app in rooms}
        assert own == COMPARED_COMMANDS | NOT_COMPARED_COMMANDS.keys()

    def test_nothing_stands_twice_or_is_gone(self):
        assert sorted(COMPARED & NOT_COMPARED.keys()) == []
        assert sorted((COMPARED | NOT_COMPARED.keys()) - EXAMPLES.keys()) == []


class PastTests(TestCase):
    maxDiff = None

    @classmethod
    def setUpTestData(cls):
        cls.world = make_world()
        cls.own, cls.today = cls.world.own, timezone.localdate()
        _make_more(cls.own)
        cls.before = cls.snapshot()

    @classmethod
    def snapshot(cls):
        """{what: its bytes} of everything that is compared."""
        clients = make_clients(cls.world)
        User.objects.update(last_login=NOON)  # signing in for the second look is no change
        shots = {}
        for name in sorted(COMPARED):
            for who in cls.readers(name):
                for url in cls.addresses(name, who):
                    shots[f"{who} {url}"] = _shown(clients[who].get(url))
        return shots | cls.documents(clients["board"]) | cls.reports() | cls.exports()

    @classmethod
    def readers(cls, name):
        """Who asks for a page: who may do most, and for the home page everybody."""
        need = PAGES[name]
        may = [who for who in BEFORE_READERS if not need.action or who in ROLES_FOR[need.action]]
        if name == "home":
            return [*BEFORE_READERS, MEMBER]
        if need == OWN:
            return [MEMBER]
        return [*may[:1], MEMBER] if need.own else may[:1]

    @classmethod
    def addresses(cls, name, who):
        example = EXAMPLES[name]
        kept = {"on": DAY.isoformat()} | example.query
        if who == MEMBER:
            return [f"{example.url(name, cls.own)}?{urlencode(kept)}"]
        arguments = [example.arguments(cls.own), *MORE_ARGUMENTS.get(name, lambda own: [])(cls.own)]
        return [
            f"{reverse(name, args=each)}?{urlencode(kept | {'org': cls.own.ward.pk} | more)}"
            for each in arguments
            for more in ({}, *MORE_QUERIES.get(name, ()))
        ]

    @classmethod
    def documents(cls, client):
        shots = {}
        for name in sorted(COMPARED_DOCUMENTS):
            url = f"{EXAMPLES[name].url(name, cls.own)}?org={cls.own.ward.pk}"
            for kind in ("docx", "pdf"):
                response = client.post(url, LETTERHEAD | {kind: "1"})
                assert "attachment" in response.headers["Content-Disposition"], response
                shots[f"{name} {kind}"] = _file(response.content)
        return shots

    @classmethod
    def reports(cls):
        shots = {}
        for name in sorted(COMPARED_REPORTS):
            for form in ("json", "table"):
                out = StringIO()
                call_command(
                    "report",
                    name,
                    org="D-W",
                    year=YEAR,
                    on=DAY.isoformat(),
                    format=form,
                    stdout=out,
                )
                shots[f"report {name} {form}"] = out.getvalue().encode()
        return shots

    @classmethod
    def exports(cls):
        shots = {}
        with TemporaryDirectory() as folder:
            for kind in ("csv", "xlsx"):
                path = Path(folder) / f"out.{kind}"
                call_command("export_ratings", org="D-W", year=YEAR, output=path, stdout=StringIO())
                shots[f"export_ratings {kind}"] = _file(path.read_bytes())
        return shots

    def assert_nothing_changed(self, *, but="no page"):
        after = self.snapshot()
        assert after.keys() == self.before.keys()
        changed = {
            what: _difference(self.before[what], after[what]) for what in after if but not in what
        }
        assert {what: lines for what, lines in changed.items() if lines} == {}

    def reorganize(self, plan):
        at = datetime.now(UTC)
        return reorganize(plan, by=None, today=self.today, at=at, reason="01-QĐ")

    def test_something_is_compared(self):
        own, shown = self.own, b"".join(self.before.values()).decode(errors="replace")
        for part in (own.ward, own.district, own.member, *own.branches, *own.people):
            assert str(part) in shown
        assert all(self.before.values())

    def test_what_they_are_called_and_of_what_kind(self):
        """A rename, a change of grassroots and a change of person class."""
        for organization in (self.own.district, self.own.ward, self.own.branch):
            self.reorganize(plans.Rename(self.today, organization, f"A {organization.name} mới"))
        for branch in (self.own.second, self.own.third):
            self.reorganize(plans.Change(self.today, branch, "branch", grassroots=True))
        for member in (self.own.member, *self.own.people):
            until = period(None, self.today - timedelta(1))
            EarlierPersonClass.objects.create(
                member=member, person_class=member.person_class, validity=until
            )
            Member.objects.filter(pk=member.pk).update(person_class="leader")
        self.assert_nothing_changed()
        today = make_clients(self.world)["board"].get(reverse("branches:organizations"))
        self.assertContains(today, "A Chi bộ Hậu Giang mới")

    def test_where_they_stand(self):
        """A merge of two branches, a split of a third, and a move of the ward with all of them:
        who answers for the ward goes on doing so. What comes from above is told of those who stand
        above it today: that is access, and so changes."""
        ward, (first, second, third) = self.own.ward, self.own.branches
        merged, *parts = (
            plans.NewOrganization(f"Chi bộ {number} mới", f"D-W-{number}", "branch", ward)
            for number in (7, 8, 9)
        )
        self.reorganize(plans.Merge(self.today, (first, second), merged))
        chosen = {self.own.people[2].pk: "D-W-8"}
        self.reorganize(plans.Split(self.today, (third,), tuple(parts), chosen, rest="D-W-9"))
        other = make.make_organization("district", code="E", name="Huyện ủy Châu Thành")
        self.reorganize(plans.Move(self.today, (ward,), other))
        self.assert_nothing_changed(but="/assignments/from-above/")

    def test_one_takes_the_other_in(self):
        """A merge into a branch that goes on, and a new one that takes members from another."""
        first, second, third = self.own.branches
        self.reorganize(plans.Merge(self.today, (first, second), second))
        part = plans.NewOrganization("Chi bộ mới", "D-W-9", "branch", self.own.ward)
        chosen = {self.own.people[2].pk: "D-W-9"}
        self.reorganize(plans.Split(self.today, (third,), (part,), chosen, ends=False))
        self.assert_nothing_changed()

    def test_what_happens_to_members(self):
        first, second, *_more = self.own.people
        make.move(first, self.own.branch, on=self.today)
        Member.objects.filter(pk=second.pk).update(left_on=self.today, left_reason="deceased")
        make.make_status(first, since=self.today)
        make.make_position(first, self.own.ward, since=self.today)
        make.make_assignment(first, self.own.ward, since=self.today)
        make.attend(make.make_meeting(self.own.second, self.today), first)
        make.make_task(first, self.own.second, self.today.year)
        until = period(make.LONG_AGO, self.today - timedelta(1))
        self.own.member.positions.filter(validity__upper_inf=True).update(validity=until)
        self.assert_nothing_changed()


MORE_ARGUMENTS = {
    "branches:organization": lambda own: [[own.ward.pk], [own.second.pk]],
    "branches:organization_children": lambda own: [[own.branch.pk]],
    "branches:member": lambda own: [[member.pk] for member in own.people],
    "evaluations:ratings_download": lambda own: [["xlsx"]],
}
MORE_QUERIES = {
    "branches:members": [
        {"sort": "branch"},
        {"sort": "person_class"},
        {"person_class": "outside"},
        {"q": "an"},
    ],
    "branches:meetings": [{"sort": "branch"}],
    "branches:search": [{"q": "chi bo hai"}, {"q": "moi"}, {"q": "hop nhat"}, {"q": "D-W"}],
    "branches:acting": [{"q": "chi bo"}, {"q": "moi"}],
    "branches:pick_organizations": [{"q": "moi"}, {"q": "D-W-9"}],
    "assignments:assignments": [{"kind": "all", "sort": "days"}, {"q": "moi"}],
    "assignments:tasks": [{"sort": "organization"}],
    "evaluations:board": [{"sort": "branch"}],
}


def _make_more(half):
    """Two more branches with people and work, so that two can be merged and one be split."""
    half.second, half.third = (
        make.make_organization(
            parent=half.ward, code=f"D-W-{number}", name=f"Chi bộ {name} Hậu Giang"
        )
        for number, name in ((2, "hai"), (3, "ba"))
    )
    half.branches = (half.branch, half.second, half.third)
    half.people = [
        make.make_member(branch, code=f"DP{number}", full_name=f"{name} Hậu Giang")
        for number, (branch, name) in enumerate(
            (
                (half.second, "Lê An"),
                (half.second, "Vũ Bình"),
                (half.third, "Đỗ Cúc"),
                (half.third, "Hồ Dần"),
            )
        )
    ]
    for branch in half.branches:
        meeting = make.make_meeting(branch, date(YEAR, 6, 3))
        for member in (half.member, *half.people):
            make.attend(meeting, member)
        make.make_assignment(half.people[0], branch, visits_due=1)
        make.make_task(half.people[1], branch, YEAR)
    make.make_position(half.people[0], half.second, rank="branch_secretary")
    make.make_status(half.people[2], since=date(YEAR, 2, 1), until=date(YEAR, 3, 1))
    roll_up_inline(half.ward, year=YEAR, at=NOON)


def _shown(response):
    assert response.status_code == 200, response
    return _file(b"".join(response.streaming_content) if response.streaming else response.content)


def _file(content):
    """The bytes without what differs each time: tokens of forms, and when a file was written."""
    if not content.startswith(b"PK"):
        return MADE_AT.sub(b"", TOKEN.sub(b"", content))
    with ZipFile(BytesIO(content)) as book:
        return b"".join(MADE_AT.sub(b"", book.read(part)) for part in sorted(book.namelist()))


def _difference(before, after):
    """The lines that differ; "" when the bytes are the same."""
    if before == after:
        return ""
    old, new = (set(content.decode(errors="replace").splitlines()) for content in (before, after))
    gone, come = sorted(old - new), sorted(new - old)
    return "\n".join(["", *(f"- {line}" for line in gone), *(f"+ {line}" for line in come)])
