from .grant import Grant
from .journal import AccessLog, JournalChange, JournalEntry
from .user import User

__all__ = ["AccessLog", "Grant", "JournalChange", "JournalEntry", "User"]
