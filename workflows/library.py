"""Those it is meant for are told of a new version of support material; its owner, that it is theirs."""

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
    code = "material" if obj.number > 1 else "material_first"
    notices.tell(once.values(), code, f"material:{obj.uuid}:{obj.number}", obj)


@receiver(moved, sender=SupportMaterial)
def tell_who_keeps_it_now(
    sender: type[Living], *, obj: SupportMaterial, event: Event, **kwargs: Any
) -> None:
    """Somebody else has made it theirs: reminded of it from now on."""
    if "owner" in event.fields.split() and obj.owner != event.actor:
        key = f"material_owner:{obj.uuid}:{obj.version}"
        notices.tell([obj.owner], "material_owner", key, obj)
