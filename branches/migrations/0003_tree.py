from pathlib import Path

from django.db import migrations

TREE_SQL = Path(__file__).parents[1] / "sql" / "tree.sql"

UNDO_SQL = """
DROP TABLE branches_pendingcheck;
DROP FUNCTION check_at_commit, run_pending_check, organization_paths_follow,
    organization_paths_follow_validity CASCADE;
DROP FUNCTION check_organization, check_placement, check_membership, check_meeting,
    may_stand_under, refuse, refresh_organization_paths;
DROP VIEW branches_organizationfacts;
"""


class Migration(migrations.Migration):
    """Paths of the dated tree, and the rules between rows, checked when a transaction ends."""

    dependencies = [("branches", "0002_models")]
    operations = [migrations.RunSQL(TREE_SQL.read_text(encoding="utf-8"), UNDO_SQL)]
