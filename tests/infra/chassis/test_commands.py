"""Commands beside each other in one round."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.jobs import MAX_TRIES, NO_SNAPSHOT, Job
from infra.chassis.store.loading import load
from infra.chassis.store.unit import Entry, Memory, Row, Unit
from tests.infra.chassis.instruments import meddled_with
from tests.infra.chassis.stage import ME, Stage, refusal_of
from tests.infra.chassis.toy import Fill, Jar, Jars, Lamp, Lamps, MakeJar, Page, Pages, Paint, Pour, Relabel

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class PaintAsFull:
    """Paint a lamp by what the jars with a label hold."""

    id: str
    label: str

    def loads(self) -> Loads:
        return (Ref(Lamps, self.id), Where(Jars, "label", self.label))

    def decide(self, unit: Unit) -> None:
        amount = sum(jar.amount for jar in unit.where(Jars, "label", self.label))
        unit.put(Lamps, Lamp(self.id, f"{amount} jars"))


async def test_a_unique_index_refuses_only_the_command_that_it_is_about(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a", label="jam"), ME)
    await maker.do(MakeJar("b"), ME)
    outcomes = await asyncio.gather(
        maker.do(Relabel("b", "jam"), ME), maker.do(Fill("b"), ME), return_exceptions=True
    )
    assert [type(outcome).__name__ for outcome in outcomes] == ["UniqueViolation", "Done"]
    kept = await maker.read(Jars, "b")
    assert kept is not None
    assert (kept.value.amount, kept.value.label) == (1, None)


async def test_a_command_tried_again_reads_anew_what_it_rests_on_too(stage: Stage) -> None:
    """Not only what it writes: nobody looks at the version of what it has only read."""
    maker = await stage.maker()
    await maker.do(MakeJar("a", label="jam"), ME)
    await maker.do(Paint("l", "red"), ME)

    async def meddle() -> None:
        await maker.do(Fill("a", 7), ME)
        await maker.do(Paint("l", "blue"), ME)

    slow = await stage.maker(commands=meddled_with(stage.parts.commands, meddle))
    await slow.do(PaintAsFull("l", "jam"), ME)
    kept = await maker.read(Lamps, "l")
    assert kept is not None
    assert kept.value.colour == "7 jars"


async def test_what_a_query_finds_changed_since_it_was_read_is_seen_as_it_is_now(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a"), ME)
    memory = Memory()
    await load(maker.db, memory, [Ref(Jars, "a")])
    await maker.do(Relabel("a", "jam"), ME)
    await load(maker.db, memory, [Where(Jars, "label", "jam")])
    unit = Unit(memory, now=maker.clock.now(), cause=ME)
    assert [jar.label for jar in unit.where(Jars, "label", "jam")] == ["jam"]


@pytest.mark.parametrize("by", ["this run", "another run of the round"])
def test_a_row_is_read_though_it_is_not_stored_yet(by: str) -> None:
    page, memory = Page("p", owner="a", text="jam"), Memory()
    unit = Unit(memory, now=NOW, cause=ME)
    if by == "this run":
        unit.add(Pages, page)
    else:
        memory.entries["jars", "a"] = Entry(Jars, "a", Jar("a"), rows=(Row(Pages, page),))
    assert unit.get(Pages, "p") == page


async def test_an_instant_of_which_the_database_has_no_snapshot_yet_is_waited_for(stage: Stage) -> None:
    """As where a collection or its indexes are being made, which a snapshot from before cannot show."""
    missing = 3

    class NotYet(stage.parts.commands):  # type: ignore[name-defined,misc]
        async def _decide_alone(self, job: Job) -> Any:
            nonlocal missing
            if job.at_one_instant and missing:
                missing -= 1
                raise OperationFailure("Unable to read from a snapshot", NO_SNAPSHOT)
            return await super()._decide_alone(job)

    maker = await stage.maker(commands=NotYet)
    await maker.do(MakeJar("a"), ME)
    await maker.do(MakeJar("b"), ME)
    assert await refusal_of(maker.do(Pour("a", "b", 5), ME)) == "jar-empty"
    missing = MAX_TRIES
    assert await refusal_of(maker.do(Pour("a", "b", 5), ME)) == "not-ready"
