"""What the database refuses at the end of a transaction, told at once and at a field.

Forms say what is wrong before the database does; this is for what two people do at the same time,
and for rules between tables of later rooms that a form of this one cannot look at.
"""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction


@contextmanager
def told_at(field, sentences):
    """Run a block whose deferred checks run at its end. What a constraint of `sentences` ({name:
    sentence}) refuses becomes a ValidationError at the field; another refusal is raised as it is.
    """
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        name = error.__cause__.diag.constraint_name
        if name not in sentences:
            raise
        raise ValidationError({field: sentences[name]}) from error
