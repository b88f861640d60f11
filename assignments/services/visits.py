"""Visits of assigned cadres: claims, statements of rosters, decisions; each by who it belongs to.

`by` is who does it, `at` the moment. Whoever else tries gets PermissionDenied; a visit that is not
in a state for it, or wrong values, ValidationError with a sentence that says what to do. Where the
attendance changes with it, the database settles that (assignments/sql/visits_settle.sql).
"""

from .visit_claims import correct_visit, log_at_once, log_visit, withdraw_visit
from .visit_decisions import confirm_visits, dispute_visit, refuse_visit, reopen_visit
from .visit_statements import state_visits

__all__ = [
    "confirm_visits",
    "correct_visit",
    "dispute_visit",
    "log_at_once",
    "log_visit",
    "refuse_visit",
    "reopen_visit",
    "state_visits",
    "withdraw_visit",
]
