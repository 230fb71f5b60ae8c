"""Commands beside each other in one round."""

import asyncio

from tests.infra.chassis.stage import ME, Stage
from tests.infra.chassis.toy import Fill, Jars, MakeJar, Relabel


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
