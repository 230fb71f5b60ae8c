"""A diagnosis that statistics end early, over HTTP on the real servers, in French and English."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.services.ticket.running import Firm, created, done, post_ticket
from tests.services.ticket.test_api_articles import published as known
from tests.services.ticket.test_api_diagnoses import both, published, tree

Json = dict[str, Any]
YES: Json = {"answers": {"plugged": "yes"}}


def a_tree(firm: Firm) -> Json:
    """How many it concerns is asked after whether it is plugged in; how old it is decides on nothing."""
    plugged, users = tree(firm)["questions"]
    plugged["branches"] = [{"when": [{"is": ["no"]}], "next": "users"}, {"next": "age"}]
    age: Json = {"id": "age", "kind": "number", "text": both("how old"), "branches": [{}]}
    return {"questions": [plugged, users, age]}


@dataclass(frozen=True)
class Desk:
    firm: Firm
    id: str
    article: str

    async def repaired(self, times: int, answer: str = "yes", *, by: str | None = None) -> None:
        """So many tickets were answered and repaired, by the known repair if nothing else is said."""
        for _ in range(times):
            ticket = await self.firm.open(diagnosis={"id": self.id, "answers": {"plugged": answer}})
            async with self.firm.agent() as agent:
                end = {"work_done": "Rebranché", **({"cause": by} if by else {"article_id": self.article})}
                done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=end))

    async def walk(self, client: httpx.AsyncClient, language: str = "en", **body: Any) -> Json:
        where = f"/v1/diagnoses/{self.id}/walk"
        return done(await client.post(where, json={**YES, **body}, headers={"Accept-Language": language}))


@pytest.fixture
async def desk(firm: Firm) -> Desk:
    """29 tickets with these answers had the known repair, and one had not."""
    id, article = f"{firm.name}-short", f"{firm.name}-cable"
    await known(firm, "cable")
    desk = Desk(firm, await published(firm, id, **a_tree(firm)), article)
    await desk.repaired(1, by="Souris")
    await desk.repaired(29)
    return desk


SENTENCES = {
    "fr": "La même réparation connue a mis fin à 29 des 30 derniers tickets avec ces réponses",
    "en": "The same known repair ended 29 of the latest 30 tickets with these answers",
}


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_client_is_spared_what_changes_nothing_reads_why_and_may_go_on(
    desk: Desk, language: str
) -> None:
    async with desk.firm.portal() as client:
        short = await desk.walk(client, language)
        assert short["next"] is None
        assert (short["ended_early"]["article_id"], short["ended_early"]["cases"]) == (desk.article, 29)
        assert short["ended_early"]["sentence"].startswith(SENTENCES[language])
        long = await desk.walk(client, language, all_questions=True)
        assert (long["next"]["id"], long["ended_early"]) == ("age", None)
        decisive = await desk.walk(client, language, answers={"plugged": "no"})
        assert (decisive["next"]["id"], decisive["ended_early"]) == ("users", None)

        opened = created(
            await post_ticket(client, desk.firm.asked(diagnosis={"id": desk.id, **YES}), language)
        )
        assert (opened["diagnosis"]["done"], opened["diagnosis"]["ended_early"]["of"]) == (True, 30)
        where, spoken = f"/v1/tickets/{opened['id']}", {"Accept-Language": language}
        read = done(await client.get(where, headers=spoken))
        assert read["diagnosis"]["ended_early"]["sentence"].startswith(SENTENCES[language])
        walk = done(await client.get(f"{where}/answers", headers=spoken))["walk"]
        assert (walk["next"], walk["ended_early"]["cases"]) == (None, 29)
        wished = done(await client.get(f"{where}/answers", params={"all_questions": "true"}))["walk"]
        assert (wished["next"]["id"], wished["ended_early"]) == ("age", None)
        ended = done(await client.post(f"{where}/answers", json={"answers": {"age": "7"}}))
        assert (ended["diagnosis"]["done"], ended["diagnosis"]["ended_early"]) == (True, None)


async def test_answers_given_later_end_early_too_and_no_question_is_left_out_for_who_wants_all(
    desk: Desk,
) -> None:
    firm = desk.firm
    plain, eager = await firm.open(), await firm.open()
    async with firm.portal() as client:
        body = {"diagnosis": desk.id, **YES}
        spared = done(await client.post(f"/v1/tickets/{plain['id']}/answers", json=body))
        assert spared["diagnosis"]["ended_early"]["article_id"] == desk.article
        whole = {**body, "all_questions": True}
        asked = done(await client.post(f"/v1/tickets/{eager['id']}/answers", json=whole))
        assert (asked["diagnosis"]["done"], asked["diagnosis"]["ended_early"]) == (False, None)


async def test_authors_try_every_question_and_a_retired_repair_ends_nothing(desk: Desk) -> None:
    async with desk.firm.agent() as agent:
        tried = done(await agent.post(f"/v1/diagnoses/{desk.id}/try", json=YES))
        assert (tried["next"]["id"], tried["likely"]["cases"]) == ("age", 29)
        assert (await desk.walk(agent))["ended_early"] is not None
        done(await agent.post(f"/v1/articles/{desk.article}/retire"))
        assert (await desk.walk(agent))["next"]["id"] == "age"
