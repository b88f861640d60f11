"""The part of the demo that lives today: meetings, visits, tasks and opinions of the last weeks.

Everything is made by the services that the pages use, as of the day on which it is said to have
happened; people and texts are invented.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment
from assignments.services.opinions import raise_opinion
from assignments.services.task_registering import NewTask, register_tasks, submit_tasks
from assignments.services.task_work import report_task, start_task
from assignments.services.visits import confirm_visits, dispute_visit, log_visit, state_visits
from branches.choices import AttendanceStatus, MeetingKind
from branches.models import Meeting, MeetingPlan, Member, Organization
from branches.services.meetings import call_off, hold_meeting, plan_meeting
from branches.services.rosters import close_roster, save_roster

FIRST, SECOND = "BT-P01-KV01", "BT-P01-KV02"
SECRETARY, OFFICE, CADRE, OTHER_CADRE = "bithu", "vanphong", "canbo", "canbo2"
EVENING = time(19, 30)
REGULAR, THEMATIC, RESIDENTS = MeetingKind.REGULAR, MeetingKind.THEMATIC, MeetingKind.RESIDENTS
EXCUSED, UNEXCUSED = AttendanceStatus.EXCUSED, AttendanceStatus.UNEXCUSED
# Days from today, kind, agenda.
PLANS = {
    FIRST: (
        (-34, REGULAR, "Đánh giá tháng trước, phương hướng tháng này"),
        (-20, THEMATIC, "Học tập chuyên đề năm"),
        (-6, REGULAR, "Thu gom rác tại nguồn; giới thiệu quần chúng ưu tú"),
        (0, RESIDENTS, "Góp ý phương án mở rộng hẻm 12"),
        (9, THEMATIC, "Kết nạp đảng viên"),
        (24, REGULAR, "Đánh giá tháng này, phương hướng tháng tới"),
    ),
    SECOND: (
        (-33, REGULAR, "Đánh giá tháng trước, phương hướng tháng này"),
        (-26, RESIDENTS, "Vệ sinh môi trường"),
        (-18, THEMATIC, "Chuyển đổi số trong cộng đồng"),
        (-5, REGULAR, "Xây dựng khu vực văn hóa"),
        (6, RESIDENTS, "Đối thoại với Nhân dân"),
    ),
}
ABSENT = ((EXCUSED, "Bận công tác"), (EXCUSED, "Ốm"), (UNEXCUSED, ""))


def load_live_demo(*, on):
    """Make what is not there yet, as of the day `on`; a second time nothing."""
    branches = {code: Organization.objects.get(code=code) for code in PLANS}
    if not MeetingPlan.objects.filter(branch__in=branches.values()).exists():
        _Live(branches, on=on).make()


class _Live:
    def __init__(self, branches, *, on):
        self.first, self.second = branches[FIRST], branches[SECOND]
        self.on = on
        names = (SECRETARY, OFFICE, CADRE, OTHER_CADRE)
        people = {user.username: user for user in User.objects.filter(username__in=names)}
        self.secretary, self.office, self.cadre, self.other = map(people.get, names)

    def make(self):
        self._plan_meetings()
        self._hold_meetings()
        self._visit_the_first()
        self._visit_the_second()
        self._register_tasks()

    def _day(self, days):
        return self.on + timedelta(days=days)

    def _at(self, days):
        """An hour after a meeting of the day began; of today, now."""
        evening = timezone.make_aware(datetime.combine(self._day(days), EVENING))
        return min(evening + timedelta(hours=1), timezone.now())

    def _plan_meetings(self):
        for branch in (self.first, self.second):
            for days, kind, agenda in PLANS[branch.code]:
                plan_meeting(
                    branch,
                    planned_on=self._day(days),
                    starts_at=EVENING,
                    place="Nhà sinh hoạt cộng đồng",
                    kind=kind,
                    agenda=agenda,
                    by=self.secretary,
                    on=self.on,
                )
        cancelled = MeetingPlan.objects.get(branch=self.first, planned_on=self._day(-20))
        reason = "Báo cáo viên bận đột xuất, dời sang tháng sau"
        call_off(cancelled, reason=reason, by=self.secretary, on=self.on)

    def _hold_meetings(self):
        for branch, days, kind in (
            (self.first, -34, REGULAR),
            (self.first, -6, REGULAR),
            (self.second, -33, REGULAR),
            (self.second, -26, RESIDENTS),
            (self.second, -18, THEMATIC),
        ):
            meeting = hold_meeting(branch, held_on=self._day(days), kind=kind, by=self.secretary)
            if days > -30 and branch == self.second:
                continue  # its roster is missing
            self._take_roster(meeting, days)

    def _take_roster(self, meeting, days):
        """All present but three."""
        people = Member.objects.in_organization(meeting.branch, on=meeting.held_on)
        ids = list(people.order_by("code").values_list("pk", flat=True))
        rows = [(pk, AttendanceStatus.PRESENT, "") for pk in ids[len(ABSENT) :]]
        rows += [(pk, *absent) for pk, absent in zip(ids, ABSENT, strict=False)]
        save_roster(meeting, rows, by=self.secretary, at=self._at(days))

    def _meeting(self, branch, days):
        return Meeting.objects.get(branch=branch, held_on=self._day(days))

    def _log(self, user, branch, days, **told):
        return log_visit(
            member=user.member,
            branch=branch,
            held_on=self._day(days),
            by=user,
            at=self._at(days),
            **told,
        )

    def _visit_the_first(self):
        """Confirmed; logged, with no meeting on record; disputed by the roster."""
        confirmed = self._log(
            self.cadre,
            self.first,
            -34,
            note="Đã dự từ đầu đến cuối buổi.",
            remarks="Đúng giờ, thảo luận sôi nổi; nghị quyết có phân công người, thời hạn.",
        )
        close_roster(self._meeting(self.first, -34), by=self.secretary, at=self._at(-33))
        confirm_visits([confirmed], by=self.office, at=self._at(-30))
        logged = self._log(self.cadre, self.first, -13, kind=RESIDENTS, note="Họp dân hẻm 12.")
        raise_opinion(
            visit=logged,
            raised_by="resident",
            topic="Hạ tầng",
            content="Hẻm 12 ngập sau mưa lớn, đề nghị nạo vét cống và nâng mặt đường.",
            by=self.cadre,
            at=self._at(-13),
        )
        meeting = self._meeting(self.first, -6)
        state_visits(
            meeting,
            {self.cadre.member_id: (UNEXCUSED, "")},
            by=self.secretary,
            at=self._at(-6),
        )
        disputed = self._log(self.cadre, self.first, -6, note="Đến sau 15 phút, có ký tên cuối sổ.")
        raise_opinion(
            visit=disputed,
            raised_by="member",
            topic="Đảng phí",
            content="Đề nghị thông báo mức đóng đảng phí mới.",
            answer="Bí thư chi bộ đã công bố mức đóng tại cuộc họp.",
            by=self.cadre,
            at=self._at(-6),
        )

    def _visit_the_second(self):
        """Excused, and absent without reason, by the roster; asked about by the office; logged to
        a plan."""
        excused = {self.other.member_id: (EXCUSED, "Họp Ban Chấp hành quận")}
        state_visits(self._meeting(self.second, -33), excused, by=self.secretary, at=self._at(-33))
        absent = {self.other.member_id: (UNEXCUSED, "")}
        state_visits(self._meeting(self.second, -26), absent, by=self.secretary, at=self._at(-26))
        asked = self._log(self.other, self.second, -18)
        reason = "Sổ của chi bộ chưa có danh sách buổi này"
        dispute_visit(asked, reason=reason, by=self.office, at=self._at(-10))
        self._log(self.other, self.second, -5, remarks="Chủ trì chuẩn bị nội dung kỹ.")

    def _register_tasks(self):
        assignment = Assignment.objects.valid_on(self.on).get(
            member=self.cadre.member_id, target=self.first
        )
        year, last = self.on.year, date(self.on.year, 12, 31)

        def new(title, category, days, **fields):
            due_on = min(self._day(days), last)
            return NewTask(assignment, self.first, year, title, category, due_on=due_on, **fields)

        rows = [
            new("Vận động sửa chữa nhà cho hộ nghèo", "An sinh", 14, quantity=2, unit="căn"),
            new("Giúp chi bộ xây dựng quy chế làm việc mới", "Xây dựng Đảng", 30),
            new("Tập huấn dùng sổ tay đảng viên điện tử", "Chuyển đổi số", 60),
        ]
        at = self._at(-12)
        tasks = register_tasks(rows, by=self.cadre, at=at)
        submitted = submit_tasks(tasks[:2], by=self.cadre, at=at) or tasks[:2]
        for task in submitted:
            start_task(task, by=self.cadre, at=at)
        comment = "Dự thảo đã được chi bộ thông qua."
        report_task(submitted[1], comment=comment, by=self.cadre, at=self._at(-2))
