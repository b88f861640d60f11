from pathlib import Path

from django.db import migrations

CHECKS_SQL = Path(__file__).parents[1] / "sql" / "checks.sql"

UNDO_SQL = """
ALTER TABLE assignments_task DROP CONSTRAINT task_of_the_assigned_member;
DROP TRIGGER check_teams_of_leader_at_commit_update ON branches_position;
DROP TRIGGER check_teams_of_leader_at_commit_delete ON branches_position;
DROP TRIGGER check_team_at_commit_insert ON assignments_team;
DROP TRIGGER check_team_at_commit_update ON assignments_team;
DROP TRIGGER check_teams_of_directive_at_commit_update ON assignments_directive;
DROP TRIGGER check_review_at_commit_insert ON assignments_review;
DROP TRIGGER check_review_at_commit_update ON assignments_review;
DROP TRIGGER check_reviews_of_assignment_at_commit_update ON assignments_assignment;
DROP FUNCTION check_teams_of_directive, check_teams_of_leader, check_team,
    check_reviews_of_assignment, check_review;
"""


class Migration(migrations.Migration):
    """Who may lead a team, which year a review is of, whose task a registered task is."""

    dependencies = [("assignments", "0001_models"), ("branches", "0003_tree")]
    operations = [migrations.RunSQL(CHECKS_SQL.read_text(encoding="utf-8"), UNDO_SQL)]
