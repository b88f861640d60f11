"""Decisions within the cap, and what a lock keeps."""

from pathlib import Path

from django.db import migrations

SQL_DIR = Path(__file__).parent.parent / "sql"
SQL = [
    (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("decisions_made", "decisions", "decided_cap", "locked")
]
KEPT = (
    "cyclestep",
    "cyclebranch",
    "stepdone",
    "appraisal",
    "selfreview",
    "comment",
    "proposal",
    "vote",
    "votecount",
    "notvoted",
    "unitcap",
    "rating",
)
UNDO_SQL = [
    *(f"SELECT keep_in_locked_cycles_no_more('evaluations_{table}')" for table in KEPT),
    """
DROP TRIGGER check_cap_delete ON evaluations_appraisal;
DROP TRIGGER check_cap_update ON evaluations_cyclebranch;
DROP TRIGGER check_cap_update_former ON evaluations_cyclebranch;
DROP TRIGGER check_cap_delete ON evaluations_cyclebranch;
DROP TRIGGER check_cap_insert ON evaluations_unitcap;
DROP TRIGGER check_cap_update ON evaluations_unitcap;
DROP TRIGGER check_cap_update_former ON evaluations_unitcap;
DROP TRIGGER check_cap_delete ON evaluations_unitcap;
DROP TRIGGER check_cap_update ON evaluations_capoverride;
DROP TRIGGER check_decision_in_force_insert ON evaluations_decision;
DROP FUNCTION
    refuse_change_of_locked_cycle, refuse_lock_too_early, let_places_and_lock_take_turns,
    refuse_decision_at_the_wrong_time, refuse_appraisal_in_locked_cycle, refuse_in_locked_cycle,
    check_cap_of_cycle, check_cap_of_appraisals, refuse_change_of_places, refuse_appraisal_decided,
    check_decision_in_force_at_commit, refuse_change_of_decision, check_decisions_made
CASCADE;
DROP FUNCTION
    keep_in_locked_cycles_no_more, keep_in_locked_cycles, locked_cycles, check_cap_of_cycles,
    check_cap_of_units, check_cap_of_branches, refuse_above_the_cap, cap_uses, cap_places,
    check_decision_in_force, decision_grounds;
""",
    "SELECT accounts_on_oneself_again('evaluations_decision')",
]


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0007_votes"),
    ]

    operations = [migrations.RunSQL("\n".join(SQL), ";\n".join(UNDO_SQL))]
