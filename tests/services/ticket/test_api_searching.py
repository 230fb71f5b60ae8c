"""Tickets found by words, numbers, people and things, over HTTP, on the real servers."""

import httpx
import pytest

from contracts.inventory.states import CurrentAssetChanged
from infra.chassis.store.upgrading import upgrade_stored
from services.ticket.store.recalling import recall
from services.ticket.store.tickets import Tickets
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, post_ticket, problem


async def found(client: httpx.AsyncClient, q: str, **more: str | int) -> list[str]:
    answer = await client.get("/v1/tickets", params={"q": q, **more})
    return [each["id"] for each in done(answer)["items"]]


async def found_by_the_firm(firm: Firm, q: str, **more: str | int) -> list[str]:
    async with firm.agent() as agent:
        return await found(agent, q, customer=firm.pasteur, **more)


@pytest.mark.parametrize(
    "q",
    ["ordinateur", "ORDI", "PC", "computer", "lent", "pc lent", "démarré", "demarrage", "démar", "ordina"],
)
async def test_words_find_whatever_accents_endings_language_or_synonym(firm: Firm, q: str) -> None:
    ticket = await firm.open(summary="Mon PC est très lent", description="Il a démarré en 20 minutes")
    async with firm.portal() as client:
        assert await found(client, q) == [ticket["id"]]


async def test_all_of_the_words_are_wanted_wherever_each_stands(firm: Firm) -> None:
    ticket = await firm.open(summary="Imprimante", description="Bourrage au deuxième bac")
    await firm.open(summary="Imprimante", description="Plus de toner")
    async with firm.portal() as client:
        assert await found(client, "bourrage imprimante") == [ticket["id"]]
        assert await found(client, "bourrage serveur") == []


async def test_what_the_summary_says_comes_first_then_the_newest(firm: Firm) -> None:
    said = await firm.open(summary="Panne", description="Le zèbre")
    first = await firm.open(summary="Un zèbre")
    second = await firm.open(summary="Des zèbres")
    half = await firm.open(summary="Zébrures")
    async with firm.portal() as client:
        assert await found(client, "zebre") == [second["id"], first["id"], said["id"]]
        assert await found(client, "zeb") == [half["id"], second["id"], first["id"], said["id"]]
        assert await found(client, "zebre", order="updated") == [said["id"], first["id"], second["id"]]


async def test_a_number_its_digits_and_a_reference_find_their_ticket_first(firm: Firm) -> None:
    ticket = await firm.open(external_reference=f"INC 42/{firm.name}")
    number = ticket["number"]
    digits = "".join(letter for letter in number if letter.isdigit())
    async with firm.portal() as client:
        for q in (number, number.lower(), digits, number.rpartition("-")[2].lstrip("0")):
            assert (await found(client, q))[0] == ticket["id"], q
        assert await found(client, f"inc42 {firm.name}".replace(" ", "/")) == [ticket["id"]]
        assert await found(client, f"INC 42/{firm.name}") == [ticket["id"]]


async def test_the_site_and_the_asset_find_what_is_there(firm: Firm) -> None:
    asset = CurrentAssetChanged(
        asset_id=f"{firm.name}-a",
        site_id=firm.nord,
        customer_id=firm.pasteur,
        name="Étiqueteuse du quai",
        kind="printer",
        serial="CN-77 X/9",
    )
    await firm.service.publish(asset, subject=asset.asset_id)
    ticket = await firm.open(asset=asset.asset_id)
    await firm.open(firm.sud)
    async with firm.portal() as client:
        for q in ("étiqueteuse", "etiqu", "cn77x9", "CN-77 X/9", "quai écran"):
            assert await found(client, q) == [ticket["id"]], q
        assert await found(client, firm.nord) == [ticket["id"]]
    async with firm.service.as_("portal", firm.mairie) as other:
        assert await found(other, "étiqueteuse") == []


async def test_who_asked_finds_it_by_name_phone_and_mail_and_only_for_the_firm(firm: Firm) -> None:
    requester = {
        "name": f"Zoé Quincampoix {firm.name}",
        "email": f"zoe@{firm.name}.fr",
        "phone": "02 99 11 22 33",
    }
    ticket = await firm.open(requester=requester)
    for q in ("quincampoix", "zoe quincam", requester["email"].upper(), "+33299112233", "02.99.11.22.33"):
        assert await found_by_the_firm(firm, q) == [ticket["id"]], q
    async with firm.portal() as client:
        for q in ("quincampoix", requester["email"], "02 99 11 22 33"):
            assert await found(client, q) == [], q


async def test_a_private_note_finds_for_the_firm_and_never_for_the_client(firm: Firm) -> None:
    ticket = await firm.open()
    note = f"/v1/tickets/{ticket['id']}/notes"
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.post(note, json={"text": "Client pénible, ristourne", "public": False}))
        done(await client.post(note, json={"text": "Le voyant clignote", "public": True}))
        assert await found(client, "clignote") == [ticket["id"]]
        for q in ("ristourne", "rist", "pénible", "clignote ristourne"):
            assert await found(client, q) == [], q
            assert await found_by_the_firm(firm, q) == [ticket["id"]], q


async def test_nobody_finds_another_customers_or_what_is_confidential(firm: Firm) -> None:
    ticket = await firm.open(summary="Licenciement")
    hidden = await firm.open(summary="Licenciement", confidential=True)
    async with firm.service.as_("portal", firm.mairie) as other, firm.portal() as client:
        assert await found(other, "licenciement") == []
        assert await found(other, ticket["number"]) == []
        assert hidden["id"] in await found(client, "licenciement"), "it is his own"
    async with firm.service.as_("portal", firm.pasteur, "a-colleague") as colleague:
        assert await found(colleague, "licenci") == [ticket["id"]]
    async with firm.service.as_("customer-manager", firm.pasteur, "chief") as chief:
        assert await found(chief, "licenci") == [hidden["id"], ticket["id"]]


async def test_other_filters_narrow_what_was_found_and_what_was_corrected_is_found_anew(firm: Firm) -> None:
    first = await firm.open(firm.nord, summary="Girafe")
    second = await firm.open(firm.sud, summary="Girafe")
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.post(f"/v1/tickets/{first['id']}/resolve", json={"work_done": "fixed"}))
        assert await found(client, "girafe", state="resolved") == [first["id"]]
        assert await found(client, "girafe", site=firm.sud) == [second["id"]]
        change = {"summary": "Éléphant"}
        headers = {"If-Match": "*"}
        done(await client.patch(f"/v1/tickets/{second['id']}", json=change, headers=headers))
        assert await found(client, "girafe") == [first["id"]]
        assert await found(client, "elephant") == [second["id"]]
        exported = await client.get("/v1/tickets/export", params={"q": "elephant"})
        assert second["number"] in exported.text
        assert first["number"] not in exported.text


async def test_pages_neither_miss_nor_repeat_while_tickets_change(firm: Firm) -> None:
    ids = [(await firm.open(summary=f"Panthère {n}"))["id"] for n in range(5)]
    ids.insert(0, (await firm.open(description="La panthère"))["id"])
    seen: list[str] = []
    async with firm.agent() as agent, firm.portal() as client:
        where: str | None = "/v1/tickets?q=panthere&limit=2"
        while where is not None:
            answer = await client.get(where)
            seen += [each["id"] for each in done(answer)["items"]]
            where = answer.links["next"]["url"] if "next" in answer.links else None
            for id in (ids[-1], ids[1]):
                done(await agent.post(f"/v1/tickets/{id}/notes", json={"text": "vu", "public": False}))
            await firm.open(summary="Panthère nouvelle")
    assert seen == ids[::-1]


async def test_what_makes_no_sense_is_refused(firm: Firm) -> None:
    async with firm.portal() as client:
        problem(await client.get("/v1/tickets", params={"q": ""}), 422, "invalid-parameter")
        listed = await client.get("/v1/tickets", params={"limit": 1, "q": "."})
        assert done(listed)["items"] == []
        await firm.open()
        await firm.open()
        cursor = done(await client.get("/v1/tickets", params={"limit": 1}))["next"]
        wrong = {"q": "écran", "cursor": cursor}
        problem(await client.get("/v1/tickets", params=wrong), 422, "invalid-parameter")


async def test_a_new_asset_name_is_known_at_once(firm: Firm) -> None:
    asset = CurrentAssetChanged(
        asset_id=f"{firm.name}-b", site_id=firm.nord, customer_id=firm.pasteur, name="Borne", kind="kiosk"
    )
    await firm.service.publish(asset, subject=asset.asset_id)
    ticket = await firm.open(asset=asset.asset_id)
    renamed = asset.model_copy(update={"name": "Totem"})
    await firm.service.publish(renamed, subject=asset.asset_id)

    async def renamed_here() -> bool:
        return await found_by_the_firm(firm, "totem") == [ticket["id"]]

    await until(renamed_here, within=10)
    assert await found_by_the_firm(firm, "borne") == []


async def test_notes_from_before_words_were_kept_are_found_once_they_are_read(firm: Firm) -> None:
    ticket = await firm.open()
    where = f"/v1/tickets/{ticket['id']}"
    run = firm.service.runtime
    stored = run.collection(Tickets.name)
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.post(f"{where}/notes", json={"text": "Ancienne remarque", "public": False}))
        done(await client.post(f"{where}/notes", json={"text": "Vieux grincement", "public": True}))
        before = (await agent.get(where)).headers["etag"]
        older = {"$set": {"schema": 2}, "$unset": {"noted": "", "words": "", "serial": ""}}
        await stored.update_one({"_id": ticket["id"]}, older)
        assert await found_by_the_firm(firm, "grincement") == []
        await upgrade_stored(run.db, (Tickets,), run.log)
        assert await found_by_the_firm(firm, "écran") == [ticket["id"]]
        assert await recall(run) == 1
        assert await found(client, "grincement") == [ticket["id"]]
        assert await found(client, "remarque") == []
        assert await found_by_the_firm(firm, "remarque") == [ticket["id"]]
        assert (await agent.get(where)).headers["etag"] == before
        assert await recall(run) == 0


async def test_one_word_can_be_asked_for_by_whoever_posts_it(firm: Firm) -> None:
    async with firm.service.as_("requester", firm.pasteur, f"{firm.name}-r") as requester:
        mine = created(await post_ticket(requester, firm.asked(summary="Hippocampe")))
        await firm.open(summary="Hippocampe")
        assert await found(requester, "hippocampe") == [mine["id"]]
