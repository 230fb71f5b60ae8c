"""The known repair comes first: the requester fixes it himself, or the technician knows what was tried."""

from typing import Any

import pytest

from tests.flows.firm import Firm, Json, done, problem
from tests.flows.waiting import until


def both(fr: str, en: str) -> Json:
    return {"fr": fr, "en": en}


def unplugged(word: str, **changes: Any) -> Json:
    """``word`` is this test's own, for everybody's articles are in one base."""
    return {
        "title": both(f"Câble {word} débranché", f"{word} cable unplugged"),
        "symptom": both("L'écran reste noir", "The screen stays dark"),
        "cause": both("Câble vidéo débranché", "Video cable unplugged"),
        "steps": [both("Rebranchez le câble", "Plug the cable in")],
        "minutes": 5,
        "mode": "remote",
        "self_service": True,
        **changes,
    }


async def known(firm: Firm, word: str, **changes: Any) -> str:
    id = firm.id(word)
    done(await firm.agent.put(f"/v1/articles/{id}", unplugged(id, **changes)))
    for verb in ("review", "publish"):
        done(await firm.agent.post(f"/v1/articles/{id}/{verb}"))
    return id


@pytest.mark.parametrize("words", ["mon moniteur est tout noir", "my monitor is dark"])
async def test_a_client_finds_it_by_his_own_words_fixes_it_and_nobody_comes(firm: Firm, words: str) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    await firm.technician("lea")
    id = await known(firm, "video")
    body = {"text": f"{words} {id}", "limit": 3}
    found = done(await acme.portal.post("/v1/articles/search", body))["items"]
    assert id in [each["article"]["id"] for each in found]
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    await request.visit.is_("dispatched")
    closed = done(
        await acme.portal.post(f"/v1/tickets/{request.id}/tried", {"article_id": id, "worked": True})
    )
    assert (closed["state"], closed["resolution"]["article_id"]) == ("closed", id)
    await request.visit.is_("cancelled")
    assert done(await firm.agent.get(f"/v1/articles/{id}"))["fix_rate"]["worked"] == 1


async def test_the_technician_is_told_what_was_tried_and_says_what_it_was(firm: Firm) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    id = await known(firm, "plug")
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    await request.visit.is_("dispatched")
    where = f"/v1/tickets/{request.id}"
    done(await acme.portal.post(f"{where}/tried", {"article_id": id, "worked": False}))

    async def he_knows() -> bool:
        briefing = (await request.visit.now())["briefing"]
        return [each["question"] for each in briefing] == ["Déjà essayé sans succès"]

    await until(he_knows, why="for what was tried to reach the visit")
    cause = f"Dalle {firm.id('panel')} morte"
    await lea.works_on(request.visit)
    await lea.closes(
        request.visit, work_done="Dalle changée", cause=cause, article_id=id, article_worked=False
    )

    async def resolved() -> bool:
        return bool(done(await firm.agent.get(where))["state"] == "resolved")

    await until(resolved, why="for the closing to reach the ticket")
    assert done(await firm.agent.get(where))["resolution"]["article_id"] is None
    draft = done(await firm.agent.get(f"/v1/articles/case-{request.id}"))
    assert (draft["state"], draft["draft"]["cause"]["fr"], draft["seen_on"]) == ("draft", cause, [request.id])
    rate = done(await firm.agent.get(f"/v1/articles/{id}"))["fix_rate"]
    assert (rate["worked"], rate["tried"]) == (0, 1)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Personne n'a relu le brouillon de '{id}' : POST /v1/articles/{id}/review d'abord."),
        ("en", "Nobody has reviewed the draft of '{id}': POST /v1/articles/{id}/review comes first."),
    ],
)
async def test_what_nobody_reviewed_is_refused_in_the_authors_language(
    firm: Firm, language: str, sentence: str
) -> None:
    id = firm.id("unread")
    done(await firm.agent.put(f"/v1/articles/{id}", unplugged(id)))
    answer = await firm.agent.post(f"/v1/articles/{id}/publish", None, **{"Accept-Language": language})
    assert problem(answer, 422, "not-reviewed")["detail"] == sentence.format(id=id)
