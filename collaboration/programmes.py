"""Which programmes an agreement may be about; a higher room says what there is, by key and name."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

Provider = Callable[[], list[tuple[str, str]]]
_providers: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Register where the programmes are kept; called once, by the room that keeps them."""
    _providers.append(provider)
    return provider


def choices() -> list[tuple[str, str]]:
    """Key and name of each; the empty key is the collaboration as a whole."""
    return [("", _("All samverkan"))] + [pair for known in _providers for pair in known()]


def name_of(key: str) -> str:
    """The name of a programme, or its key when no room knows it any more."""
    return dict(choices()).get(key, key)
