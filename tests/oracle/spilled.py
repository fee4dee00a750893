"""`python -m tests.oracle.spilled`: a path with something of everything, told into the database of the
environment, and the process killed as it stands, so that nothing is tidied away on the way out."""

from __future__ import annotations

import json
import os
import signal
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.apps import apps

    from documents.models import Document
    from history.door import begin, perform
    from tests.cast import make_cast
    from tests.oracle import ground
    from tests.oracle.canary import CANARY
    from tests.oracle.town import Facts, add_colleagues
    from vault.fields import SealedTextField
    from workflows.models import Extract

    cast = make_cast()
    add_colleagues(cast)
    teller = Facts(cast)
    teller.situation = "spilled"
    case = teller.tell_review()
    closing: dict[str, Any] = {"code": "goals_met", "planned": True, "reason": teller.says("note")}
    perform(case.propose_closure, by=cast.tuva, **closing)
    ground.tell_screenings(cast)
    ground.Ground(cast).tell_surveys()
    plan = Document(
        trail_id=case.trail_id,
        kind="plan",
        object_uuid=case.uuid,
        pupil_uuid=case.pupil.uuid,
        reference=case.reference,
        requested_by=cast.tuva,
        language="sv",
    )
    begin(plan, by=cast.tuva)
    extract = Extract(kind="register", organisation=cast.team, pupil=case.pupil, asked_by=cast.tuva)
    begin(extract, by=cast.tuva)
    opened = sum(
        bool(CANARY.search(str(getattr(row, field.name).open())))
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTextField)
        for row in model._base_manager.all()
    )
    print(json.dumps({"number": case.pupil.number.open(), "opened": opened}), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
