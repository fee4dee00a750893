"""Those it is meant for are told that the support material has a new version."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from collaboration import policy
from collaboration.models import SupportMaterial
from history.door import moved
from history.models import Event, Living
from workflows import notices


@receiver(moved, sender=SupportMaterial)
def tell_of_a_new_version(
    sender: type[Living], *, obj: SupportMaterial, event: Event, **kwargs: Any
) -> None:
    """Once a person and version; never to the one who has just published it."""
    if event.move != "publish" or obj.published_on is None:
        return
    if not obj.versions.filter(number=obj.number, published_on=obj.published_on).exists():
        return
    people = policy.audience.holders(obj).select_related("user").order_by("user", "pk")
    once = {person.user_id: person for person in people if person != event.actor}
    notices.tell(once.values(), "material", f"material:{obj.uuid}:{obj.number}", obj)
