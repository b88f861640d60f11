"""The one table that says which role may do which action. Pages and tests read it."""

from .choices import Role

EVERY_ROLE = frozenset(Role)
BOARD, OFFICE, SECRETARY = Role.BOARD, Role.OFFICE, Role.SECRETARY
LEADER, AUDITOR, ADMINISTRATOR = Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR

ROLES_FOR = {
    "see_organization": EVERY_ROLE,
    "see_members": EVERY_ROLE - {ADMINISTRATOR},
    "see_assignments": EVERY_ROLE - {ADMINISTRATOR},
    "see_ratings": frozenset({BOARD, OFFICE, SECRETARY, LEADER, AUDITOR}),
    "export_ratings": frozenset({BOARD, LEADER, AUDITOR}),
    "start_roll_up": frozenset({BOARD, LEADER}),
    # Personal data of members; for all others it stands masked.
    "see_card_number": frozenset({BOARD, OFFICE, SECRETARY}),
    "see_contact": frozenset({BOARD, OFFICE, SECRETARY}),
    "see_identity_number": frozenset({BOARD, OFFICE}),
    "anonymise_members": frozenset({ADMINISTRATOR}),
    # What the board enters.
    "edit_members": frozenset({BOARD, OFFICE}),
    "discipline_organizations": frozenset({BOARD, OFFICE}),
    "assign_work": frozenset({BOARD}),
    "reorganize": frozenset({BOARD}),
    "repair_data": frozenset({BOARD}),
    "make_documents": frozenset({BOARD, OFFICE}),
    "edit_templates": frozenset({BOARD}),
    # What a branch enters: its meetings, rosters and opinions, and the tasks of its members.
    "keep_meetings": frozenset({SECRETARY}),
    "give_tasks": frozenset({SECRETARY}),
    # Work that others answer for.
    "confirm_work": frozenset({OFFICE}),
    "review_work": frozenset({BOARD, OFFICE}),
    "answer_opinions": frozenset({BOARD, OFFICE}),
    "answer_objections": frozenset({SECRETARY, OFFICE}),
    # The year end: cycles are opened by the board; branches propose and vote, sub-committees
    # propose, the competent committee decides, locks and rates again.
    "manage_cycles": frozenset({BOARD}),
    "keep_appraisals": frozenset({SECRETARY}),
    "propose_for_section": frozenset({OFFICE, LEADER}),
    "decide_ratings": frozenset({LEADER}),
    "override_cap": frozenset({LEADER}),
    "lock_ratings": frozenset({LEADER}),
    "edit_schemes": frozenset({BOARD}),
    "import_workbook": frozenset({BOARD}),
    # Its rows are known by their party cards, which must be whole.
    "export_workbook": frozenset({BOARD}),
    # Who may see and do what, and who did.
    "manage_users": frozenset({ADMINISTRATOR}),
    "see_access": frozenset({ADMINISTRATOR, AUDITOR}),
    "see_journal": frozenset({ADMINISTRATOR, AUDITOR}),
    "see_member_history": frozenset({AUDITOR}),
}

# Nobody does these on their own record, whatever their roles.
NEVER_ON_ONESELF = frozenset({"confirm_work", "review_work", "answer_objections", "decide_ratings"})
