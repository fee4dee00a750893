"""The pages of the collaboration, in the order they stand on top of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role


@dataclass(frozen=True)
class Page:
    label: Any
    name: str
    roles: tuple[Role, ...] = ()  # none: for everyone who is signed in
    public: str = ""  # the setting that opens it to those who are not

    def open_to(self, actor: Any) -> bool:
        if isinstance(actor, Membership):
            return not self.roles or actor.role in self.roles
        return bool(self.public and getattr(settings, self.public))


_KEEPERS = (Role.MANAGER, Role.DISTRICT, Role.CENTRAL, Role.ADMIN)
PAGES: list[Page] = [
    Page(_("Läget"), "collaboration:standing", _KEEPERS),
    Page(_("Vem ringer jag?"), "collaboration:directory", public="PUBLIC_CONTACTS"),
    Page(_("Kontaktpersoner"), "collaboration:contacts", _KEEPERS),
    Page(_("Överenskommelser"), "collaboration:agreements", public="PUBLIC_AGREEMENTS"),
    Page(_("Forum"), "collaboration:forums"),
    Page(_("Stödmaterial"), "collaboration:materials", tuple(Role)),
    Page(
        _("Medel"),
        "collaboration:applications",
        (Role.DISTRICT, Role.CENTRAL, Role.ADMIN, Role.MANAGER, Role.PRINCIPAL),
    ),
    # The others come to it from the page of the money.
    Page(_("Teamen"), "collaboration:team_register", (Role.TEAM,)),
    Page(_("Enkäter"), "collaboration:surveys", tuple(Role)),
    Page(
        _("Intervjuer"),
        "collaboration:interviews",
        (Role.TEAM, Role.MANAGER, Role.SCHOOL, Role.DISTRICT, Role.CENTRAL, Role.ADMIN),
    ),
]


def add(page: Page, *, after: str) -> None:
    """A page of a room above, beside the one it belongs to."""
    names = [one.name for one in PAGES]
    if page.name not in names:
        PAGES.insert(names.index(after) + 1, page)
