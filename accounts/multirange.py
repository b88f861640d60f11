"""Sets of ids as PostgreSQL's int8multirange keeps them: {[1,5),[9,10)}."""

import re

from django.db import models

RANGE = re.compile(r"\[(-?\d+),(-?\d+)\)")


class BigIntegerMultirangeField(models.Field):
    """A list of Python ranges, in order. Only read: triggers write it."""

    def db_type(self, connection):
        return "int8multirange"

    def from_db_value(self, value, expression, connection):
        if value is None:
            return None
        return [range(int(first), int(end)) for first, end in RANGE.findall(value)]

    def get_prep_value(self, value):
        if value is None or isinstance(value, str):
            return value
        return "{" + ",".join(f"[{each.start},{each.stop})" for each in value) + "}"


@BigIntegerMultirangeField.register_lookup
class HoldsId(models.Lookup):
    """`ids__holds=17`: the set holds the id; a GiST index answers it."""

    lookup_name = "holds"

    def get_prep_lookup(self):
        return self.rhs if hasattr(self.rhs, "resolve_expression") else int(self.rhs)

    def as_sql(self, compiler, connection):
        ids, ids_parameters = self.process_lhs(compiler, connection)
        one, one_parameters = self.process_rhs(compiler, connection)
        return f"{ids} @> ({one})::bigint", [*ids_parameters, *one_parameters]


@BigIntegerMultirangeField.register_lookup
class Overlaps(models.Lookup):
    """`ids__overlap=[range(1, 5)]`: some id is in both sets."""

    lookup_name = "overlap"

    def as_sql(self, compiler, connection):
        ids, ids_parameters = self.process_lhs(compiler, connection)
        others, other_parameters = self.process_rhs(compiler, connection)
        return f"{ids} && ({others})::int8multirange", [*ids_parameters, *other_parameters]
