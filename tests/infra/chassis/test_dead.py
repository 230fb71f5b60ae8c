"""Dead letters that named no aggregate, and states: what replaying and dropping them does."""

from dataclasses import replace
from typing import ClassVar

from contracts.catalogue import Catalogue
from infra.chassis.clock import SystemClock
from infra.chassis.events import dead
from infra.chassis.events.inbox import INBOX
from infra.chassis.events.parked import PARKED
from infra.chassis.runtime import Runtime
from tests.infra.chassis.stage import Stage, refusal_of
from tests.infra.chassis.test_consuming_rules import has_seen, shelf
from tests.infra.chassis.toy import JarFilled, LampCopies, on_jar_filled


class JarFilledBetter(JarFilled):
    """What a later version of the cellar knows."""

    MAJOR: ClassVar[int] = 2


def later(known: Catalogue) -> Catalogue:
    """The same streams to a reader of the next major."""
    topics = (
        replace(topic, events=(JarFilledBetter,)) if JarFilled in topic.events else topic
        for topic in known.topics
    )
    return Catalogue(topics, {("jar-filled", 1): lambda body: body})


async def the_letter(cellar: Runtime) -> str:
    found = await cellar.db[PARKED].find_one({"state": "dead"})
    assert found is not None
    return str(found["_id"])


async def has_a_letter(cellar: Runtime) -> bool:
    return await cellar.db[PARKED].find_one({"state": "dead"}) is not None


async def test_a_record_of_an_unknown_major_is_applied_by_the_version_that_knows_it(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.filled("a", 1, ce_dataschema=b"/schemas/toy/jar-filled/2"))
    await stage.until(lambda: has_a_letter(cellar))
    id = await the_letter(cellar)
    now = SystemClock().now()
    assert await refusal_of(dead.replay(cellar.db, id, now, stage.catalogue)) == "still-unreadable"
    await stage.all_read(cellar)
    await stage.stop(cellar)
    known, stage.catalogue = stage.catalogue, later(stage.catalogue)
    newer = await stage.cellar(handlers={JarFilledBetter: on_jar_filled})
    stage.catalogue = known
    await dead.replay(newer.db, id, now, later(known))
    await stage.until(lambda: has_seen(newer, "a", 1), "for the replayed record")
    assert [each["ids"] for each in await newer.db[INBOX].find().to_list(None)] == [
        ["/astreinte/toy/jars#a:1"]
    ]


async def test_a_replayed_record_that_came_again_by_another_way_is_not_applied_twice(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.filled("a", 1, ce_time=b"yesterday"), stage.filled("a", 1))
    await stage.until(lambda: has_seen(cellar, "a", 1))
    await stage.until(lambda: has_a_letter(cellar))
    headers = dict(stage.filled("a", 1).headers)
    healed = [[name, value] for name, value in headers.items()]
    await cellar.db[PARKED].update_one({"state": "dead"}, {"$set": {"record.headers": healed}})
    await dead.replay(cellar.db, await the_letter(cellar), SystemClock().now(), stage.catalogue)

    async def gone() -> bool:
        return await cellar.db[PARKED].count_documents({}) == 0

    await stage.until(gone)
    found = await shelf(cellar, "a")
    assert found is not None
    assert found.fills == 1


async def test_a_replayed_state_is_applied(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(replace(stage.lamp("l", 1, "red"), value=b"not json"))
    await stage.until(lambda: has_a_letter(cellar))
    id = await the_letter(cellar)
    await cellar.db[PARKED].update_one({"_id": id}, {"$set": {"record.value": b'{"colour":"red"}'}})
    await dead.replay(cellar.db, id, SystemClock().now(), stage.catalogue)

    async def there() -> bool:
        return await cellar.read(LampCopies, "l") is not None

    await stage.until(there)


async def test_a_replayed_state_that_is_still_broken_is_dead_again_and_blocks_nobody(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(replace(stage.lamp("a", 1, "red"), value=b"not json"))
    await stage.until(lambda: has_a_letter(cellar))
    id = await the_letter(cellar)
    await dead.replay(cellar.db, id, SystemClock().now(), stage.catalogue)
    await stage.until(lambda: has_a_letter(cellar))
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(cellar, "a", 1))


async def test_a_letter_is_not_dropped_without_a_reason(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.filled("a", 1, ce_time=b"yesterday"))
    await stage.until(lambda: has_a_letter(cellar))
    id, now = await the_letter(cellar), SystemClock().now()
    refusal = dead.drop(cellar.client, cellar.db, id, reason=" ", by="olga", now=now)
    assert await refusal_of(refusal) == "reason-required"
    await dead.drop(cellar.client, cellar.db, id, reason="nonsense", by="olga", now=now)
    assert await refusal_of(dead.replay(cellar.db, id, now, stage.catalogue)) == "not-found"
