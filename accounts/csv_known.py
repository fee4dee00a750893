"""What the register knows already, for the reading of a file."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from accounts.models import Kind, Organisation


class Known:
    """What is there already, looked up once for the whole file: also what is no more, and what was
    called something else, so that a file of last year's makes nothing anew."""

    def __init__(self) -> None:
        self.by_code: dict[str, Organisation] = {}
        self.by_name: dict[tuple[str, str], list[Organisation]] = defaultdict(list)
        self.closed: dict[tuple[str, str], Organisation] = {}
        self.earlier: dict[tuple[str, str], list[Organisation]] = defaultdict(list)
        self.seen: dict[tuple[str, str], str] = {}
        rows = Organisation.objects.select_related("parent", "provider", "successor")
        for one in rows.prefetch_related("former").order_by("until", "pk"):
            self.add(one)
            for former in one.former.all() if one.in_service else ():
                if former.name.casefold() != one.name.casefold():
                    self.earlier[one.kind, former.name.casefold()].append(one)

    def add(self, one: Organisation) -> None:
        key = (one.kind, one.name.casefold())
        if one.code:
            self.by_code[one.code] = one
        if not one.in_service:
            self.closed[key] = one
        elif one not in self.by_name[key]:
            self.by_name[key].append(one)

    def find(self, fields: dict[str, Any]) -> Organisation | None:
        """The one a row is about; of two with the same name the one that lies where the row says."""
        if fields["kind"] == Kind.SCHOOL:
            return self.by_code.get(fields["code"])
        key = (fields["kind"], fields["name"].casefold())
        same = self.by_name.get(key) or self.earlier.get(key) or []
        here = [one for one in same if one.parent == fields.get("parent")] or same
        return here[0] if len(here) == 1 else None if here else self.closed.get(key)

    def is_many(self, fields: dict[str, Any]) -> bool:
        return len(self.by_name.get((fields["kind"], fields["name"].casefold()), ())) > 1

    def named(self, name: str, kinds: tuple[Kind, ...]) -> Organisation | None:
        """The one of that name, or the one that has its tasks today."""
        for kind in kinds:
            key = (kind, name.casefold())
            if found := self.by_name.get(key) or self.earlier.get(key):
                return found[0]
            if (old := self.closed.get(key)) and old.heir.in_service:
                return old.heir
        return None
