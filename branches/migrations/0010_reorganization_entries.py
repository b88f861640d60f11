"""A reorganization knows its entries of the audit trail; those made before find theirs there."""

import django.contrib.postgres.fields
from django.db import migrations, models

# Its own row was written last. One transaction may have made several.
FIND_ENTRIES = """
UPDATE branches_reorganization AS r SET entries = found.entries
FROM (
    SELECT made.row_id, array_agg(e.id ORDER BY e.id) AS entries
    FROM (
        SELECT
            own.id, own.transaction, own.at, lower(own.ids) AS row_id,
            lag(own.id, 1, 0::bigint) OVER (PARTITION BY own.transaction ORDER BY own.id) AS former
        FROM accounts_journalentry AS own
        WHERE own.table_name = 'branches_reorganization' AND own.operation = 'insert'
    ) AS made
    JOIN accounts_journalentry AS e
        ON e.transaction = made.transaction AND e.id > made.former AND e.id < made.id
        AND e.at BETWEEN made.at - interval '1 day' AND made.at
    WHERE e.table_name = ANY (
        '{branches_organization,branches_earlierorganization,branches_placement,
        branches_succession,branches_membership,branches_position,branches_committeeterm,
        branches_jobdescription,assignments_assignment,assignments_task}'
    )
    GROUP BY made.row_id
) AS found
WHERE found.row_id = r.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_journal_sign_in"),
        ("branches", "0009_name_lookup"),
    ]

    operations = [
        migrations.AddField(
            model_name="reorganization",
            name="entries",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(FIND_ENTRIES, migrations.RunSQL.noop),
    ]
