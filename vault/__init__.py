"""Keys, sealed fields, keyed indexes. Knows nobody: no person, no pupil, no other room.

>>> row.name = "Alva"          # sealed when the row is saved
>>> row.name.open()            # opens only with its own table, column and row
>>> vault.index("pupil.number", "201701012393")   # written beside the sealed value
>>> vault.signs("pupil.number", "201701012393")   # asked for in an exact search
"""

from vault.indexes import index, name_parts, signs
from vault.sealing import Sealed, Unsealable

__all__ = ["Sealed", "Unsealable", "index", "name_parts", "signs"]
