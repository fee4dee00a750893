"""Guards taken away one by one, each by a patch to a copy of the tree; the tests named must be red.

`./bryggan mutants` runs them all, `./bryggan mutants WORD` those whose name holds the word.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests import made

TOP = made.TOP
# A mutant of these migrates anew; the others copy the database of the tree as it is.
MAKES_THE_DATABASE = ("history/ddl.py",)
LEFT_BEHIND = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Mutant:
    """What is done to one file, and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str  # as pytest is asked, from tests/, spaced


def _of(file: str, *rows: tuple[str, str, str, str]) -> list[Mutant]:
    return [Mutant(name, file, old, new, tests) for name, old, new, tests in rows]


PROTECTION = "test_protection.py::"
GLASS = "test_breakglass.py::"
TAMPER = "test_tamper.py::"
PAGES = "test_pages.py::"
CORE = "test_oracle.py::test_the_core_on_both_engines"
TWO_PERSONS = f"{PROTECTION}test_the_right_takes_two_persons_and_one_of_them_answers"
GUARDIAN = f"{PROTECTION}test_no_guardian_is_asked_before_a_holder_has_decided"
OPENING = f"{PROTECTION}test_every_opening_asks_why_and_the_reason_is_on_record"
BY_THE_CHAIN = f"{TAMPER}test_the_chain_finds_it_and_names_the_first_bad_row"

MUTANTS = [
    *_of(
        "referrals/models/sight.py",
        (
            "a marked pupil is for everybody",
            'return there & (Q(**{f"{pupil}protection": "none"}) | mine | given)',
            'return there & (Q(**{f"{pupil}protection__in": ("none", "marked")}) | mine | given)',
            TWO_PERSONS,
        ),
        (
            "a proposed right is a given one",
            'f"{pupil}rights__status": "given",',
            'f"{pupil}rights__status__in": ("given", "proposed"),',
            TWO_PERSONS,
        ),
        (
            "a consent holds whatever has become of it",
            'f"{path}__status__in": statuses,',
            "",
            f"{PAGES}test_after_a_withdrawal_every_way_out_is_closed_at_once",
        ),
        ("a consent names every category", "    if category:\n", "    if False:\n", CORE),
        ("a school knows of every case of its pupils", "& (own | told)", "", CORE),
        (
            "a team reads before consent",
            'Q(**{f"{case}team": actor.organisation_id, f"{case}enrolled__isnull": False})\n    reads',
            'Q(**{f"{case}team": actor.organisation_id})\n    reads',
            CORE,
        ),
        (
            "the whole team reads in full",
            'return theirs & reads & unprotected(actor, f"{case}pupil__")',
            'return theirs & unprotected(actor, f"{case}pupil__")',
            f"{PAGES}test_the_teams_other_members_see_the_outline_without_a_name",
        ),
        (
            "an emergency never ends",
            'f"{case}glasses__until__gt": Moment(),',
            "",
            f"{GLASS}test_it_ends_by_itself_when_its_time_is_over",
        ),
        (
            "an emergency is not ended",
            'f"{case}glasses__stopped": False,',
            "",
            f"{GLASS}test_the_manager_ends_it_at_once",
        ),
    ),
    *_of(
        "referrals/models/protection.py",
        (
            "the first person gives it too",
            "return another and bool(",
            "return bool(",
            f"{TWO_PERSONS} {PROTECTION}test_nobody_is_two_by_having_two_roles",
        ),
        (
            "two roles are two persons",
            "another = actor.user_id not in (obj.first.user_id, obj.holder.user_id)",
            "another = actor.pk not in (obj.first_id, obj.holder_id)",
            f"{PROTECTION}test_nobody_is_two_by_having_two_roles",
        ),
        (
            "nobody who answers need take part",
            "bool({actor.role, obj.first.role} & set(policy.CHIEFS))",
            "True",
            f"{PROTECTION}test_two_colleagues_without_office_cannot_give_it",
        ),
        (
            "anybody's name stands as the second",
            "if second.user_id in (self.first.user_id, self.holder.user_id):",
            "if second.pk == 0:",
            f"{PROTECTION}test_the_second_person_is_the_one_who_acts",
        ),
    ),
    *_of(
        "history/reading.py",
        (
            "a protected case needs no reason",
            "if look is None or look.opened != str(pupil):",
            "if look is None:",
            OPENING,
        ),
        (
            "one opening opens them all",
            "look.opened != str(pupil)",
            "not look.opened",
            f"{PROTECTION}test_an_opening_opens_one_pupil_only",
        ),
        (
            "a door that closed meanwhile is not seen",
            "if wall.epoch() == before or _shows_nothing(answer):",
            "if before is not None:",
            f"{PAGES}test_a_page_begun_before_a_door_closed_is_made_again",
        ),
        (
            "a page leaves without its record",
            "                    write(look)\n                    return answer\n",
            "                    return answer\n",
            f"{PAGES}test_every_page_with_a_pupil_is_one_chained_entry",
        ),
        (
            "a log that fails lets the page out as an error",
            "except DatabaseError:",
            "except ZeroDivisionError:",
            f"{PAGES}test_without_a_record_there_is_no_page",
        ),
        (
            "a refused try is not on record",
            "            write(look, Outcome.REFUSED)\n        raise\n",
            "            pass\n        raise\n",
            f"{PAGES}test_refused_is_403_within_ones_own_and_is_on_record",
        ),
    ),
    *_of(
        "history/chain.py",
        (
            "a changed link holds",
            "if (row.position, row.mac) != (position, mac):",
            "if row.position != position:",
            BY_THE_CHAIN,
        ),
        (
            "a cut tail is whole",
            "if (head.position, head.mac) != (position, mac):",
            "if head.position < 0:",
            BY_THE_CHAIN,
        ),
        (
            "an unsealed event is no matter",
            "for event in Event.objects.filter(seal=None):",
            "for event in Event.objects.none():",
            BY_THE_CHAIN,
        ),
        (
            "whom a look showed may be changed",
            "    yield from _changed_looks()\n",
            "",
            BY_THE_CHAIN,
        ),
        (
            "an anchor holds nothing",
            "row is None or row.mac != mac",
            "row is None",
            f"{TAMPER}test_only_an_anchor_kept_outside_finds_it",
        ),
    ),
    *_of(
        "history/ddl.py",
        (
            "rows of the record can be changed",
            'f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"',
            'f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN 1 = 0 {refuse}"',
            "test_record.py::test_no_update_no_delete_no_replace",
        ),
        (
            "rows of the record can be replaced",
            'f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) {refuse}"',
            'f"WHEN 1 = 0 {refuse}"',
            "test_record.py::test_no_update_no_delete_no_replace",
        ),
    ),
    *_of(
        "history/door.py",
        (
            "across the wall a conflict is told",
            "    if not seen.exists():\n",
            "    if False:\n",
            "test_lifecycle.py::test_across_the_wall_there_is_nothing_not_even_a_conflict",
        ),
        (
            "whatever closes raises no epoch",
            "            if act.closing:\n",
            "            if False:\n",
            "test_door.py::test_what_closes_a_door_raises_the_epoch_and_what_does_not_leaves_it",
        ),
    ),
    *_of(
        "referrals/models/breakglass.py",
        (
            "an emergency opens the other side's",
            "return BreakGlass.openable(actor).filter(pk=obj.case_id).exists()",
            "return True",
            f"{GLASS}test_never_across_the_wall {GLASS}test_never_a_sealed_referral",
        ),
        (
            "an emergency opens a sealed referral",
            "own = Q(team=actor.organisation_id, enrolled__isnull=False)",
            "own = Q(team=actor.organisation_id)",
            f"{GLASS}test_never_a_sealed_referral",
        ),
        (
            "an emergency opens a protected pupil",
            'cases = Case.objects.filter(pupil__protection="none")',
            "cases = Case.objects.all()",
            f"{GLASS}test_never_a_protected_pupil",
        ),
        (
            "one reviews one's own emergency",
            "and actor.user_id != obj.by.user_id",
            "",
            f"{GLASS}test_nobody_reviews_their_own",
        ),
    ),
    *_of(
        "referrals/models/pupil.py",
        (
            "a guardian of a protected pupil is asked",
            "        if not self.pupil.protected:\n            return True\n        decision",
            "        if self.pk:\n            return True\n        decision",
            GUARDIAN,
        ),
    ),
    *_of(
        "referrals/invitations.py",
        (
            "a protected pupil's guardian gets mail",
            "return there and not line.consent.pupil.protected",
            "return there",
            GUARDIAN,
        ),
    ),
    *_of(
        "referrals/views/signing.py",
        (
            "a link names school and district of a protected pupil",
            "if organisation is None or shown:",
            "if True:",
            GUARDIAN,
        ),
    ),
    *_of(
        "referrals/receivers.py",
        (
            "a right outlives its case",
            "        then(right.end, because=event)\n",
            "        right.pk\n",
            f"{PROTECTION}test_the_right_ends_with_its_case_and_acts_at_once",
        ),
        (
            "links outlive the protection",
            '        links.take_back(obj.consents.values("uuid"))\n',
            "        obj.pk\n",
            f"{PROTECTION}test_a_pupil_who_becomes_protected_is_closed_to_all_but_one_at_once",
        ),
    ),
    *_of(
        "referrals/views/writing.py",
        (
            "a search tells of a protected pupil",
            'rows.filter(sight.unprotected(request.actor, "")).first()',
            "rows.first()",
            f"{PROTECTION}test_looking_for_the_number_tells_a_stranger_nothing",
        ),
    ),
    *_of(
        "workflows/worklist.py",
        (
            "the worklist tells of a protected pupil",
            'return told | HIDDEN if row["protected"] else told',
            "return told",
            f"{PROTECTION}test_in_its_holders_worklist_a_number_and_a_day",
        ),
    ),
    *_of(
        "workflows/views.py",
        (
            "a protected case stays open all day",
            'request.session.pop("opened", None)',
            'request.session.get("opened", None)',
            OPENING,
        ),
    ),
    *_of(
        "workflows/notices.py",
        (
            "mail goes to whoever has lost the role",
            "if not notice.to.in_force or not user.email:",
            "if not user.email:",
            "test_withdrawal.py::test_whoever_lost_the_role_gets_no_mail_that_waited",
        ),
    ),
    *_of(
        "documents/making.py",
        (
            "a document is made on yesterday's right",
            "obj = get_object_or_404(kind.rows(actor), uuid=document.object_uuid)",
            "obj = get_object_or_404(kind.model.objects.all(), uuid=document.object_uuid)",
            "test_withdrawal.py::test_what_waited_in_a_queue_is_not_made_afterwards",
        ),
    ),
    *_of(
        "accounts/links.py",
        (
            "a code can be guessed for ever",
            "tries__lt=TRIES",
            "tries__lt=10**6",
            f"{PAGES}test_five_wrong_codes_end_the_link",
        ),
    ),
    *_of(
        "config/views.py",
        (
            "a 404 tells where one was",
            "return HttpResponse(_nothing_here(), status=404)",
            "return HttpResponse(_nothing_here() + request.path.encode(), status=404)",
            f"{PAGES}test_across_the_wall_the_same_bytes_as_for_what_does_not_exist",
        ),
    ),
]
# A few that every run of the suite takes, one of each kind of guard.
QUICK = ("a marked pupil is for everybody", "a cut tail is whole")


def killed(mutant: Mutant) -> bool:
    """Whether the tests named for it turn red in a copy that has the patch."""
    with tempfile.TemporaryDirectory(prefix="bryggan-mutant-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(TOP, copy, ignore=LEFT_BEHIND)
        patched(mutant, copy)
        run = Path(folder) / "run"
        run.mkdir()
        if mutant.file not in MAKES_THE_DATABASE:
            (run / "migrated").symlink_to(made.migrated())
        asked = [f"tests/{one}" for one in mutant.tests.split()]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", *asked],
            cwd=copy,
            env=os.environ | {"PYTHONPATH": str(copy), "BRYGGAN_VAR": folder, made.RUN: str(run)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        # 1: a test failed. Anything else (nothing found, a tree that does not load) proves nothing.
        return done.returncode == 1 and "FAILED tests/" in done.stdout


def patched(mutant: Mutant, tree: Path) -> None:
    file = tree / mutant.file
    text = file.read_text()
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: {mutant.file} holds it {text.count(mutant.old)} times.")
    file.write_text(text.replace(mutant.old, mutant.new))


def main(arguments: list[str]) -> int:
    word = arguments[0] if arguments else ""
    chosen = [mutant for mutant in MUTANTS if word in mutant.name or word in mutant.file]
    alive = []
    run = made.begin_run()
    with ThreadPoolExecutor(2) as pool:
        for mutant, dead in zip(chosen, pool.map(killed, chosen), strict=True):
            print(f"{'killed' if dead else 'ALIVE '}  {mutant.name} ({mutant.file})", flush=True)
            alive += [] if dead else [mutant.name]
    if run is not None:
        made.end_run(run)
    print(f"{len(chosen) - len(alive)} of {len(chosen)} mutants killed.")
    return 1 if alive else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
