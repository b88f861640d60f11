"""The checks of the year end look rows up by index, whatever statistics say."""

from django.db import migrations

CHECKS = (
    "check_branch_steps",
    "check_cap_of_branches",
    "check_cap_of_cycles",
    "check_cap_of_units",
    "check_decision_in_force",
    "check_organization_cap",
    "check_organization_cap_of_units",
    "check_organization_decision_in_force",
    "check_organization_ratings_agree",
    "check_votes",
    "check_votes_of_counts",
)


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0012_roll_up_speed"),
    ]

    operations = [
        migrations.RunSQL(
            [f"ALTER FUNCTION {name}(bigint[]) SET enable_seqscan = off" for name in CHECKS],
            migrations.RunSQL.noop,
        ),
    ]
