"""Asserting that the database refuses something, by the name of the constraint that does."""

import pytest
from django.db import IntegrityError, connection, transaction


def assert_refused(constraint, write, *args, **kwargs):
    """`write(…)`, or the check at the end of its transaction, breaks the named constraint."""

    def write_and_check():
        with transaction.atomic():
            write(*args, **kwargs)
            set_constraints("IMMEDIATE")

    with pytest.raises(IntegrityError) as refusal:
        write_and_check()
    assert refusal.value.__cause__.diag.constraint_name == constraint
    set_constraints("DEFERRED")


def set_constraints(when):
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")
