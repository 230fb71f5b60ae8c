"""A ticket is found by its words, and a view shows what it chooses: to each what exists for him."""

import pytest

from tests.flows.firm import Firm, Person, done, problem
from tests.flows.waiting import until


async def found(who: Person, q: str, **more: str) -> list[str]:
    return [each["id"] for each in done(await who.get("/v1/tickets", q=q, **more))["items"]]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Mon ordinateur ne démarre plus", ("pc", "DEMARRER", "ordin", "computer")),
        ("My computers do not start any more", ("pc", "starting", "compu", "ordinateur")),
    ],
)
async def test_the_hotline_finds_who_calls_and_what_it_is_about(
    firm: Firm, said: str, asked: tuple[str, ...]
) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    site, category = await firm.site(acme, name="quayside"), await firm.work()
    request = await firm.opens(category, site, by=acme.portal, urgent=False, summary=said, requester=acme.ann)
    ticket = await request.now()
    for q in asked:
        assert await found(acme.portal, q) == [request.id], q
        assert await found(firm.agent, q, customer=acme.id) == [request.id], q
        assert await found(other.portal, q) == [], q
    for q in (ticket["number"], acme.ann["email"]):
        assert (await found(firm.agent, q))[0] == request.id

    async def site_is_known() -> bool:
        return await found(acme.portal, "quays") == [request.id]

    await until(site_is_known, why="for the site's name to reach the tickets")


async def test_a_private_note_is_found_within_the_firm_only(firm: Firm) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    where = f"/v1/tickets/{request.id}/notes"
    done(await firm.agent.post(where, {"text": "Zigzag, remise accordée", "public": False}))
    assert await found(firm.agent, "zigzag", customer=acme.id) == [request.id]
    for client in (acme.portal, acme.manager):
        assert await found(client, "zigzag") == []
        assert await found(client, "zigz") == []


async def test_a_shared_view_is_counted_and_run_by_the_colleagues(firm: Firm) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    site, category = await firm.site(acme), await firm.work()
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    where = f"/v1/views/{firm.id('ours')}"
    view = {
        "name": {"fr": "Cette semaine", "en": "This week"},
        "filters": {"site": site, "updated_within_minutes": 7 * 24 * 60},
        "shared": "customer",
    }
    done(await acme.manager.put(where, view))
    assert done(await acme.portal.get(f"{where}/count")) == {"count": 1, "more": False}
    [shown] = done(await acme.portal.get(f"{where}/tickets"))["items"]
    assert shown["id"] == request.id
    exported = await acme.portal.get(f"{where}/export", format="xlsx")
    assert exported.status_code == 200
    for stranger in (other.manager, firm.agent):
        problem(await stranger.get(where), 404, "not-found")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "L'identifiant {id!r} est pris : enregistrez la vue sous un autre."),
        ("en", "The id {id!r} is taken: save the view under another one."),
    ],
)
async def test_an_id_that_another_has_is_refused_in_the_callers_language(
    firm: Firm, language: str, sentence: str
) -> None:
    acme, id = await firm.customer(), firm.id("private")
    view = {"name": {"fr": "À moi"}, "filters": {"unassigned": True}}
    done(await firm.agent.put(f"/v1/views/{id}", view))
    answer = await acme.portal.put(f"/v1/views/{id}", view, **{"Accept-Language": language})
    assert problem(answer, 409, "already-exists")["detail"] == sentence.format(id=id)
