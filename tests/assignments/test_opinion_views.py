"""The pages of opinions, from the meeting to the answer told."""

import csv
import io
from datetime import date, timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from assignments.models import Opinion
from assignments.opinions.report import totals
from assignments.services import opinions as services
from evaluations.reports import opinions as report_opinions
from tests import builders as make
from tests.pages import count_queries


class OpinionPages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.district = make.make_organization("district")
        cls.ward = make.make_organization("grassroots_committee", parent=cls.district)
        cls.branch = make.make_organization(parent=cls.ward)
        cls.meeting = make.make_meeting(cls.branch, cls.today - timedelta(days=3))
        cls.users = {}
        for role, organization in (("secretary", cls.branch), ("office", cls.ward)):
            cls.users[role] = make.make_user(role)
            make.grant(cls.users[role], role, organization)

    def raised(self, **values):
        said = {"raised_by": "resident", "topic": "Vay vốn", "content": "Xin vay vốn"}
        given = {"meeting": self.meeting, "by": self.users["secretary"], "at": timezone.now()}
        return services.raise_opinion(**(said | given | values))

    def get(self, who, name, *args, **query):
        self.client.force_login(self.users[who])
        return self.client.get(reverse(f"assignments:{name}", args=args), query)

    def post(self, who, name, pk, **values):
        self.client.force_login(self.users[who])
        page = self.client.get(reverse(f"assignments:{name}", args=[pk]))
        form = page.context and page.context.get("form")
        seen = {"seen": form["seen"].value()} if form and "seen" in form.fields else {}
        return self.client.post(reverse(f"assignments:{name}", args=[pk]), seen | values)


class WayTests(OpinionPages):
    def test_from_the_meeting_to_the_answer_told(self):
        said = {"raised_by": "member", "topic": "Đất đai", "content": "Cấp sổ đỏ"}
        response = self.post("secretary", "opinion_raise", self.meeting.pk, **said)
        opinion = Opinion.objects.get()
        self.assertRedirects(response, opinion.get_absolute_url() + f"?org={self.branch.pk}")
        assert (opinion.state, opinion.referred_to) == ("referred", self.ward)

        response = self.post("office", "opinion_answer", opinion.pk, answer="Đã cấp sổ")
        assert response.status_code == 302
        page = self.client.get(reverse("branches:organization", args=[self.branch.pk]))
        self.assertContains(page, "Đã cấp sổ")

        now = make.make_meeting(self.branch, self.today)
        self.client.force_login(self.users["secretary"])
        page = self.client.get(reverse("branches:meeting", args=[now.pk]))
        self.assertContains(page, reverse("assignments:opinion_tell", args=[opinion.pk]))
        response = self.post("secretary", "opinion_tell", opinion.pk, meeting=now.pk)
        assert response.status_code == 302
        opinion.refresh_from_db()
        assert opinion.told_at == now
        page = self.client.get(reverse("branches:meeting", args=[now.pk]))
        self.assertContains(page, "Đã cấp sổ")
        self.assertNotContains(page, reverse("assignments:opinion_tell", args=[opinion.pk]))

    def test_topics_are_offered_and_free(self):
        self.raised(topic="Chợ phiên")
        page = self.get("secretary", "opinion_raise", self.meeting.pk)
        self.assertContains(page, '<option value="Đất đai">')
        self.assertContains(page, '<option value="Chợ phiên">')
        self.assertContains(page, 'data-queue="opinion"')

    def test_the_same_form_sent_twice_counts_once(self):
        said = {"raised_by": "member", "topic": "Đất đai", "content": "Cấp sổ đỏ"}
        said["key"] = "0b0f1c52-6a1c-4c7e-9b64-9c6a24a3f0a1"
        self.client.force_login(self.users["secretary"])
        url = reverse("assignments:opinion_raise", args=[self.meeting.pk])
        first, second = (self.client.post(url, said) for _time in range(2))
        assert first["Location"] == second["Location"]
        assert Opinion.objects.count() == 1
        answer = self.client.post(url, said, headers={"Accept": "application/json"})
        assert answer.json()["state"] == "saved"

    def test_what_is_wrong_stands_at_its_field(self):
        response = self.post("secretary", "opinion_raise", self.meeting.pk, raised_by="member")
        assert {"topic", "content"} <= response.context["form"].errors.keys()
        late = f"{self.today + timedelta(days=300):%d/%m/%Y}"
        said = {"raised_by": "member", "topic": "x", "content": "x", "due_on": late}
        response = self.post("secretary", "opinion_raise", self.meeting.pk, **said)
        assert "due_on" in response.context["form"].errors

    def test_passing_on_and_extending(self):
        opinion = self.raised()
        values = {"referred_to": self.district.pk, "reason": "Vượt thẩm quyền"}
        due_on = f"{self.today + timedelta(days=200):%d/%m/%Y}"
        more = {"due_on": due_on, "reason": "Chờ tỉnh"}
        assert self.post("office", "opinion_extend", opinion.pk, **more).status_code == 302
        assert self.post("office", "opinion_refer", opinion.pk, **values).status_code == 302
        opinion.refresh_from_db()
        assert opinion.referred_to == self.district
        page = self.get("secretary", "opinion", opinion.pk)
        self.assertContains(page, "Vượt thẩm quyền")
        self.assertContains(page, "Chờ tỉnh")
        assert self.post("office", "opinion_answer", opinion.pk, answer="x").status_code == 403

    def test_of_two_who_answer_the_second_is_told(self):
        opinion = self.raised()
        url = reverse("assignments:opinion_answer", args=[opinion.pk])
        seen = self.get("office", "opinion_answer", opinion.pk).context["form"]["seen"].value()
        services.answer_opinion(opinion, answer="Một", by=self.users["office"], at=timezone.now())
        response = self.client.post(url, {"seen": seen, "answer": "Hai"})
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()
        opinion.refresh_from_db()
        assert opinion.answer == "Một"


class ListTests(OpinionPages):
    def topics(self, who="office", **query):
        table = self.get(who, "opinions", **query).context["table"]
        return [row.record.topic for row in table.rows]

    def test_filters(self):
        self.raised(topic="Vay vốn")
        self.raised(topic="Đất đai", answer="Đã giải thích")
        late = {"state": "referred", "referred_to": self.ward, "due_on": date(2020, 1, 6)}
        make.make_opinion(self.meeting, topic="Đường làng", **late)
        assert sorted(self.topics()) == ["Vay vốn", "Đường làng", "Đất đai"]
        assert self.topics(state="answered") == ["Đất đai"]
        assert self.topics(waits="overdue") == ["Đường làng"]
        assert self.topics(q="dat dai") == self.topics(topic="đất") == ["Đất đai"]
        assert sorted(self.topics(body=self.ward.pk)) == ["Vay vốn", "Đường làng"]
        assert len(self.topics(branch=self.branch.pk)) == 3
        assert self.topics(until="01/01/2020") == []

    def test_an_answer_waits_to_be_told(self):
        opinion = self.raised()
        assert self.topics("secretary", waits="to_tell") == []
        services.answer_opinion(opinion, answer="Có", by=self.users["office"], at=timezone.now())
        assert self.topics("secretary", waits="to_tell") == ["Vay vốn"]

    def test_a_past_day_knows_nothing_of_later_ones(self):
        self.raised()
        assert self.topics(on=(self.today - timedelta(days=4)).isoformat()) == []

    def test_download(self):
        self.raised(topic="=1+1")
        self.client.force_login(self.users["office"])
        url = reverse("accounts:list_download", args=["csv"])
        text = self.client.get(url, {"list": "assignments:opinions"}).getvalue().decode("utf-8-sig")
        (row,) = list(csv.reader(io.StringIO(text)))[1:]
        assert row[0] == "'=1+1"
        assert str(self.ward) in row

    def test_cost_does_not_grow(self):
        self.client.force_login(self.users["office"])
        url = reverse("assignments:opinions")
        self.raised()
        few = count_queries(self.client, url)
        for _number in range(5):
            self.raised()
        assert count_queries(self.client, url) == few <= 12


class ReportTests(OpinionPages):
    def test_topics_ages_and_bodies(self):
        year = self.today.year
        for days, due in ((3, 10), (40, -5), (200, -100)):
            held_on = self.today - timedelta(days=days)
            make.make_opinion(
                make.make_meeting(self.branch, held_on),
                topic="Vay vốn" if days < 100 else "Đất đai",
                state="referred",
                referred_to=self.ward,
                due_on=self.today + timedelta(days=due),
            )
        make.make_opinion(self.meeting, topic="Vay vốn")
        report = self.get("office", "opinions_report", year=year).context["report"]
        assert report.totals == report_opinions(self.ward, year=year, on=self.today)
        assert [(line.label, line.total, line.overdue) for line in report.topics] == [
            ("Vay vốn", 3, 1),
            ("Đất đai", 1, 1),
        ]
        assert [(waiting, late) for _first, _last, waiting, late in report.ages] == [
            (1, 0),
            (1, 1),
            (0, 0),
            (1, 1),
        ]
        assert [(line.label, line.states["referred"]) for line in report.bodies] == [(self.ward, 3)]

    def test_nothing_yet(self):
        assert totals(self.ward, year=self.today.year, on=self.today)["total"] == 0
        assert self.get("office", "opinions_report").status_code == 200
