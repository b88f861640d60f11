from pathlib import Path

from django.contrib.postgres.operations import (
    BtreeGistExtension,
    TrigramExtension,
    UnaccentExtension,
)
from django.db import migrations

TEXT_SQL = Path(__file__).parents[1] / "sql" / "text.sql"


class Migration(migrations.Migration):
    """Extensions and text functions that the columns of the first models are made with."""

    initial = True
    dependencies = []
    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(
            TEXT_SQL.read_text(encoding="utf-8"),
            "DROP FUNCTION person_sort_key(text); DROP FUNCTION sort_key(text);"
            "DROP FUNCTION alphabet_key(text);"
            "DROP FUNCTION search_key(text);",
        ),
    ]
