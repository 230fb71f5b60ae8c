"""An inbox that was begun by the first versions, which kept a document for each event."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from infra.chassis.clock import SystemClock
from infra.chassis.events.inbox import INBOX
from tests.infra.chassis.stage import Stage
from tests.infra.chassis.test_consuming_rules import JARS, has_seen
from tests.infra.chassis.toy import JarFilled, Shelve, on_jar_filled


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


async def test_what_means_nothing_is_not_remembered_whatever_it_comes_with(stage: Stage) -> None:
    """Remembered or not as its neighbours have it, it would stand behind its followers when read again."""

    def every_other(event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
        return () if envelope.sequence % 2 else on_jar_filled(event, envelope)

    cellar = await stage.cellar(handlers={JarFilled: every_other})
    await stage.produce(*(stage.filled("a", n) for n in (1, 2, 3, 4)))
    await stage.until(lambda: has_seen(cellar, "a", 2, 4))
    await stage.all_read(cellar)
    remembered = [id for kept in await cellar.db[INBOX].find().to_list(None) for id in kept["ids"]]
    assert sorted(remembered) == [f"/astreinte/toy/jars#a:{n}" for n in (2, 4)]
