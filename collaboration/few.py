"""How many it takes before something is told of them: the municipality's own limit, never under the floor."""

from __future__ import annotations

from history import legal

# What the law file ships with (domain.md A4); a municipality may ask for more, and no fewer.
FLOOR = 5
# A share is of at least so many: of fewer, one per cent more tells of one person.
SHARES = 10


def smallest() -> int:
    """The smallest group that is told of today."""
    return max(FLOOR, legal.limit("figures.smallest_group"))


def shares() -> int:
    """The smallest group that a share is told of today."""
    return max(SHARES, smallest())
