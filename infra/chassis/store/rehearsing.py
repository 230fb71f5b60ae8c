"""What commands would do, without doing it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.loading import load
from infra.chassis.store.runner import Store
from infra.chassis.store.unit import Cause, Memory, NotLoaded, Unit, Unreadable, UseCase


@dataclass(frozen=True)
class Rehearsed:
    """``changes`` says whether anything would be stored; ``refused`` is why it would not."""

    changes: bool = False
    refused: Refusal | None = None


async def rehearse(store: Store, cases: Sequence[UseCase[Any]], cause: Cause) -> list[Rehearsed]:
    """Decide each on what is stored now, as if it were the only one. Nothing is written.

    They share their queries, so that thousands cost about as many as there are kinds of things to read.
    """
    memory = Memory()
    results: dict[int, Rehearsed] = {}
    wants = [want for case in cases for want in case.loads()]
    while len(results) < len(cases):
        await load(store.db, memory, wants)
        wants = []
        for n, case in enumerate(cases):
            if n in results:
                continue
            try:
                results[n] = _decided(case, Unit(memory, now=store.clock.now(), cause=cause))
            except NotLoaded as missing:
                wants.append(missing.want)
    return [results[n] for n in range(len(cases))]


def _decided(case: UseCase[Any], unit: Unit) -> Rehearsed:
    try:
        case.decide(unit)
    except Refusal as refused:
        return Rehearsed(refused=refused)
    except Unreadable as unreadable:
        return Rehearsed(
            refused=Refusal(
                "conflict",
                Text(
                    f"What is stored of it cannot be read: {unreadable}",
                    f"Ce qui en est enregistré est illisible : {unreadable}",
                ),
            )
        )
    return Rehearsed(changes=bool(unit.changes))
