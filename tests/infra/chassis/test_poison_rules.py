"""Records that make no sense: the others go on, and each lies in the dead letters once, with its reason."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from contracts.envelope import Envelope
from infra.chassis.events.dead import topic_of
from infra.chassis.events.kafka import BATCH_RECORDS
from infra.chassis.events.parked import PARKED, Parked
from infra.chassis.events.parser import Incoming
from infra.chassis.events.reading import Reader
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Loads
from infra.chassis.store.mongo import Database, Session
from infra.chassis.store.unit import Emission
from tests.infra.chassis.instruments import polled_last
from tests.infra.chassis.stage import Sent, Stage
from tests.infra.chassis.test_consuming_rules import JARS, has_seen
from tests.infra.chassis.toy import PARTITIONS, JarFilled, LampCopies, Shelve, on_jar_filled_tell


def poison(stage: Stage) -> dict[str, Sent]:
    """A record for every way in which one can fail to name its aggregate, by the reason it must get."""
    return {
        "header-not-utf8": stage.filled("p1", 1, ce_type=b"\xff\xfe"),
        "unknown-type": stage.filled(
            "p2", 1, ce_type=b"jar-exploded", ce_dataschema=b"/schemas/toy/jar-exploded/1"
        ),
        "unknown-major": stage.filled("p3", 1, ce_dataschema=b"/schemas/toy/jar-filled/9"),
        "null-value": replace(stage.filled("p4", 1), value=None),
        "bad-id": stage.filled("p5", 1, ce_id=b"nonsense"),
        "missing-header": stage.filled("p6", 1, ce_subject=None),
        "missing-key": replace(stage.filled("p7", 1), key=None),
        "key-not-utf8": replace(stage.filled("p8", 1), key=b"\xff"),
        "bad-source": stage.filled("p9", 1, ce_source=b"somebody"),
        "bad-time": stage.filled("p10", 1, ce_time=b"yesterday"),
    }


async def letters(runtime: Runtime) -> list[dict[str, Any]]:
    return await runtime.db[PARKED].find({"state": "dead"}).to_list(None)


async def test_a_poisonous_record_holds_up_nothing(stage: Stage) -> None:
    cellar = await stage.cellar()
    bad = poison(stage)
    await stage.produce(stage.filled("a", 1), *bad.values(), stage.filled("a", 2), stage.filled("b", 1))
    await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2), "for the healthy events")
    await stage.until(lambda: has_seen(cellar, "b", 1))
    await stage.all_read(cellar)
    assert sorted(each["reason"]["slug"] for each in await letters(cellar)) == sorted(bad)


async def test_a_record_that_cannot_be_parsed_costs_no_other_record(stage: Stage) -> None:
    before, after = [stage.filled(jar, 1) for jar in JARS], [stage.filled(jar, 2) for jar in JARS]
    await stage.produce(*before, stage.lamp("l", 1, "red"))
    place = await stage.spoil(stage.filled("a", 1))
    await stage.spoil(stage.filled("a", 2))
    await stage.produce(*after)
    cellar = await stage.cellar(consumer=polled_last(stage.parts.consumer, place, beside=3))
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1, 2), "beside a spoilt record")  # type: ignore[misc]
    await stage.all_read(cellar)
    assert await cellar.read(LampCopies, "l") is not None
    assert [each["reason"]["slug"] for each in await letters(cellar)] == ["unparsable", "unparsable"]


async def test_beside_a_record_that_cannot_be_parsed_partitions_are_still_read_together(stage: Stage) -> None:
    batches: list[set[int]] = []

    class Noted(stage.parts.batches):  # type: ignore[name-defined,misc]
        async def run(self, batch: Sequence[Incoming]) -> None:
            batches.append({each.record.partition for each in batch})
            await super().run(batch)

    await stage.spoil(stage.filled("a", 1))
    cellar = await stage.cellar(batches=Noted)
    for n in range(1, 100):
        await stage.produce(*(stage.filled(jar, n) for jar in JARS))
        for jar in JARS:
            await stage.until(lambda jar=jar, n=n: has_seen(cellar, jar, *range(1, n + 1)))  # type: ignore[misc]
        if max(len(places) for places in batches) == PARTITIONS:
            break
    assert max(len(places) for places in batches) == PARTITIONS


async def test_nothing_is_lost_around_records_that_cannot_be_parsed_in_a_long_log(stage: Stage) -> None:
    lost_sight: list[Reader] = []

    class ReadsAhead(stage.parts.consumer):  # type: ignore[name-defined,misc]
        def read_ahead(self) -> None:
            super().read_ahead()
            reader = self._consumer
            if reader._careful_until is not None and reader._ahead is not None:
                lost_sight.append(reader)

    clean = 4 * BATCH_RECORDS // len(JARS)
    numbers = range(1, clean + 41)
    await stage.produce(*(stage.filled(jar, n) for n in numbers[:clean] for jar in JARS))
    for n in numbers[clean:]:
        await stage.produce(*(stage.filled(jar, n) for jar in JARS))
        await stage.spoil(stage.filled(JARS[n % len(JARS)], n))
    last = await stage.spoil(stage.filled("a", 1))
    cellar = await stage.cellar(consumer=polled_last(ReadsAhead, last, beside=2))
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, *numbers), "around spoilt records")  # type: ignore[misc]
    await stage.all_read(cellar)
    assert len(await letters(cellar)) == len(numbers[clean:]) + 1
    assert not lost_sight, "what a poll ahead loses is behind what is read beside it"


async def test_a_topic_is_read_to_its_end_past_what_cannot_be_parsed(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.lamp("l", 1, "red"))
    await stage.spoil(stage.lamp("l", 2, "green"))
    await stage.produce(stage.lamp("l", 3, "blue"))
    found: list[str | None] = []
    with suppress(UnicodeDecodeError):
        found = [record.unparsable async for record in cellar.consumer.scan(stage.lamps)]
    assert [why is None for why in found] == [True, False, True]


async def test_a_foreign_header_or_an_unhandled_type_is_no_poison(stage: Stage) -> None:
    cellar = await stage.cellar()
    washed = stage.filled("a", 2, ce_type=b"jar-washed", ce_dataschema=b"/schemas/toy/jar-washed/1")
    await stage.produce(stage.filled("a", 1, custom=b"\xff"), washed, stage.filled("a", 3))
    await stage.until(lambda: has_seen(cellar, "a", 1, 3))
    assert await letters(cellar) == []


async def test_dead_letters_are_copied_to_the_services_topic(stage: Stage) -> None:
    cellar = await stage.cellar()
    record = stage.filled("p", 1, ce_id=b"nonsense")
    await stage.produce(record)

    async def copied() -> list[Any]:
        return [r for r in await stage.log(topic_of("cellar")) if dict(r.headers)["dead-topic"] == here]

    here = stage.jars.encode()
    await stage.ends_with(copied, "for the dead letter's copy")
    [copy] = await copied()
    told = {name: value.decode() for name, value in copy.headers}
    assert (told["dead-service"], told["dead-reason"], copy.value) == ("cellar", "bad-id", record.value)
    [letter] = await letters(cellar)
    assert told["dead-id"] == letter["_id"]


async def test_a_letter_that_is_delivered_again_is_no_second_letter(stage: Stage) -> None:
    first = await stage.cellar()
    await stage.produce(*poison(stage).values(), stage.filled("a", 1))
    await stage.until(lambda: has_seen(first, "a", 1))
    await stage.all_read(first)
    await stage.stop(first)
    again = await stage.cellar(group=f"rewound.{stage.tag}")
    await stage.produce(stage.filled("a", 2))
    await stage.until(lambda: has_seen(again, "a", 1, 2))
    await stage.all_read(again)
    assert len(await letters(again)) == len(poison(stage))


async def test_the_copy_of_a_letter_as_large_as_a_record_may_be_is_cut(stage: Stage) -> None:
    cellar = await stage.cellar()
    record = replace(stage.filled("p", 1, ce_id=b"nonsense"), value=b"x" * 1_048_000)
    await stage.produce(record)
    here = stage.jars.encode()

    async def copied() -> list[Any]:
        return [r for r in await stage.log(topic_of("cellar")) if dict(r.headers)["dead-topic"] == here]

    await stage.ends_with(copied, "for the dead letter's copy")
    [copy] = await copied()
    assert dict(copy.headers)["dead-cut"] == b"body of 1048000 bytes"
    assert record.value is not None
    assert record.value.startswith(copy.value)
    [letter] = await letters(cellar)
    assert letter["record"]["value"] == record.value


async def test_a_letter_keeps_headers_that_no_document_could_name(stage: Stage) -> None:
    cellar = await stage.cellar()
    bad = stage.filled("p", 1, ce_id=b"nonsense")
    await stage.produce(replace(bad, headers=(*bad.headers, ("nu\0l", b"1"))))
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    for jar in JARS:
        await stage.until(lambda jar=jar: has_seen(cellar, jar, 1))  # type: ignore[misc]
    await stage.all_read(cellar)
    [letter] = await letters(cellar)
    assert ["nu\0l", b"1"] in letter["record"]["headers"]


async def test_a_letter_that_cannot_be_stored_is_kept_by_its_coordinates(stage: Stage) -> None:
    class Unstorable(stage.parts.batches):  # type: ignore[name-defined,misc]
        """For some letters a field is made that no document can have."""

        def _dead(self, incoming: Incoming, index: int, now: datetime) -> Parked:
            letter: Parked = super()._dead(incoming, index, now)
            bad = {"\0": 1} if incoming.record.value == b"bad" else {}
            return replace(letter, outbox=({**letter.outbox[0], **bad},))

    bad = replace(stage.filled("p", 1, ce_id=b"nonsense"), value=b"bad")
    also = stage.filled("p", 2, ce_id=b"nonsense")
    await stage.produce(bad, also, *(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(batches=Unstorable)
    for jar in JARS:
        await stage.until(lambda jar=jar: has_seen(cellar, jar, 1))  # type: ignore[misc]
    await stage.all_read(cellar)
    kept = {each["record"]["value"]: each["reason"]["slug"] for each in await letters(cellar)}
    assert kept == {None: "bad-id", also.value: "bad-id"}


async def test_the_copy_of_a_dead_state_has_no_body(stage: Stage) -> None:
    cellar = await stage.cellar()
    broken = replace(stage.lamp("l", 1, "red"), value=b'{"colour": ["Marie Curie"]}')
    await stage.produce(broken, stage.lamp("m", 1, "blue"))
    here = stage.lamps.encode()

    async def copied() -> list[Any]:
        return [r for r in await stage.log(topic_of("cellar")) if dict(r.headers)["dead-topic"] == here]

    await stage.until(copied, "for the dead letter's copy")
    assert [copy.value for copy in await copied()] == [b""]
    [letter] = await letters(cellar)
    assert letter["reason"]["slug"] == "invalid-body"
    assert await cellar.read(LampCopies, "m") is not None


async def test_a_value_that_cannot_be_stored_holds_up_its_own_key_only(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(
        stage.filled("a", 1),
        stage.filled("huge", 1, amount=2**70),
        stage.filled("huge", 2),
        stage.filled("b", 1),
    )
    for jar in "ab":
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "for the healthy events")  # type: ignore[misc]

    async def put_aside() -> bool:
        aside = await cellar.db[PARKED].find({}).sort("order", 1).to_list(None)
        return [each["reason"]["slug"] for each in aside] == ["cannot-be-stored", "behind"]

    await stage.ends_with(put_aside, "for the others")
    await stage.all_read(cellar)
    assert await put_aside()


async def overfull(db: Database, session: Session, emissions: Sequence[Emission], now: datetime) -> None:
    """What MongoDB says inside a bulk write to a change that would make a document larger than 16 MB."""
    if any(each.document["id"] == "full" for each in emissions):
        too_large = "Resulting document after update is larger than 16777216"
        raise BulkWriteError({"writeErrors": [{"index": 0, "code": 17419, "errmsg": too_large}]})


async def test_a_document_that_would_become_too_large_holds_up_its_own_key_only(stage: Stage) -> None:
    await stage.produce(stage.filled("full", 1), *(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=overfull)
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "beside a full document")  # type: ignore[misc]
    await stage.all_read(cellar)
    [aside] = await cellar.db[PARKED].find({}).to_list(None)
    assert (aside["key"], aside["reason"]["slug"]) == ("full", "cannot-be-stored")


class Lost(Shelve):
    """A use case that cannot say what it needs."""

    def loads(self) -> Loads:
        raise KeyError(self.id)


def on_jar_filled_or_lost(event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
    make = Lost if event.jar_id == "lost" else Shelve
    return [make(event.jar_id, event.amount, envelope.sequence)]


async def test_what_cannot_be_loaded_holds_up_its_own_key_only(stage: Stage) -> None:
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_or_lost})
    await stage.produce(stage.filled("torn", 1))
    await stage.until(lambda: has_seen(cellar, "torn", 1))
    await cellar.db["shelves"].update_one({"_id": "torn"}, {"$set": {"total": "torn"}})
    await stage.produce(stage.filled("torn", 2), stage.filled("lost", 1))
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "beside what cannot be loaded")  # type: ignore[misc]
    await stage.all_read(cellar)
    aside = await cellar.db[PARKED].find({}).to_list(None)
    assert {(each["key"], each["state"]) for each in aside} == {("torn", "parked"), ("lost", "parked")}
