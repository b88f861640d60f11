"""Lists as one keeps them: columns, views, and a download of exactly what is shown."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from accounts.list_files import csv_lines, write_xlsx
from accounts.models import AccessLog, SavedView
from tests import builders as make
from tests.pages import count_queries, text_of
from tests.refusal import assert_refused

LIST = {"list": "branches:members"}


class ListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        cls.an = make.make_member(
            cls.branch,
            code="012345678",
            full_name="Nguyễn Thị Ánh",
            birth_date=date(1960, 5, 1),
            phone="0912345678",
            occupation="=1+1",
        )
        cls.binh = make.make_member(
            cls.second, full_name="Đỗ Văn Bình", birth_date=date(1990, 5, 1), person_class="leader"
        )
        cls.board, cls.leader = make.make_user(), make.make_user()
        make.grant(cls.board, Role.BOARD, cls.ward)
        make.grant(cls.leader, Role.LEADER, cls.ward)
        cls.url = reverse("branches:members")

    def setUp(self):
        self.client.force_login(self.board)

    def page(self, route, *args, **query):
        return self.client.get(reverse(f"accounts:{route}", args=args), LIST | query)

    def post(self, route, *args, data, **query):
        query = "&".join(f"{key}={value}" for key, value in (LIST | query).items())
        return self.client.post(f"{reverse(f'accounts:{route}', args=args)}?{query}", data)

    def shown(self, **query):
        table = self.client.get(self.url, query).context["table"]
        return [column.name for column in table.columns if column.name != "select"]

    def names(self, **query):
        table = self.client.get(self.url, query).context["table"]
        return [member.full_name for member in table.page.object_list.data]


class ColumnTests(ListTests):
    def test_the_choice_is_kept_for_the_user(self):
        assert "phone" not in self.shown()
        self.post("view_columns", data={"columns": ["phone", "age", "nonsense"]})
        assert "phone" not in self.shown()  # what is no column is refused as a whole
        self.post("view_columns", data={"columns": ["phone", "age"]})
        assert self.shown() == ["name", "age", "phone"]
        self.client.force_login(self.leader)
        assert "phone" not in self.shown()

    def test_every_column_can_be_shown_and_sorted(self):
        listed = self.client.get(self.url).context["choice"].of
        make.make_position(self.an, self.ward, title="Bí thư")
        self.post("view_columns", data={"columns": list(listed.columns)[1:]})
        page = text_of(self.client.get(self.url))
        assert "Bí thư, W" in page
        for name in listed.columns:
            assert len(self.names(sort=name)) == 2, name
        assert self.names(sort="age") == ["Đỗ Văn Bình", "Nguyễn Thị Ánh"]

    def test_personal_data_is_masked_for_who_may_not_see_it(self):
        SavedView.objects.create(
            user=self.leader, page="branches:members", columns=["phone", "code"]
        )
        self.client.force_login(self.leader)
        page = text_of(self.client.get(self.url))
        assert "0912345678" not in page
        assert "012345678" not in page
        assert "•••678" in page

    def test_the_cost_of_all_columns(self):
        listed = self.client.get(self.url).context["choice"].of
        self.post("view_columns", data={"columns": list(listed.columns)[1:]})
        url = f"{self.url}?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for _number in range(60):
            make.make_member(self.branch)
        assert count_queries(self.client, url) <= few <= 12

    def test_an_unknown_list_is_not_found(self):
        assert self.page("view_columns", list="accounts:journal").status_code == 404
        assert self.page("view_add", list="").status_code == 404


class FilterTests(ListTests):
    def test_age(self):
        assert self.names(age_from="60", on="2026-01-05") == ["Nguyễn Thị Ánh"]
        assert self.names(age_to="35", on="2026-01-05") == ["Đỗ Văn Bình"]
        assert self.names(age_from="35", age_to="35", on="2026-01-05") == ["Đỗ Văn Bình"]
        assert self.names(age_from="36", age_to="64", on="2026-01-05") == []
        assert len(self.names(age_from="999")) == 2

    def test_position_and_admission(self):
        make.make_position(self.an, self.ward, rank="secretary")
        assert self.names(position="secretary") == ["Nguyễn Thị Ánh"]
        assert self.names(position="any") == ["Nguyễn Thị Ánh"]
        type(self.an).objects.filter(pk=self.binh.pk).update(admitted_on=date(1999, 1, 1))
        assert self.names(admitted_to="31/12/1999") == ["Đỗ Văn Bình"]
        assert self.names(admitted_from="01/01/2000") == ["Nguyễn Thị Ánh"]

    def test_who_left(self):
        type(self.an).objects.filter(pk=self.binh.pk).update(
            left_on=date(2025, 3, 1), left_reason="deceased"
        )
        assert self.names() == ["Nguyễn Thị Ánh"]
        assert self.names(presence="left") == ["Đỗ Văn Bình"]
        assert len(self.names(presence="all")) == 2
        assert len(self.names(on="2025-02-28")) == 2


class ViewTests(ListTests):
    def keep(self, name="Lãnh đạo", query=None, **data):
        query = {"person_class": "leader", "sort": "-name"} if query is None else query
        return self.post("view_add", data={"name": name} | data, **query)

    def test_keeps_filters_sorting_and_columns(self):
        self.post("view_columns", data={"columns": ["age"]})
        response = self.keep()
        view = SavedView.objects.get(name="Lãnh đạo")
        assert view.query == "person_class=leader&sort=-name"
        assert view.columns == ["name", "age"]
        assert self.client.get(response["Location"]).context["choice"].view == view
        assert self.names(person_class="leader", view=view.pk) == ["Đỗ Văn Bình"]

    def test_the_default_opens_with_the_list_and_can_be_put_aside(self):
        self.keep(opens_first="on")
        response = self.client.get(self.url)
        assert response.status_code == 302
        assert "person_class=leader" in response["Location"]
        page = self.client.get(response["Location"])
        assert len(self.names(view="0")) == 2
        assert f"{self.url}?" in page.context["cleared"]
        assert len(self.client.get(page.context["cleared"]).context["table"].page.object_list) == 2

    def test_one_view_opens_with_a_list(self):
        self.keep(opens_first="on")
        self.keep("Khác", opens_first="on")
        assert SavedView.objects.get(is_default=True).name == "Khác"
        assert_refused(
            "saved_view_one_default",
            SavedView.objects.create,
            user=self.board,
            page="branches:members",
            name="Ba",
            is_default=True,
        )

    def test_a_name_is_given_once(self):
        self.keep()
        assert "name" in self.keep().context["form"].errors

    def test_shared_with_those_who_work_for_the_organization(self):
        self.keep(is_shared="on", opens_first="on")
        self.keep("Riêng")
        self.client.force_login(self.leader)
        response = self.client.get(self.url)  # another's default is not one's own
        assert [each.name for each in response.context["choice"].views] == ["Lãnh đạo"]
        view = SavedView.objects.get(name="Lãnh đạo")
        assert self.page("view_change", view.pk).status_code == 404
        outsider = make.make_user()
        make.grant(outsider, Role.LEADER, make.make_ward("X")[0])
        self.client.force_login(outsider)
        assert self.client.get(self.url).context["choice"].views == []

    def test_changed_from_the_list_it_takes_over_the_filters(self):
        self.keep()
        view = SavedView.objects.get(name="Lãnh đạo")
        self.post("view_change", view.pk, data={"name": "Ngoài"}, person_class="outside")
        view.refresh_from_db()
        assert (view.name, view.query) == ("Ngoài", "person_class=outside")

    def test_columns_of_a_view(self):
        self.keep()
        view = SavedView.objects.get(name="Lãnh đạo")
        self.post("view_columns", data={"columns": ["gender"]}, view=view.pk)
        assert self.shown(view=view.pk) == ["name", "gender"]
        assert self.shown()[:2] == ["name", "code"]

    def test_deleted(self):
        self.keep()
        view = SavedView.objects.get(name="Lãnh đạo")
        url = reverse("accounts:view_delete", args=[view.pk])
        assert self.client.get(url).status_code == 200
        self.client.force_login(self.leader)
        assert self.client.post(url).status_code == 404
        self.client.force_login(self.board)
        self.client.post(url)
        assert not SavedView.objects.exists()

    def test_a_crafted_view_is_no_error(self):
        query = {"name": "x", "org": "7", "q": "%00", "sort": "zzz"}
        self.keep(query=query, opens_first="on")
        assert self.client.get(self.url, follow=True).status_code == 200


class DownloadTests(ListTests):
    def rows(self, kind="csv", **query):
        response = self.page("list_download", kind, **query)
        assert response.status_code == 200
        content = response.getvalue()
        if kind == "csv":
            return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [list(row) for row in sheet.iter_rows(values_only=True)]

    def test_exactly_what_is_shown(self):
        self.post("view_columns", data={"columns": ["age", "person_class", "status"]})
        heading, *rows = self.rows(sort="-age", on="2026-01-05")
        shown = self.client.get(self.url, {"sort": "-age", "on": "2026-01-05"}).context["table"]
        assert heading == [str(c.header) for c in shown.columns if c.name != "select"]
        assert [row[:2] for row in rows] == [["Nguyễn Thị Ánh", "65"], ["Đỗ Văn Bình", "35"]]
        assert len(self.rows(person_class="leader")) == 2

    def test_nothing_is_read_as_a_formula(self):
        self.post("view_columns", data={"columns": ["occupation"]})
        assert self.rows(q="anh")[1] == ["Nguyễn Thị Ánh", "'=1+1"]
        assert self.rows("xlsx", q="anh")[1] == ["Nguyễn Thị Ánh", "=1+1"]  # a text there
        response = self.page("list_download", "xlsx", q="anh")
        cell = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active["B2"]
        assert cell.data_type == "s"

    def test_masked_as_the_reader_sees_it(self):
        assert "012345678" in {row[1] for row in self.rows()}
        self.client.force_login(self.leader)
        SavedView.objects.create(
            user=self.leader, page="branches:members", columns=["code", "phone"]
        )
        for kind in ("csv", "xlsx"):
            cells = {str(cell) for row in self.rows(kind) for cell in row}
            assert not cells & {"012345678", "0912345678"}
            assert "••••••678" in cells

    def test_it_stands_in_the_log_of_reads(self):
        self.rows(q="anh")
        entry = AccessLog.objects.get(kind="list_exported")
        assert (entry.by, entry.rows, entry.organization) == (self.board, 1, self.ward)

    def test_only_as_csv_and_xlsx(self):
        assert self.page("list_download", "pdf").status_code == 404


@pytest.mark.parametrize("value", ["=1+1", "+84", "-5", "@x", "\tx", "'=x"])
def test_texts_that_look_like_formulas(value):
    *_heading, line = csv_lines(["a"], [[value]])
    assert next(csv.reader([line])) == [f"'{value}"]


def test_days_and_numbers_keep_their_kind():
    stream = io.BytesIO()
    assert write_xlsx(["a"], [[date(2025, 3, 1), -5, None, "x"]], stream) == 1
    row = next(openpyxl.load_workbook(stream).active.iter_rows(min_row=2, values_only=True))
    assert (row[0].date(), row[1:]) == (date(2025, 3, 1), (-5, None, "x"))
    *_heading, line = csv_lines(["a"], [[date(2025, 3, 1), -5, None]])
    assert line == "2025-03-01,-5,\n"
