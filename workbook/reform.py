"""The reform of 2025, as two synthetic workbooks: a province as it was, and the one file that
reorganizes it.

On 30 June 2025 districts end; from 1 July on communes are merged by threes into new ones under the
province, with their branches, and assignments are issued again by the province. The same numbers
give the same bytes. The first workbook holds all of the year before the reform: meetings,
attendance, assignments, tasks, reviews, indicators.
"""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

from .synthetic import BRANCHES, Generator, open_tables

YEAR, LAST_DAY, DAY = 2024, date(2025, 6, 30), date(2025, 7, 1)
COMMUNES = 15  # of a district: a multiple of the three that become one
TOGETHER = 3
CADRES = 20  # of a district's office
QUARTERS = (3, 6, 9, 12)


def batches(rows, size):
    """Lists of `size` rows each; the last may be shorter."""
    return [rows[at : at + size] for at in range(0, len(rows), size)]


def generate_reform(*, branches, members, output):
    """Write the folders `before` and `reform` into `output`.

    branches  how many there are, in whole communes of 10
    members   of each branch
    """
    output = Path(output)
    with ExitStack() as files:
        province = Province(branches, members, open_tables(files, output / "before"))
        province.run()
    with ExitStack() as files:
        Reform(province, open_tables(files, output / "reform")).run()


class Province(Generator):
    """Keeps what the reform touches while it writes."""

    months = QUARTERS

    def __init__(self, branches, members, tables):
        super().__init__(branches * members, YEAR, tables)
        self.communes, self.size = branches // BRANCHES, members
        self.kept = {name: [] for name in ("organizations", "assignments", "positions")}

    def run(self):
        self.add("organizations", code="P", name="Tỉnh ủy Phú Thạnh", kind="province")
        every = [[self.size] * BRANCHES for _number in range(self.communes)]
        for index, communes in enumerate(batches(every, COMMUNES), start=1):
            self.add_district(f"D{index:03}", communes, CADRES)

    def add(self, table, **row):
        super().add(table, **row)
        if table in self.kept:
            self.kept[table].append(row)

    def add_committee(self, district, number, sizes):
        super().add_committee(district, number, sizes)
        self.add(
            "assignments",
            code=f"{district}-X{number:02}-CD",
            member_code=self.leader_of(district),
            target_code=f"{district}-X{number:02}",
            role="direct",
            valid_from=date(YEAR - 1, 4, 1),
            visits_due=1,
            visits_period="quarter",
        )

    def leader_of(self, district):
        rows = (row for row in reversed(self.kept["positions"]) if row["org_code"] == district)
        return next(row["member_code"] for row in rows if row["rank"] == "standing_member")


class Reform:
    """The workbook that reorganizes the province."""

    def __init__(self, province, tables):
        self.kept, self.tables, self.place = province.kept, tables, province.place
        self.new = {}  # {commune: the one that it becomes part of}
        self.given = set()

    def run(self):
        by_kind = {}
        for row in self.kept["organizations"]:
            by_kind.setdefault(row["kind"], []).append(row)
        for row in by_kind["district"]:
            self.add("organizations", **row, valid_to=LAST_DAY)
        for number, three in enumerate(batches(by_kind["grassroots_committee"], TOGETHER), start=1):
            self.merge(f"N{number:03}", three)
        for row in by_kind["branch"]:
            self.move(row)
        self.end_positions()
        self.assign_again()

    def add(self, table, **row):
        self.tables[table].writerow(row)

    def merge(self, code, communes):
        for row in communes:
            self.new[row["code"]] = code
            self.add("organizations", **row, valid_to=LAST_DAY)
        self.add(
            "organizations",
            code=code,
            name=f"Đảng ủy xã {self.place()}",
            kind="grassroots_committee",
            parent_code="P",
            parent_since=DAY,
            grassroots=1,
            valid_from=DAY,
        )
        for row in communes:
            self.add("successions", org_code=row["code"], successor_code=code, on=DAY, kind="merge")

    def move(self, row):
        """A branch stands under what became of its commune; one of a district's offices under
        the province. Those that ended before stay where they were."""
        if not row.get("valid_to"):
            parent = self.new.get(row["parent_code"], "P")
            self.add("organizations", **row | {"parent_code": parent, "parent_since": DAY})

    def end_positions(self):
        for row in self.kept["positions"]:
            if row["org_code"][0] == "D" and "-" not in row["org_code"]:
                self.add("positions", **row, until=LAST_DAY)

    def assign_again(self):
        directive = {"number": "01-QĐ/TU", "issuer_code": "P"}
        self.add(
            "directives",
            **directive,
            issued_on=DAY,
            kind="decision",
            title="Phân công lại cán bộ sau sắp xếp",
        )
        for row in self.kept["assignments"]:
            self.add("assignments", **row, valid_to=LAST_DAY)
        for row in self.kept["assignments"]:
            again = row | {
                "code": f"{row['code']}-2025",
                "target_code": self.new.get(row["target_code"], row["target_code"]),
                "directive_number": directive["number"],
                "issuer_code": directive["issuer_code"],
                "team_code": "",
                "role": "direct" if row["role"] == "team_member" else row["role"],
                "valid_from": DAY,
            }
            if self.is_first(again):
                self.add("assignments", **again)

    def is_first(self, row):
        """Who guided several communes that became one guides that once."""
        pair = (row["member_code"], row["target_code"])
        is_first = pair not in self.given
        self.given.add(pair)
        return is_first
