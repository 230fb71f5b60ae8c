"""Never do it twice: an event's effects and its id are one, whatever is read again."""

import asyncio
import io
import json
import logging
from dataclasses import replace
from datetime import timedelta

from contracts.envelope import Envelope
from infra.chassis.clock import SystemClock
from infra.chassis.events.inbox import INBOX
from infra.chassis.events.rounds import Conflict, Round
from infra.chassis.ops.logs import JsonFormatter
from infra.chassis.runtime import Runtime
from tests.infra.chassis.instruments import PowerCut
from tests.infra.chassis.stage import ME, Stage
from tests.infra.chassis.toy import (
    JarFilled,
    MakeJar,
    Shelf,
    Shelves,
    on_jar_filled_tell,
)

JARS = tuple(f"j{n}" for n in range(8))
"""Enough keys for every partition to have one."""


async def shelf(runtime: Runtime, id: str) -> Shelf | None:
    kept = await runtime.read(Shelves, id)
    return None if kept is None else kept.value


async def has_seen(runtime: Runtime, id: str, *seen: int) -> bool:
    found = await shelf(runtime, id)
    return found is not None and found.seen == seen


async def test_what_is_delivered_again_is_not_applied_again(stage: Stage) -> None:
    first = await stage.cellar()
    await stage.produce(*(stage.filled("a", n) for n in (1, 2, 2, 3)), stage.filled("b", 1))
    await stage.until(lambda: has_seen(first, "a", 1, 2, 3))
    await stage.all_read(first)
    await stage.stop(first)
    again = await stage.cellar(group=f"rewound.{stage.tag}")
    await stage.produce(stage.filled("a", 4), stage.filled("a", 1))
    await stage.all_read(again)
    assert await has_seen(again, "a", 1, 2, 3, 4)
    assert await has_seen(again, "b", 1)


async def test_what_was_had_31_days_ago_is_not_applied_again(stage: Stage) -> None:
    first = await stage.cellar()
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(first, "a", 1))
    await stage.stop(first)
    again = await stage.cellar(group=f"expired.{stage.tag}", handlers={})
    past = SystemClock().now() - timedelta(days=31)
    await again.db[INBOX].update_many({}, {"$set": {"at": past}})
    kept = (await again.db[INBOX].index_information())["expiry"]["expireAfterSeconds"]
    await again.db[INBOX].delete_many({"at": {"$lt": SystemClock().now() - timedelta(seconds=kept)}})
    await stage.kill(again)
    later = await stage.cellar(group=f"lost.{stage.tag}")
    await stage.all_read(later)
    assert await has_seen(later, "a", 1)


async def test_ids_are_stored_with_the_effects_or_not_at_all(stage: Stage) -> None:
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=PowerCut())
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "for a batch that failed once")  # type: ignore[misc]
    had = [id for each in await cellar.db[INBOX].find().to_list(None) for id in each["ids"]]
    assert sorted(had) == [f"/astreinte/toy/jars#{jar}:1" for jar in sorted(JARS)]


async def test_a_batch_that_could_not_be_stored_is_read_again(stage: Stage) -> None:
    cut = PowerCut(2)
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=cut)
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "for a batch that failed twice")  # type: ignore[misc]
    assert cut.left == 0


async def test_events_from_before_a_groups_first_start_are_read(stage: Stage) -> None:
    await stage.produce(stage.filled("a", 1))
    cellar = await stage.cellar()
    await stage.ends_with(lambda: has_seen(cellar, "a", 1))


async def test_an_aggregate_in_contention_does_not_hold_up_the_others(stage: Stage) -> None:
    calm = asyncio.Event()

    class Contended(stage.parts.batches):  # type: ignore[name-defined,misc]
        """Somebody changes one aggregate all the time, so that nothing about it can be stored."""

        key_tries = 6

        async def _store_round(self, outcome: Round) -> None:
            if not calm.is_set() and any(entry.id == "hot" for entry in outcome.entries):
                raise Conflict
            await super()._store_round(outcome)

    await stage.produce(stage.filled("hot", 1), *(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(batches=Contended)
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "beside a contended aggregate")  # type: ignore[misc]
    assert await shelf(cellar, "hot") is None
    calm.set()
    await stage.ends_with(lambda: has_seen(cellar, "hot", 1))


async def test_an_event_carries_what_led_to_it_through_every_hop(stage: Stage) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    maker = await stage.maker()
    await stage.cellar(handlers={JarFilled: on_jar_filled_tell})
    await maker.do(MakeJar("a"), replace(ME, correlation_id="c-42", traceparent=trace))

    async def grown() -> list[Envelope]:
        return await stage.told(stage.shelves)

    await stage.until(grown)
    [envelope] = await grown()
    assert envelope.correlation_id == "c-42"
    assert envelope.traceparent == trace
    assert envelope.causation_id == "/astreinte/toy/jars#a:1"


async def test_a_log_line_about_an_event_says_which_request_led_to_it(stage: Stage) -> None:
    lines = io.StringIO()
    maker, cellar = await stage.maker(), await stage.cellar()
    shown = logging.StreamHandler(lines)
    shown.setFormatter(JsonFormatter("cellar"))
    cellar.log.addHandler(shown)
    await maker.do(MakeJar("a", 666), replace(ME, correlation_id="c-42"))

    async def is_put_aside() -> bool:
        return "is put aside" in lines.getvalue()

    await stage.until(is_put_aside, "for a handler that breaks")
    cellar.log.removeHandler(shown)
    line = json.loads(lines.getvalue().splitlines()[0])
    assert (line["level"], line.get("correlation_id")) == ("warning", "c-42")
    assert "a shelf that breaks" in line["message"]
