"""The blind indexes of pupils and guardians, written anew when their key is changed."""

from __future__ import annotations

from django.db.models import QuerySet

import vault
from referrals.models import Guardian, NamePart, Pupil
from vault.rotation import reindexes


@reindexes(Pupil)
def pupil(row: Pupil) -> bool:
    """The number's index, and the parts of the name as a whole; nothing for one disposed of."""
    number, changed = row.number.open(), False
    if number and row.number_index != (sign := vault.index("pupil.number", number)):
        QuerySet(Pupil).filter(pk=row.pk).update(number_index=sign)
        changed = True
    every: QuerySet[NamePart] = QuerySet(NamePart)
    parts = every.filter(pupil=row)
    wanted = set(vault.name_parts(row.name))
    if set(parts.values_list("index", flat=True)) != wanted:
        parts.delete()
        every.bulk_create([NamePart(pupil=row, index=sign) for sign in sorted(wanted)])
        changed = True
    return changed


@reindexes(Guardian)
def guardian(row: Guardian) -> bool:
    before = (row.phone_index, row.email_index)
    row.index_contacts()
    after = {"phone_index": row.phone_index, "email_index": row.email_index}
    if before == tuple(after.values()):
        return False
    QuerySet(Guardian).filter(pk=row.pk).update(**after)
    return True
