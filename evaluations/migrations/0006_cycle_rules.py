"""The order of the steps of a cycle."""

from pathlib import Path

from django.db import migrations

SQL_DIR = Path(__file__).parent.parent / "sql"
SQL = [
    (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("cycle_steps", "cycle_contents")
]

UNDO_SQL = """
ALTER TABLE evaluations_appraisal DROP CONSTRAINT appraisal_in_the_cycle_of_its_branch;
ALTER TABLE evaluations_cyclebranch
    DROP CONSTRAINT cycle_branch_of_the_year, DROP CONSTRAINT cycle_branch_and_cycle;
ALTER TABLE evaluations_cycle DROP CONSTRAINT cycle_and_year;
DROP FUNCTION
    refuse_proposal_out_of_order, keep_what_was_done, check_cycle_branches, check_cycle_steps,
    keep_step_under_others, refuse_change_of_step, check_steps_done
CASCADE;
DROP FUNCTION
    step_is_done, branch_of_appraisal, only_redacted, check_branch_steps, step_may_begin;
DROP VIEW evaluations_branchstep;
DROP FUNCTION step_rank;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0005_cycles"),
    ]

    operations = [migrations.RunSQL("\n".join(SQL), UNDO_SQL)]
