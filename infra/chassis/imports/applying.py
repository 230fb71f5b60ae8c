"""Imports of a service: looked at when they come, applied in the background, each line once."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.crew import Crew, Lost
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.roles import Role
from infra.chassis.imports.checking import checked, expected_of, headings_of, lines_of
from infra.chassis.imports.kept import (
    LINE_INDEXES,
    Import,
    Imports,
    KeepImport,
    Line,
    Outcome,
    State,
    all_lines,
    changed_meanwhile,
    lines_to_apply,
    note_outcomes,
    store_lines,
)
from infra.chassis.imports.kind import ID, Fault, ImportKind
from infra.chassis.imports.sheet import MAX_BYTES, MAX_LINES, Slug, Table, Unfit
from infra.chassis.imports.starting import BeginApplying, EndApplying
from infra.chassis.runtime import Kept, Runtime, Service, new_id
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.jobs import Unavailable
from infra.chassis.store.lease import LEASES, Lease
from infra.chassis.store.unit import Cause
from infra.chassis.store.writing import UniqueViolation

AT_ONCE = 50
LOOK_SECONDS = 2.0
AGAIN_SECONDS = 1.0
LASTS = timedelta(seconds=30)
READ_WITHIN_SECONDS = 60.0

_UNFIT: dict[Slug, Text] = {
    "unreadable-file": Text(
        "This is neither a workbook (xlsx) nor a table in text (csv).",
        "Ce n'est ni un classeur (xlsx) ni un tableau en texte (csv).",
    ),
    "unsafe-file": Text(
        "This workbook unpacks to more than any table has, or declares entities: it was not read.",
        "Ce classeur se décompresse en trop de données, ou déclare des entités : il n'a pas été lu.",
    ),
    "too-many-lines": Text(
        f"A file has {MAX_LINES} lines and {MAX_BYTES // 2**20} MiB at most: split it.",
        f"Un fichier a {MAX_LINES} lignes et {MAX_BYTES // 2**20} Mio au plus : divisez-le.",
    ),
    "empty-file": Text("There is no line of headings in it.", "Il n'y a pas de ligne d'en-têtes."),
}


class Importing:
    """What a service takes in by the table."""

    def __init__(self, service: str, *kinds: ImportKind) -> None:
        self.service = service
        self.kinds = {kind.name: kind for kind in kinds}
        self._crew = Crew(logging.getLogger(f"astreinte.{service}.imports"), hands=1)
        self._one = asyncio.Lock()
        self._there_is_work = asyncio.Event()

    def part_of(self, service: Service) -> Service:
        """The service with what an import needs: where it is kept, and who applies it."""
        return replace(
            service,
            collections=(*service.collections, Imports),
            indexes={**service.indexes, **LINE_INDEXES},
            tasks=(*service.tasks, self.run),
        )

    # -- the dry run -----------------------------------------------------------------------

    async def look_at(
        self, run: Runtime, kind: ImportKind, content: bytes, name: str, who: Principal, cause: Cause
    ) -> Import:
        """Read a file and keep what each of its lines would do; a ``Problem`` where it cannot be read."""
        # One at a time: a large file and what it says take memory.
        async with self._one:
            table = await self._table(kind, content)
            headings = headings_of(kind, table)
            if headings.twice:
                raise _headings_twice(headings.twice)
            if ID in headings.absent:
                raise _no_id(kind, table)
            sha256 = hashlib.sha256(content).hexdigest()
            lines = await lines_of(headings, table.rows)
            found = await checked(run, kind, lines, sha256, who, cause)
            now = run.clock.now()
            value = Import(
                id=new_id(),
                kind=kind.name,
                file=name[:200],
                sha256=sha256,
                author=who.actor,
                role=who.role,
                subject=who.subject,
                scopes=tuple(sorted(who.scopes)),
                at=now,
                token=found.token,
                counts=found.counts,
                unknown=headings.unknown,
                absent=tuple(each.path for each in headings.absent),
            )
            await store_lines(run.db, value.id, found.lines, run.system_clock.now())
            await run.do(KeepImport(value), cause)
            return value

    async def _table(self, kind: ImportKind, content: bytes) -> Table:
        try:
            async with asyncio.timeout(READ_WITHIN_SECONDS):
                return await self._crew.do(kind.table, content)
        except Unfit as unfit:
            raise _problem_of(unfit.slug) from None
        except (Lost, TimeoutError):
            raise _problem_of("unsafe-file") from None

    async def begin(
        self, run: Runtime, kind: ImportKind, value: Import, token: str, who: Principal, cause: Cause
    ) -> Import:
        """Apply what was shown under ``token``; refused, and looked at anew, where something has changed."""
        if value.state is not State.CHECKED:
            if token == value.token:
                return value
            raise changed_meanwhile(value.token)
        if token != value.token:
            raise changed_meanwhile(value.token)
        by = _by(value)
        async with self._one:
            lines = await all_lines(run.db, value.id)
            if len(lines) < sum(value.counts.values()):
                raise Refusal(
                    "import-expired",
                    Text(
                        "Its lines are not kept any more: send the file again.",
                        "Ses lignes ne sont plus conservées : renvoyez le fichier.",
                    ),
                )
            again = await checked(run, kind, [_blank(line) for line in lines], value.sha256, by, cause)
            if again.token != token:
                renewed = replace(value, token=again.token, counts=again.counts)
                await run.do(KeepImport(renewed, instead_of=token), cause)
                await store_lines(run.db, value.id, again.lines, run.system_clock.now())
                raise changed_meanwhile(again.token)
        done = await run.do(BeginApplying(value.id, token, who.actor), cause)
        self._there_is_work.set()
        return done.result

    # -- applying --------------------------------------------------------------------------

    async def run(self, run: Runtime) -> None:
        """Apply what is begun, here or by a process that did not come to its end."""
        holder = new_id()
        try:
            while True:
                for kept in await run.find(Imports, {"state": str(State.APPLYING)}):
                    lease = Lease(run.collection(LEASES), f"import {kept.value.id}", holder, LASTS)
                    if await lease.is_mine(run.system_clock.now()):
                        await self._apply(run, kept, lease)
                await self._rest()
        finally:
            self._crew.dismiss()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._there_is_work.wait(), LOOK_SECONDS)
        except TimeoutError:
            return
        self._there_is_work.clear()

    async def _apply(self, run: Runtime, kept: Kept[Import], lease: Lease) -> None:
        value = kept.value
        kind = self.kinds[value.kind]
        cause = Cause(actor=value.author, correlation_id=value.id)
        while lines := await lines_to_apply(run.db, value.id, AT_ONCE):
            if not await lease.is_mine(run.system_clock.now()):
                return
            outcomes = await asyncio.gather(*(self._line(run, kind, value, line, cause) for line in lines))
            decided = [each for each in outcomes if each is not None]
            await note_outcomes(run.db, value.id, decided)
            if len(decided) < len(lines):
                await asyncio.sleep(AGAIN_SECONDS)
        await run.do(EndApplying(value.id), cause)
        await lease.give_up()

    async def _line(
        self, run: Runtime, kind: ImportKind, value: Import, line: Line, cause: Cause
    ) -> tuple[int, Outcome, tuple[Fault, ...]] | None:
        """What became of a line; None where it has to be tried again.

        Its key makes a line that was stored, and not noted before the process ended, answer as it did.
        """
        body = kind.body.model_validate(dict(line.body))
        case = kind.case(str(line.ref), body, expected_of(line.version), _by(value))
        key = KeyedBy(f"import:{value.id}", str(line.n), value.token)
        try:
            await run.do(case, cause, key)
        except Unavailable:
            return None
        except Refusal as refused:
            if refused.slug in ("not-ready", "contended"):
                return None
            return (line.n, Outcome.REFUSED, (Fault(None, refused.detail),))
        except UniqueViolation:
            return (line.n, Outcome.REFUSED, (Fault(None, _TAKEN),))
        return (line.n, Outcome.APPLIED, ())


_TAKEN = Text(
    "Something else has what must be its own alone, such as a number.",
    "Un autre élément porte déjà ce qui doit être unique, par exemple un numéro.",
)


def _blank(line: Line) -> Line:
    return Line(line.n, line.ref, line.values, line.unread)


def _by(value: Import) -> Principal:
    """Who had the file looked at: what he may do decides, and not who presses the button."""
    return Principal(value.subject, cast(Role, value.role), scopes=frozenset(value.scopes))


def _problem_of(slug: Slug) -> Problem:
    return Problem(slug, _UNFIT[slug])


def _no_id(kind: ImportKind, table: Table) -> Problem:
    known = ", ".join(each.title.en for each in kind.every)
    connus = ", ".join(each.title.fr for each in kind.every)
    return Problem(
        "no-id-column",
        Text(
            f"No column is called Id; the headings are {_said(table.headings)}. Possible: {known}.",
            f"Aucune colonne ne s'appelle Identifiant ; les en-têtes sont {_said(table.headings)}. "
            f"Possibles : {connus}.",
        ),
    )


def _headings_twice(twice: Sequence[str]) -> Problem:
    return Problem(
        "heading-twice",
        Text(
            f"Two columns say the same thing: {_said(twice)}. Leave one of them out.",
            f"Deux colonnes disent la même chose : {_said(twice)}. Retirez-en une.",
        ),
        headings=list(twice),
    )


def _said(headings: Sequence[str]) -> str:
    return ", ".join(f"'{each}'" for each in headings[:20] if each) or "–"
