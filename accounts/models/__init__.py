from .grant import Grant
from .journal import AccessLog, JournalChange, JournalEntry
from .saved_view import SavedView
from .submission import Submission
from .user import User

__all__ = [
    "AccessLog",
    "Grant",
    "JournalChange",
    "JournalEntry",
    "SavedView",
    "Submission",
    "User",
]
