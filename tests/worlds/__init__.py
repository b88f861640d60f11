"""Random worlds: everything that a rating can depend on, as plain values.

`make_world` invents one, `save` writes it to the database, `expect` says by the pure rules what a
roll-up must find.
"""

from .expecting import expect
from .inventing import make_world
from .model import YEAR
from .saving import save

__all__ = ["YEAR", "expect", "make_world", "save"]
