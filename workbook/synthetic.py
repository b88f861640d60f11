"""A synthetic workbook of any size for benchmarks and demos: a province in one year.

The same size and year give the same bytes on every machine and Python, so only
`Random.random()` is drawn from, which Python promises to keep. People and places are made up.

Districts have up to 20 grassroots committees of 10 branches of about 30 members, and an office
branch with the district's cadres (1 in 100 members), each of whom is assigned to one of its
branches. Rows are written branch by branch, so memory does not grow with the size.
"""

import csv
from bisect import bisect
from calendar import monthrange
from contextlib import ExitStack
from datetime import date
from itertools import accumulate, count
from math import ceil
from pathlib import Path
from random import Random

from .tables import BY_NAME

BRANCH_SIZE, BRANCHES, COMMITTEES = 30, 10, 20  # members of a branch, branches of a committee, …
CADRE_SHARE = 100  # one in so many members
MONTHS = range(1, 13)
HALF_YEAR = 6  # the last month before moves


def words(text):
    return text.split()


FAMILY_NAMES = words(
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trương Lâm Mai "
    "Đào Hà Cao Châu Tô Tạ Thạch Sơn Giàng Thào"
)
MIDDLE_NAMES = words(
    "Văn Thị Hữu Đức Minh Quốc Thanh Ngọc Xuân Thu Kim Hồng Công Đình Quang Anh Bảo Gia Hải Mạnh "
    "Phương Thùy Bích Diệu Khánh Tuấn Trọng Việt Duy Nhật"
)
GIVEN_NAMES = words(
    "An Anh Ánh Bình Chi Cường Dũng Dung Đạt Đông Giang Hà Hải Hạnh Hiền Hòa Hùng Hương Khoa Lan "
    "Linh Long Mai Nam Nga Phúc Sơn Thảo Trung Yến"
)
FIRST_SYLLABLES = words("An Bình Tân Phú Long Hòa Thạnh Mỹ Vĩnh Trung Đông Thới Phước Nhơn Xuân")
LAST_SYLLABLES = words("Lộc Khánh Thắng Lai Hưng Ái Trường Thành Định Hiệp Thuận Lợi Phong")
OCCUPATIONS = ("Giáo viên", "Nông dân", "Cán bộ hưu trí", "Công chức", "Kinh doanh", "Y sĩ", "")
CATEGORIES = ("An sinh", "Hạ tầng", "Phát triển đảng viên", "Vệ sinh môi trường", "Tuyên truyền")
TOPICS = ("Đất đai", "Giao thông nông thôn", "Vay vốn", "An ninh trật tự", "Nước sạch")


def shares(**weights):
    """What `choose` draws from: the values, and the upper ends of their shares of 1."""
    total = sum(weights.values())
    return tuple(weights), [part / total for part in accumulate(weights.values())]


ATTENDANCE = shares(present=88, excused=8, unexcused=3, unrecorded=1)
VISIT = shares(present=80, excused=15, unrecorded=5)
PERSON_CLASS = shares(leader=3, staff=22, outside=75)
STATUS = shares(none=905, exempt=80, away=12, suspended=3)
DEPARTURE = shares(none=995, deceased=3, transferred_out=2)
TASK_COUNT = shares(none=10, one=45, two=28, three=17)
STATE = shares(confirmed=94, reported=3, in_progress=2, cancelled=1)
OUTCOME = shares(exceeded=25, met=62, late=9, unmet=4)
LEVEL = shares(excellent=18, good=62, completed=18, failed=2)
OPINION_STATE = shares(answered=60, resolved=25, referred=15)
TASKS = {"none": 0, "one": 1, "two": 2, "three": 3}


def generate_data(*, members, year, output):
    """Write the workbook of `members` members in `year` as CSV files into the folder `output`."""
    with ExitStack() as files:
        Generator(members, year, open_tables(files, Path(output))).run()


def open_tables(files, output):
    output.mkdir(parents=True, exist_ok=True)
    tables = {}
    for table in BY_NAME.values():
        if not table.added:
            path = output / f"{table.name}.csv"
            file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
            columns = [column.name for column in table.columns if not column.added]
            tables[table.name] = csv.DictWriter(file, columns, lineterminator="\n")
            tables[table.name].writeheader()
    return tables


def spread(total, parts):
    """`total` as `parts` whole numbers that differ by one at most."""
    return [total * (index + 1) // parts - total * index // parts for index in range(parts)]


class Generator:
    months = MONTHS  # in which branches meet

    def __init__(self, members, year, tables):
        self.members, self.year, self.tables = members, year, tables
        self.draw = Random(f"{members} members in {year}").random
        self.numbers = {letter: count(1) for letter in "MAKDYV"}

    def run(self):
        cadres = self.members // CADRE_SHARE
        sizes = spread(self.members - cadres, ceil((self.members - cadres) / BRANCH_SIZE) or 1)
        committees = [sizes[at : at + BRANCHES] for at in range(0, len(sizes), BRANCHES)]
        districts = [
            committees[at : at + COMMITTEES] for at in range(0, len(committees), COMMITTEES)
        ]
        self.add("organizations", code="P", name="Tỉnh ủy Phú Thạnh", kind="province")
        for index, its_cadres in enumerate(spread(cadres, len(districts))):
            self.add_district(f"D{index + 1:02}", districts[index], its_cadres)

    # Drawing

    def add(self, table, **row):
        self.tables[table].writerow(row)

    def number(self, letter, digits=6):
        return f"{letter}{next(self.numbers[letter]):0{digits}}"

    def happens(self, share):
        return self.draw() < share

    def pick(self, values):
        return values[int(self.draw() * len(values))]

    def choose(self, table):
        values, ends = table
        return values[bisect(ends, self.draw())]

    def day(self, year, months=MONTHS):
        month = self.pick(months)
        return date(year, month, 1 + int(self.draw() * monthrange(year, month)[1]))

    def person(self):
        return f"{self.pick(FAMILY_NAMES)} {self.pick(MIDDLE_NAMES)} {self.pick(GIVEN_NAMES)}"

    def place(self):
        return f"{self.pick(FIRST_SYLLABLES)} {self.pick(LAST_SYLLABLES)}"

    # Organizations

    def add_district(self, code, committees, cadres):
        self.add(
            "organizations",
            code=code,
            name=f"Huyện ủy {self.place()}",
            kind="district",
            parent_code="P",
        )
        targets = [
            f"{code}-X{number:02}-B{index + 1:02}"
            for number, sizes in enumerate(committees, start=1)
            for index in range(len(sizes))
        ]
        if cadres:
            self.add_office(code, targets, cadres)
        for number, sizes in enumerate(committees, start=1):
            self.add_committee(code, number, sizes)
        self.add_merged_branch(code, targets[0])

    def add_committee(self, district, number, sizes):
        code = f"{district}-X{number:02}"
        self.add(
            "organizations",
            code=code,
            name=f"Đảng ủy xã {self.place()}",
            kind="grassroots_committee",
            parent_code=district,
            grassroots=1,
        )
        self.add(
            "indicators",
            org_code=code,
            year=self.year,
            name="Kết nạp đảng viên",
            target=4 + number % 5,
            actual=1 + int(self.draw() * 8),
            unit="đảng viên",
        )
        self.add("org_ratings", org_code=code, year=self.year, level=self.choose(LEVEL))
        for index, size in enumerate(sizes, start=1):
            branch = f"{code}-B{index:02}"
            self.add_branch(branch, code, index, former=self.former_parent(district, number, index))
            before = f"{code}-B{index - 1:02}" if index > 1 else ""
            for position in range(size):
                self.add_member(branch, code, before, is_secretary=position == 0)

    def former_parent(self, district, number, index):
        """The first branch of the second committee came from the first one in July."""
        return f"{district}-X01" if (number, index) == (2, 1) else ""

    def add_branch(self, code, parent, index, *, former="", kind="Chi bộ ấp"):
        self.add(
            "organizations",
            code=code,
            name=f"{kind} {index}",
            kind="branch",
            parent_code=parent,
            parent_since=date(self.year, HALF_YEAR + 1, 1) if former else "",
            grassroots=int("-X" not in code),
        )
        if former:
            self.add(
                "placements",
                org_code=code,
                parent_code=former,
                since=date(2000, 1, 1),
                until=date(self.year, HALF_YEAR, 30),
            )
        for month in self.months:
            meeting = self.meeting(code, month)
            self.add(
                "meetings",
                code=meeting,
                branch_code=code,
                held_on=date(self.year, month, 3),
                kind="thematic" if month == 9 else "regular",
                quality=60 + int(self.draw() * 41),
            )
            if self.happens(0.03):
                self.add_opinion(meeting, month, parent)

    def add_merged_branch(self, district, successor):
        """A branch that went into another one in the middle of the year."""
        code = f"{district}-X01-B99"
        self.add(
            "organizations",
            code=code,
            name="Chi bộ ấp 99",
            kind="branch",
            parent_code=f"{district}-X01",
            valid_to=date(self.year, HALF_YEAR, 30),
        )
        self.add(
            "successions",
            org_code=code,
            successor_code=successor,
            on=date(self.year, HALF_YEAR, 30),
            kind="merge",
        )

    def meeting(self, branch, month):
        return f"{branch}-{self.year}-{month:02}"

    def add_opinion(self, meeting, month, parent):
        state = self.choose(OPINION_STATE)
        topic = self.pick(TOPICS)
        self.add(
            "opinions",
            code=self.number("Y"),
            meeting_code=meeting,
            raised_by="resident" if self.happens(0.4) else "member",
            topic=topic,
            content=f"Kiến nghị về {topic.lower()}",
            answer="" if state == "referred" else "Đã trả lời",
            referred_to_code=parent if state == "referred" else "",
            due_on=date(self.year, month, 28) if state == "referred" else "",
            state=state,
        )

    # People

    def add_member(self, branch, parent, before, *, is_secretary):
        """One member with all that a year brings; `before` is a branch some have come from."""
        code = self.number("M", 7)
        first, last = 1, 12  # months in which the member is there
        admitted = self.admission()
        since = admitted if admitted.year > 2000 else date(2001, 1, 1)
        came = bool(before) and admitted.year < self.year and self.happens(0.02)
        if came:
            self.add(
                "memberships",
                member_code=code,
                branch_code=before,
                since=since,
                until=date(self.year, HALF_YEAR, 30),
            )
            since = date(self.year, HALF_YEAR + 1, 1)
        elif admitted.year == self.year:
            first = admitted.month + 1
        departure = "none" if came or first > 1 else self.choose(DEPARTURE)
        left_on = "" if departure == "none" else self.day(self.year, range(7, 12))
        last = left_on.month - 1 if left_on else 12
        self.add_person(
            code,
            branch,
            since,
            admitted,
            self.choose(PERSON_CLASS),
            left_on=left_on,
            left_reason=departure if left_on else "",
        )
        if is_secretary:
            self.add_position(code, branch, "Bí thư chi bộ", "branch_secretary")
        is_exempt = self.add_facts(code)
        self.add_attendance(code, branch, before if came else branch, first, last, is_exempt)
        for _number in range(0 if is_exempt else TASKS[self.choose(TASK_COUNT)]):
            self.add_task(code, branch, parent)

    def admission(self):
        if self.happens(0.015):
            return self.day(self.year, range(1, 12))
        return self.day(self.year - 1 - int(self.draw() ** 2 * 50))

    def add_person(self, code, branch, since, admitted, person_class, **leaving):
        official = date(admitted.year + 1, admitted.month, min(admitted.day, 28))
        self.add(
            "members",
            code=code,
            full_name=self.person(),
            birth_date=self.day(admitted.year - 20 - int(self.draw() * 15)),
            gender="female" if self.happens(0.42) else "male",
            admitted_on=admitted,
            official_on=official,
            branch_code=branch,
            branch_since=since,
            occupation=self.pick(OCCUPATIONS),
            person_class=person_class,
            **leaving,
        )

    def add_facts(self, member):
        """A status, a deduction, a discipline, for few. Return whether the member is exempt."""
        status = self.choose(STATUS)
        if status != "none":
            since = self.day(self.year - 1)
            until = "" if status == "exempt" else self.day(self.year)
            self.add("statuses", member_code=member, status=status, since=since, until=until)
        if self.happens(0.01):
            self.add(
                "deductions",
                code=self.number("D"),
                member_code=member,
                criterion="conduct",
                occurred_on=self.day(self.year),
                points=1 + int(self.draw() * 10) / 2,
                reason="Vi phạm quy chế làm việc",
            )
        if self.happens(0.003):
            form = "reprimand" if self.happens(0.8) else "warning"
            self.add("disciplines", member_code=member, decided_on=self.day(self.year), form=form)
        return status == "exempt"

    def add_attendance(self, member, branch, before, first, last, is_exempt):
        roster = self.tables["attendance"].writer
        for month in (each for each in self.months if first <= each <= last):
            status = self.choose(ATTENDANCE)
            if status == "unrecorded" or (is_exempt and self.happens(0.7)):
                continue
            where = before if month <= HALF_YEAR else branch
            roster.writerow((self.meeting(where, month), member, status, "member", 1))

    def add_task(self, member, where, committee, assignment=""):
        state = self.choose(STATE)
        category = self.pick(CATEGORIES)
        quantity = 1 + int(self.draw() * 20)
        self.add(
            "tasks",
            code=self.number("K", 7),
            member_code=member,
            org_code=where,
            assignment_code=assignment,
            year=self.year,
            title=f"Phần việc {category.lower()}",
            category=category,
            weight=self.pick((1, 1, 1, 1.5, 2, 3)),
            due_on=date(self.year, self.pick((6, 9, 11)), 30),
            state=state,
            outcome=self.choose(OUTCOME) if state == "confirmed" else "",
            quantity=quantity,
            actual=int(quantity * (0.6 + self.draw() / 2)),
            unit="hộ",
            confirmed_by_code=committee if state == "confirmed" else "",
        )

    def add_position(self, member, organization, title, rank, field=""):
        self.add(
            "positions",
            member_code=member,
            org_code=organization,
            title=title,
            since=date(self.year - 2, 3, 1),
            rank=rank,
            field=field,
        )

    # Assigned cadres

    def add_office(self, district, targets, cadres):
        """The branch of the district's offices: each of its members goes to one of `targets`."""
        office = f"{district}-CQ"
        self.add_branch(office, district, 1, kind="Chi bộ cơ quan")
        directive = f"{int(district[1:]):02}-QĐ/HU"
        self.add(
            "directives",
            number=directive,
            issuer_code=district,
            issued_on=date(self.year - 1, 3, 1),
            kind="decision",
            title="Phân công cán bộ phụ trách chi bộ",
        )
        for index in range(cadres):
            member = self.number("M", 7)
            admitted = self.day(self.year - 10 - int(self.draw() * 20))
            self.add_person(member, office, admitted, admitted, "leader")
            if index == 0:
                self.add_position(member, district, "Ủy viên Ban Thường vụ", "standing_member")
                self.add(
                    "teams",
                    code=f"{district}-T1",
                    name=f"Đoàn cán bộ {district}",
                    directive_number=directive,
                    issuer_code=district,
                    target_code=targets[0][: -len("-B00")],
                    leader_code=member,
                )
                self.add(
                    "delegations",
                    code=self.number("V"),
                    lead_code=member,
                    org_code=targets[0][: -len("-B00")],
                    held_on=self.day(self.year),
                    purpose="Kiểm tra việc thực hiện nghị quyết",
                )
            elif index % 10 == 1:
                self.add_position(
                    member, district, "Trưởng ban", "department_head", "Xây dựng Đảng"
                )
            self.add_attendance(member, office, office, 1, 12, is_exempt=False)
            target = targets[index * len(targets) // cadres]
            self.add_assignment(member, target, district, directive, in_team=index < 10)

    def add_assignment(self, member, target, district, directive, *, in_team):
        assignment = self.number("A")
        self.add(
            "assignments",
            code=assignment,
            member_code=member,
            target_code=target,
            role=("team_member" if in_team else self.pick(("direct", "attend", "reinforce"))),
            directive_number=directive,
            issuer_code=district,
            team_code=f"{district}-T1" if in_team else "",
            valid_from=date(self.year - 1, 4, 1),
            visits_due=self.pick((1, 1, 2)),
            visits_period="month",
        )
        roster = self.tables["attendance"].writer
        for month in self.months:
            status = self.choose(VISIT)
            if status != "unrecorded":
                roster.writerow((self.meeting(target, month), member, status, "assigned", 1))
        committee = target[: -len("-B00")]
        for _number in range(2):
            self.add_task(member, target, committee, assignment)
        self.add(
            "reviews",
            assignment_code=assignment,
            year=self.year,
            level=self.choose(LEVEL),
            reviewer_code=committee,
        )
