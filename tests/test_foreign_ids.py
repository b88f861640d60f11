"""Ids, codes and names of another scope in every query parameter and form field; those in paths
are walked over in test_every_route.py.

What comes back is 404 or an error of the form, tells nothing of the other scope, and has changed
nothing. There are no bulk actions on the site; a form that took several ids would be found here by
its fields like any other. Imports: tests/workbook; commands have no scope but their operator's.
"""

import functools
import io
import re
import zipfile
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from unittest.mock import patch

import django_filters
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.http import QueryDict
from django.urls import reverse

from accounts.checks import route_names
from accounts.pages import OWN, PAGES
from accounts.rules import ROLES_FOR

from .test_every_route import WorldTests
from .world_of_two import CODE_MARK, EXAMPLES, FOREIGN, MARK, MEMBER, ROLES
from .world_of_two.traces import TELLING, count_writes, read

READ_OF_ADDRESS = re.compile(r"""GET\.get(?:list)?\(\s*["'](\w+)["']|GET\[["'](\w+)["']\]""")
PATTERNS = {name: str(pattern.pattern) for name, pattern in route_names()}
PACKAGES = ("accounts", "branches", "assignments", "evaluations", "workbook")


def all_subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from all_subclasses(each)


def names_in_addresses():
    """Every query parameter that the pages read: in the code, by filters, by tables."""
    names = {"page", "sort", "org", "on", "next"}
    for package in PACKAGES:
        for file in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            names |= {a or b for a, b in READ_OF_ADDRESS.findall(file.read_text())}
    for filter_set in all_subclasses(django_filters.FilterSet):
        if filter_set.__module__.split(".")[0] in PACKAGES:
            names |= filter_set.base_filters.keys()
    return sorted(names | relation_names())


@functools.cache
def relation_names():
    """The names of fields that refer to rows, which addresses and forms could take as well."""
    return {
        field.name
        for model in apps.get_models()
        if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.fields
        if field.is_relation
    }


def readers(name):
    """Those who may open the page at all, by the table."""
    need = PAGES[name]
    if need == OWN:
        return [MEMBER]
    who = [role for role in ROLES if not need.action or role in ROLES_FOR[need.action]]
    return [*who, MEMBER] if need.own or not need.action else who


def foreign_rows(tables):
    """What there is of the other scope in the tables: the number of rows that are of it or refer to
    it."""
    counts = {}
    for model in apps.get_models():
        if model._meta.db_table in tables and model.__module__.split(".")[0] in PACKAGES:
            ids = [each.attname for each in model._meta.fields if _holds_id(each)]
            about = models.Q()
            for name in ids:
                about |= models.Q(**{f"{name}__gte": FOREIGN, f"{name}__lt": FOREIGN + 10})
            counts[model._meta.db_table] = model._default_manager.filter(about).count()
    return counts


def _holds_id(field):
    return (field.primary_key or field.is_relation) and isinstance(
        field, models.ForeignKey | models.AutoField | models.BigAutoField | models.OneToOneField
    )


@contextmanager
def names_read():
    """The names that are read of an address meanwhile."""
    names = set()

    def noting(name):
        method = getattr(QueryDict, name)

        def read_and_note(data, key, *more):
            names.add(key)
            return method(data, key, *more)

        return patch.object(QueryDict, name, read_and_note)

    with noting("__getitem__"), noting("__contains__"), noting("getlist"):
        yield names


class ForeignTests(WorldTests):
    def setUp(self):
        super().setUp()
        cache.clear()  # of what is counted against guessing

    def look(self, who, method, url, data=None):
        """(response, its text); whatever it tells of the other scope fails the test."""
        response = getattr(self.clients[who], method)(url, data)
        text = read(response, typed=(data or {}).values())
        told = TELLING.search(text)
        assert not told, f"{method} {url} {data} by {who} tells {told[0]}"
        assert response.status_code in (200, 302, 400, 403, 404, 405, 410, 429), (url, response)
        return response, text


class AddressTests(ForeignTests):
    def test_the_parameters_are_found(self):
        found = names_in_addresses()
        assert {"org", "open", "branch", "unit", "organization", "directive", "q"} <= set(found)

    def test_ids_in_every_parameter(self):
        before = count_writes()
        every = set(names_in_addresses()) - {"org", "open"}  # which are 404 by themselves
        for number, (name, example) in enumerate(EXAMPLES.items()):
            if example.status != 200 or not readers(name):
                continue
            may, url = readers(name), example.url(name, self.world.own)
            for parameter in self.parameters_of(may[0], url, example):
                query = {**example.query, parameter: FOREIGN}
                response, _text = self.look(may[0], "get", url, query)
                if parameter == "org" and example.acts:
                    assert response.status_code == 404, url
            # What one sees goes by the scope, not by the role: two more of them each, in turn.
            for who in (may[1:] * 2)[number % len(may) :][: min(2, len(may) - 1)]:
                self.look(who, "get", url, dict.fromkeys(every, FOREIGN) | example.query)
        assert count_writes() == before

    def parameters_of(self, who, url, example):
        """What a page reads of its address."""
        with names_read() as names:
            response, _text = self.look(who, "get", url, example.query)
        assert "org" in names or not example.acts, url
        filters = (response.context or {}).get("filters")
        return sorted({*names, *(filters.filters if filters else ())})

    def test_the_way_to_an_organization_elsewhere_is_not_unfolded(self):
        url = reverse("branches:organizations")
        assert self.look("board", "get", url, {"open": FOREIGN})[0].status_code == 404

    def test_filters_by_what_is_elsewhere_find_nothing(self):
        for url, parameter in (
            (reverse("branches:members"), "branch"),
            (reverse("branches:meetings"), "branch"),
            (reverse("evaluations:board"), "unit"),
        ):
            _response, text = self.look("leader", "get", url, {parameter: FOREIGN, "year": 2018})
            assert f'value="{FOREIGN}"' not in text

    def test_no_search_finds_it(self):
        pages = [
            name
            for name, example in EXAMPLES.items()
            if example.acts and example.status == 200 and "<" not in PATTERNS[name]
        ]
        texts = ("pham ky", self.world.other.ward.name[:7], CODE_MARK[:2])
        answers = ({}, {"HX-Request": "true", "HX-Target": "list"})
        asked = [(name, who) for name in pages for who in readers(name)[-1:]]
        for name, who in asked:
            for text, headers in product(texts, answers):
                with names_read() as names:
                    response = self.clients[who].get(reverse(name), {"q": text}, headers=headers)
                assert not TELLING.search(response.getvalue().decode()), (name, text, who)
                if "q" not in names:
                    break  # it looks for nothing

    def test_what_is_elsewhere_is_answered_like_what_does_not_exist(self):
        for text in (self.world.other.member.code, self.world.other.ward.code, "ZZZNONE"):
            response = self.clients["board"].get(reverse("branches:search"), {"q": text})
            assert response.context["answers"]
            assert not response.context["people"]
            assert not response.context["organizations"]

    def test_downloads_hold_the_rows_of_the_scope_alone(self):
        for who, kind in product(readers("evaluations:ratings_download"), ("csv", "xlsx")):
            url = reverse("evaluations:ratings_download", args=[kind])
            for query in ({}, {"q": "pham"}, {"unit": FOREIGN}, {"branch": FOREIGN}):
                response = self.clients[who].get(url, {"year": 2018, **query})
                text = _unpacked(response.getvalue()) if kind == "xlsx" else response.getvalue()
                assert CODE_MARK.encode() not in text
                assert MARK.encode() not in text


def forms_of(response):
    """The forms that a page was made with."""
    for part in response.context or ():
        for value in [value for layer in part for value in layer.values()]:
            some = value if isinstance(value, list) else [value]
            yield from (each for each in some if isinstance(each, forms.BaseForm))


class FormTests(ForeignTests):
    def test_ids_and_codes_in_every_field(self):
        tried = set()
        self.rows = foreign_rows(connection.introspection.django_table_names())
        for name, example in EXAMPLES.items():
            url = example.url(name, self.world.own)
            for who in readers(name)[:1] if example.posted != 405 else ():
                for field, (takes_object, values) in self.fields(who, url, example).items():
                    for value in values:
                        self.post(who, url, {**example.post, field: value}, field, takes_object)
                    tried.add((name, field))
        assert ("accounts:grant_give", "organization") in tried
        assert ("accounts:user_change", "member") in tried
        assert ("evaluations:roll_up_start", "scheme") in tried

    def fields(self, who, url, example):
        """{name: (whether it takes an object, what of elsewhere to try)} of every field of the
        forms of a page. What nothing is known of gets all that names something."""
        named = {
            name: (True, self.names()) if name in relation_names() else (False, self.names()[:2])
            for name in example.post
        }
        for form in forms_of(self.look(who, "get", url, example.query)[0]):
            for name, field in form.fields.items():
                chooses = isinstance(field, forms.ModelChoiceField)
                takes_object = chooses or name in relation_names()
                if takes_object:
                    rows = field.queryset if chooses else getattr(field, "rows", None)
                    values = self.names(rows)
                else:
                    values = self.names()[: 2 if isinstance(field, forms.CharField) else 1]
                named[form.add_prefix(name)] = takes_object, values
        return named

    def names(self, rows=None):
        """What stands for rows of elsewhere in a form: of the model of `rows`, else of any."""
        other = self.world.other
        named = {
            "Member": [other.member.code],
            "Organization": [other.ward.pk, other.ward.code, other.branch.code],
            "User": [other.user.username, other.user.email],
            "Directive": [other.directive.number],
        }
        some = named.values() if rows is None else [named.get(rows.model.__name__, [])]
        return [FOREIGN, *(value for values in some for value in values)]

    def post(self, who, url, data, field, takes_object):
        with transaction.atomic():
            before = count_writes()
            response, _text = self.look(who, "post", url, data)
            after = count_writes()
            written = {table for table in after if after[table] != before.get(table)}
            if takes_object:
                assert response.status_code in (200, 404), (url, data)
                assert written == set(), (url, data)
                if response.status_code == 200:
                    wrong = {
                        form.add_prefix(each) for form in forms_of(response) for each in form.errors
                    }
                    assert field in wrong, (url, data)
            for table, count in foreign_rows(written).items():
                assert count == self.rows[table], (url, data)
            transaction.set_rollback(True)


def _unpacked(xlsx):
    with zipfile.ZipFile(io.BytesIO(xlsx)) as archive:
        return b"".join(map(archive.read, archive.namelist()))
