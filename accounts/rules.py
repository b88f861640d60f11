"""The one table that says which role may do which action. Pages and tests read it."""

from .choices import Role

EVERY_ROLE = frozenset(Role)

ROLES_FOR = {
    "see_organization": EVERY_ROLE,
    "see_members": EVERY_ROLE - {Role.ADMINISTRATOR},
    "see_assignments": EVERY_ROLE - {Role.ADMINISTRATOR},
    "see_ratings": frozenset({Role.BOARD, Role.OFFICE, Role.SECRETARY, Role.LEADER, Role.AUDITOR}),
    "export_ratings": frozenset({Role.BOARD, Role.LEADER, Role.AUDITOR}),
    "start_roll_up": frozenset({Role.BOARD, Role.LEADER}),
}
