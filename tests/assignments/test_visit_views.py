"""The pages of one visit: logging it, looking at it, putting it right, taking it back."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from assignments.models import Opinion, Visit
from assignments.services.visits import confirm_visits, state_visits
from branches.models import MeetingPlan, StoredFile
from tests import builders as make
from tests.branches.test_weight import ASSETS, LATER_PAGE, page_weight, weight
from tests.pages import text_of

LOG = reverse("assignments:visit_log")
JPEG = b"\xff\xd8\xff\xe1\x00\x0aGPS here\xff\xda\x00\x04\x00\x00pixels\xff\xd9"
ROWS = {"opinion-TOTAL_FORMS": "3", "opinion-INITIAL_FORMS": "0"}


class VisitCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.second) = make.make_ward(parent=cls.district, branches=2)
        _office, (cls.home, cls.elsewhere) = make.make_ward("CQ", branches=2)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.user = make.make_user("canbo", member=cls.cadre)
        cls.assignment = make.make_assignment(cls.cadre, cls.branch)
        cls.secretary = cls.user_with(Role.SECRETARY, cls.branch)
        cls.office = cls.user_with(Role.OFFICE, cls.ward)

    @classmethod
    def user_with(cls, role, organization):
        user = make.make_user()
        make.grant(user, role, organization)
        return user

    def setUp(self):
        self.client.force_login(self.user)

    def day(self, days):
        return self.today + timedelta(days=days)

    def plan(self, days=0, **fields):
        return MeetingPlan.objects.create(
            branch=fields.pop("branch", self.branch), planned_on=self.day(days), **fields
        )

    def form(self, branch=None, **query):
        return self.client.get(LOG, {"branch": (branch or self.branch).pk, **query})

    def log(self, what="other", **fields):
        values = {"branch": self.branch.pk, "what": what, **ROWS} | fields
        return self.client.post(LOG, values)

    def log_on(self, days, **fields):
        return self.log(held_on=self.day(days).strftime("%d/%m/%Y"), kind="regular", **fields)

    def logged(self, days=0, **fields):
        return make.make_visit(self.assignment, self.branch, self.day(days), **fields)

    def url(self, name, visit):
        return reverse(f"assignments:{name}", args=[visit.pk])


class FormTests(VisitCase):
    def test_the_only_meeting_of_the_last_days_is_chosen(self):
        make.make_meeting(self.branch, self.day(-20))
        plan = self.plan()
        assert self.form().context["chosen"] == f"plan-{plan.pk}"

    def test_of_two_nobody_chooses_for_one(self):
        meeting = make.make_meeting(self.branch, self.day(-3))
        self.plan()
        assert self.form().context["chosen"] == ""
        assert self.form(meeting=meeting.pk).context["chosen"] == f"meeting-{meeting.pk}"

    def test_what_is_logged_already_is_shown_and_not_offered(self):
        plan = self.plan(-1)
        visit = self.logged(-1)
        response = self.form()
        assert response.context["chosen"] == "other"
        page = text_of(response)
        assert f'value="plan-{plan.pk}"' not in page
        assert self.url("visit", visit) in page

    def test_what_was_called_off_is_not_offered(self):
        self.plan(-1, state="not_held", reason="Bão")
        response = self.form()
        assert response.context["chosen"] == "other"
        assert text_of(response).count('type="radio"') == 1

    def test_without_a_branch_one_chooses_among_ones_own(self):
        make.make_assignment(self.cadre, self.ward)
        page = self.client.get(LOG).context["page"]
        assert set(page.object_list) == {self.branch, self.second}
        found = self.client.get(LOG, {"q": self.second.name}).context["page"]
        assert list(found.object_list) == [self.second]

    def test_a_branch_that_one_is_not_assigned_to_is_not_found(self):
        for branch in (self.second, self.home, self.elsewhere):
            assert self.form(branch).status_code == 404
            assert self.log_on(0, branch=branch.pk).status_code == 404
        assert self.client.get(LOG, {"branch": "x"}).status_code == 404

    def test_an_assignment_that_ended_lately_still_opens_it(self):
        make.make_assignment(self.cadre, self.second, until=self.day(-5))
        assert self.form(self.second).status_code == 200
        over = self.day(-settings.VISIT_LOG_DAYS - 1)
        make.make_assignment(make.make_member(self.home), self.elsewhere, until=over)
        assert self.form(self.elsewhere).status_code == 404

    def test_it_weighs_little(self):
        for days in range(1, 9):
            make.make_meeting(self.branch, self.day(-days))
        shared = set(ASSETS.findall(text_of(Client().get(reverse("accounts:login")))))
        for url in (f"{LOG}?branch={self.branch.pk}", reverse("assignments:my_work")):
            page = text_of(self.client.get(url))
            fresh = set(ASSETS.findall(page)) - shared
            assert page_weight(page) + sum(map(weight, fresh)) < LATER_PAGE, fresh


class LogTests(VisitCase):
    def test_of_a_plan(self):
        plan = self.plan(-1, kind="thematic")
        response = self.log(f"plan-{plan.pk}", note="Đã dự")
        visit = Visit.objects.get()
        assert response["Location"] == self.url("visit", visit)
        assert (visit.held_on, visit.kind, visit.meeting) == (plan.planned_on, "thematic", None)
        assert (visit.note, visit.state, visit.member) == ("Đã dự", "logged", self.cadre)

    def test_of_a_meeting(self):
        meeting = make.make_meeting(self.branch, self.day(-2))
        self.log(f"meeting-{meeting.pk}")
        assert Visit.objects.get().meeting == meeting

    def test_of_a_plan_that_was_held_since_the_form_was_opened(self):
        plan = self.plan(-1)
        meeting = make.make_meeting(self.branch, self.day(-1))
        self.log(f"plan-{plan.pk}")
        assert Visit.objects.get().meeting == meeting

    def test_of_another_day(self):
        self.log_on(-10, remarks="Nghị quyết rõ việc")
        visit = Visit.objects.get()
        assert (visit.held_on, visit.remarks) == (self.day(-10), "Nghị quyết rõ việc")

    def test_twice_by_two_forms_is_one_visit(self):
        plan = self.plan()
        for _ in range(2):
            assert self.log(f"plan-{plan.pk}", key=str(uuid4())).status_code == 302
        assert Visit.objects.count() == 1

    def test_what_is_told_the_second_time_is_not_lost_without_a_word(self):
        plan = self.plan()
        self.log(f"plan-{plan.pk}", note="Lần một")
        picture = SimpleUploadedFile("a.jpg", JPEG)
        again = self.log(f"plan-{plan.pk}", note="Lần hai", picture=picture)
        response = self.client.get(again["Location"])
        assert [each.level_tag for each in response.context["messages"]][-1] == "warning"
        assert (Visit.objects.get().note, StoredFile.objects.exists()) == ("Lần một", False)

    def test_sent_twice_is_answered_twice_and_done_once(self):
        plan, key = self.plan(), str(uuid4())
        opinion = {"opinion-0-topic": "Đường", "opinion-0-content": "Hẻm ngập"}
        opinion["opinion-0-raised_by"] = "resident"
        answers = [self.log(f"plan-{plan.pk}", key=key, **opinion) for _ in range(2)]
        assert answers[0]["Location"] == answers[1]["Location"]
        assert (Visit.objects.count(), Opinion.objects.count()) == (1, 1)

    def test_for_the_queue_of_a_phone_it_answers_in_json(self):
        plan = self.plan()
        data = {"branch": self.branch.pk, "what": f"plan-{plan.pk}", "key": str(uuid4()), **ROWS}
        headers = {"Accept": "application/json"}
        answer = self.client.post(LOG, data, headers=headers).json()
        assert (answer["state"], answer["attention"]) == ("saved", False)
        data |= {"what": "other", "held_on": "31/02/2026", "key": str(uuid4())}
        refused = self.client.post(LOG, data, headers=headers)
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["held_on"])

    def test_wrong_values_are_told_at_their_fields(self):
        foreign = make.make_meeting(self.elsewhere, self.day(-1))
        for field, response in (
            ("what", self.log("")),
            ("what", self.log(f"meeting-{foreign.pk}")),
            ("what", self.log("meeting-x")),
            ("held_on", self.log()),
            ("held_on", self.log_on(1)),
            ("held_on", self.log_on(-settings.VISIT_LOG_DAYS - 1)),
        ):
            assert response.status_code == 200
            assert list(response.context["form"].errors) == [field]
        assert not Visit.objects.exists()

    def test_what_the_roster_denies_is_told_and_waits_for_a_decision(self):
        meeting = make.make_meeting(self.branch, self.day(-1))
        absent = {self.cadre.pk: ("unexcused", "")}
        state_visits(meeting, absent, by=self.secretary, at=timezone.now())
        response = self.client.get(self.log(f"meeting-{meeting.pk}")["Location"])
        assert [each.level_tag for each in response.context["messages"]] == ["warning"]
        visit = Visit.objects.get()
        assert (visit.state, visit.stated) == ("disputed", "unexcused")

    def test_opinions_hang_on_the_visit(self):
        rows = {
            "opinion-0-topic": "Hạ tầng",
            "opinion-0-content": "Nạo vét cống",
            "opinion-0-raised_by": "resident",
            "opinion-2-topic": "Đảng phí",
            "opinion-2-content": "Mức đóng mới",
            "opinion-2-raised_by": "member",
            "opinion-2-answer": "Đã công bố",
        }
        self.log_on(-1, **rows)
        states = Opinion.objects.order_by("code").values_list("topic", "state", "visit")
        visit = Visit.objects.get().pk
        assert list(states) == [("Hạ tầng", "referred", visit), ("Đảng phí", "answered", visit)]

    def test_a_wrong_opinion_keeps_the_visit_from_being_saved_by_halves(self):
        response = self.log_on(-1, **{"opinion-0-topic": "Hạ tầng"})
        assert "content" in response.context["opinions"].forms[0].errors
        assert response.context["form"].non_field_errors()
        assert not Visit.objects.exists()

    def test_somebody_without_a_record_logs_nothing(self):
        self.client.force_login(self.secretary)
        assert self.log_on(-1).status_code == 403


class PhotoTests(VisitCase):
    def send(self, content=JPEG, name="IMG_1.jpg"):
        return self.log_on(-1, picture=SimpleUploadedFile(name, content))

    def test_it_is_kept_without_what_the_camera_wrote(self):
        self.send()
        photo = Visit.objects.get().photo
        assert photo.media_type == "image/jpeg"
        assert b"GPS" not in bytes(photo.content)
        assert b"pixels" in bytes(photo.content)
        assert "IMG" not in photo.name

    def test_who_sees_the_visit_downloads_it(self):
        self.send()
        url = self.url("visit_photo", Visit.objects.get())
        for user in (self.user, self.office):
            self.client.force_login(user)
            response = self.client.get(url)
            assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
            assert response["Content-Disposition"].startswith("attachment")
            assert response["X-Content-Type-Options"] == "nosniff"
        stranger = self.user_with(Role.BOARD, self.home)
        other = self.user_with(Role.OFFICE, self.elsewhere)
        self.client.force_login(other)
        assert self.client.get(url).status_code == 404
        self.client.force_login(stranger)  # the board of the cadre's own branch
        assert self.client.get(url).status_code == 200

    def test_what_is_no_photo_or_too_large_is_refused(self):
        with override_settings(PHOTO_MAX_BYTES=len(JPEG)):
            for content in (b"<svg onload=alert(1)>", b"\xff\xd8\xff" + b"x" * 10, JPEG + b"x"):
                response = self.send(content)
                assert list(response.context["form"].errors) == ["picture"]
        assert (Visit.objects.exists(), StoredFile.objects.exists()) == (False, False)

    def test_a_visit_without_one_has_none(self):
        visit = self.logged()
        assert self.client.get(self.url("visit_photo", visit)).status_code == 404


class PageTests(VisitCase):
    def test_it_shows_the_three_facts_and_the_history(self):
        meeting = make.make_meeting(self.branch, self.day(-1))
        self.log(f"meeting-{meeting.pk}", note="Dự trọn buổi")
        visit = Visit.objects.get()
        absent = {self.cadre.pk: ("excused", "Báo bận")}
        state_visits(meeting, absent, by=self.secretary, at=timezone.now())
        confirm_visits([visit], reason="Có chữ ký", by=self.office, at=timezone.now())
        response = self.client.get(self.url("visit", visit))
        page = text_of(response)
        for text in ("Dự trọn buổi", "Báo bận", "Có chữ ký", self.office.username):
            assert text in page
        assert 'data-visit-state="confirmed"' in page
        assert len(response.context["page"].happenings) >= 3

    def test_others_of_the_scope_read_it_and_change_nothing(self):
        visit = self.logged()
        for user in (self.secretary, self.office):
            self.client.force_login(user)
            page = text_of(self.client.get(self.url("visit", visit)))
            assert self.cadre.full_name in page
            assert self.url("visit_withdraw", visit) not in page
            assert self.client.post(self.url("visit_withdraw", visit)).status_code == 403
        stranger = make.make_user(member=make.make_member(self.elsewhere))
        self.client.force_login(stranger)
        for name in ("visit", "visit_correct", "visit_withdraw", "visit_photo"):
            assert self.client.get(self.url(name, visit)).status_code == 404

    def test_a_colleague_who_sees_it_cannot_speak_for_the_cadre(self):
        visit = self.logged()
        colleague = make.make_user(member=make.make_member(self.home))
        make.grant(colleague, Role.OFFICE, self.ward)
        self.client.force_login(colleague)
        assert self.client.get(self.url("visit", visit)).status_code == 200
        for name in ("visit_correct", "visit_withdraw"):
            assert self.client.get(self.url(name, visit)).status_code == 403
            assert self.client.post(self.url(name, visit)).status_code == 403


class CorrectTests(VisitCase):
    def change(self, name, visit, **fields):
        url = self.url(name, visit)
        seen = self.client.get(url).context["form"]["seen"].value()
        return self.client.post(url, {"seen": seen, **fields})

    def test_note_remarks_and_photo(self):
        visit = self.logged()
        picture = SimpleUploadedFile("a.jpg", JPEG)
        response = self.change("visit_correct", visit, note="Đến muộn", picture=picture)
        assert response["Location"] == self.url("visit", visit)
        visit.refresh_from_db()
        assert (visit.note, visit.state) == ("Đến muộn", "logged")
        assert visit.photo_id
        self.change("visit_correct", visit, note="Đến muộn", remove_picture="on")
        visit.refresh_from_db()
        assert (visit.photo, StoredFile.objects.count()) == (None, 0)

    def test_of_a_confirmed_visit_for_a_reason_and_it_waits_again(self):
        visit = self.logged()
        confirm_visits([visit], by=self.office, at=timezone.now())
        response = self.change("visit_correct", visit, note="Sửa")
        assert list(response.context["form"].errors) == ["reason"]
        self.change("visit_correct", visit, note="Sửa", reason="Ghi nhầm")
        visit.refresh_from_db()
        assert (visit.note, visit.state) == ("Sửa", "logged")

    def test_withdrawn_it_is_gone_from_what_waits_and_can_be_logged_again(self):
        visit = self.logged()
        assert self.change("visit_withdraw", visit).status_code == 302
        visit.refresh_from_db()
        assert (visit.state, visit.is_claimed) == ("", False)
        self.log_on(0)
        visit.refresh_from_db()
        assert (visit.state, Visit.objects.count()) == ("logged", 1)

    def test_confirmed_it_is_withdrawn_for_a_reason(self):
        visit = self.logged()
        confirm_visits([visit], by=self.office, at=timezone.now())
        response = self.change("visit_withdraw", visit)
        assert list(response.context["form"].errors) == ["reason"]
        self.change("visit_withdraw", visit, reason="Nhầm chi bộ")
        visit.refresh_from_db()
        assert visit.withdrawal_reason == "Nhầm chi bộ"

    def test_what_changed_meanwhile_is_not_overwritten(self):
        visit = self.logged()
        url = self.url("visit_withdraw", visit)
        seen = self.client.get(url).context["form"]["seen"].value()
        confirm_visits([visit], by=self.office, at=timezone.now())
        response = self.client.post(url, {"seen": seen, "reason": "Nhầm"})
        assert response.context["form"].non_field_errors()
        visit.refresh_from_db()
        assert visit.state == "confirmed"
