"""What is stored stays stored: what the chassis asks of MongoDB, read on the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.chassis.store.files import Files
from infra.chassis.store.mongo import Database
from tests.infra.chassis.instruments import Wire
from tests.infra.chassis.stage import ME, Stage
from tests.infra.chassis.test_command_rules import key
from tests.infra.chassis.test_consuming_rules import has_seen
from tests.infra.chassis.test_outbox_rules import emptied
from tests.infra.chassis.toy import Fill, MakeJar, Paint, Pour, WritePage

WRITES = frozenset({"insert", "update", "delete", "findAndModify"})
READS = frozenset({"find", "aggregate", "distinct"})
LASTING = {"w": "majority", "j": True}

Command = Mapping[str, Any]


async def a_day(stage: Stage) -> list[tuple[str, Command]]:
    """Of everything that the chassis does a little; what it sent to its databases for that."""
    stage.mongodb += "&w=1&journal=false"
    with Wire() as wire:
        maker, cellar = await stage.maker(), await stage.cellar()
        for jar in "ab":
            await maker.create(lambda _, jar=jar: MakeJar(jar, 5), ME, key(jar))  # type: ignore[misc]
        await maker.do(Fill("a"), ME, key())
        await maker.do(Pour("a", "b"), ME)
        await maker.do(WritePage("p", "a"), ME)
        await maker.do(Paint("l", "red"), ME)
        await a_file(maker.db)
        await stage.produce(stage.filled("broken", 1, 666))
        await stage.until(lambda: has_seen(cellar, "b", 1))
        await stage.until(lambda: emptied(maker, "jars", "a"))
        await stage.until(lambda: emptied(maker, "lamps", "l"))
    ours = {maker.db.name, cellar.db.name, "admin"}
    return [(name, command) for name, database, command in wire.sent if database in ours]


async def a_file(db: Database) -> None:
    files, now = Files(db, "papers"), datetime.now(UTC)
    await files.store("a", now, [b"x"])
    assert [part async for part in files.read("a")] == [b"x"]

    async def is_named(_: str) -> bool:
        return False

    assert await files.sweep(now + timedelta(hours=1), is_named) == 1


def is_a_trim(command: Command) -> bool:
    return all(set(each["u"]) == {"$pull"} for each in command.get("updates", [{"u": {}}]))


def in_transaction(command: Command) -> bool:
    return "autocommit" in command


async def test_a_write_is_done_when_a_majority_has_it_in_its_journal(stage: Stage) -> None:
    """Trims apart: what a failover would bring back is published once more, and its readers know it."""
    writes = [each for name, each in await a_day(stage) if name in WRITES and not in_transaction(each)]
    others = [each for each in writes if not is_a_trim(each)]
    assert len(others) < len(writes)
    assert [each for each in others if each.get("writeConcern") != LASTING] == []


async def test_a_transaction_is_done_when_a_majority_has_it_in_its_journal(stage: Stage) -> None:
    commits = [each for name, each in await a_day(stage) if name == "commitTransaction"]
    assert commits
    assert [each for each in commits if each.get("writeConcern") != LASTING] == []


async def test_a_read_gives_only_what_no_failover_takes_back(stage: Stage) -> None:
    reads = [each for name, each in await a_day(stage) if name in READS and not in_transaction(each)]
    assert reads
    assert [each for each in reads if each.get("readConcern", {}).get("level") != "majority"] == []
