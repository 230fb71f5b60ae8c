"""An inbox that was begun by the first versions, which kept a document for each event."""

from infra.chassis.clock import SystemClock
from infra.chassis.events.inbox import INBOX
from tests.infra.chassis.stage import Stage
from tests.infra.chassis.test_consuming_rules import JARS, has_seen


async def test_what_the_first_versions_had_is_not_applied_again(stage: Stage) -> None:
    first = await stage.cellar(handlers={})
    had = [f"/astreinte/toy/jars#{jar}:1" for jar in JARS]
    await first.db[INBOX].insert_many([{"_id": id, "at": SystemClock().now()} for id in had])
    await stage.stop(first)
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS), stage.filled("z", 1))
    later = await stage.cellar(group=f"upgraded.{stage.tag}")
    await stage.until(lambda: has_seen(later, "z", 1))
    await stage.all_read(later)
    assert [await has_seen(later, jar, 1) for jar in JARS] == [False] * len(JARS)
