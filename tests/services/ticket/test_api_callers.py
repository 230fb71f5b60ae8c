"""Whoever calls the hotline is found, over HTTP, on the real servers."""

import httpx

from contracts.inventory.states import CurrentAssetChanged
from tests.servers import RealServers, until
from tests.services.ticket.running import Firm, a_firm, created, done, problem, running


async def test_whoever_calls_or_writes_is_found_however_it_is_written(firm: Firm) -> None:
    digits = f"01{abs(hash(firm.name)) % 10**8:08d}"
    person = {"customer_id": firm.pasteur, "name": "Anne", "phone": digits, "email": f"{firm.name}@P.example"}
    async with firm.service.as_("admin") as admin:
        created(await admin.put(f"/v1/contacts/{firm.name}-calls", json=person))

        async def found(**asked: str) -> list[str]:
            return [each["id"] for each in done(await admin.get("/v1/contacts", params=asked))["items"]]

        spaced = "0" + " ".join(digits[at : at + 2] for at in range(1, 10, 2))
        for same in (digits, spaced, "+33" + digits[1:], "0033" + digits[1:]):
            assert await found(phone=same) == [f"{firm.name}-calls"], same
        assert await found(email=f"{firm.name.upper()}@p.example") == [f"{firm.name}-calls"]
        assert await found(phone=digits, customer=firm.mairie) == []
        problem(await admin.get("/v1/contacts", params={"phone": "Anne"}), 422, "invalid-parameter")


async def test_whoever_was_stored_before_names_were_kept_by_words_is_found_by_them_too(
    servers: RealServers, unique: str
) -> None:
    async with running(servers, unique) as before:
        firm = await a_firm(before, unique)
        anne = f"{unique}-anne"
        async with before.as_("admin") as admin:
            body = {"customer_id": firm.pasteur, "name": f"Éloïse Zoé{unique}"}
            created(await admin.put(f"/v1/contacts/{anne}", json=body))
        older = {"$unset": {"words": ""}, "$set": {"schema": 1}}
        await before.runtime.collection("contacts").update_one({"_id": anne}, older)
    async with running(servers, unique) as after, after.as_("admin") as admin:

        async def is_found() -> bool:
            asked = {"name": f"eloise zoe{unique}"}
            return [each["id"] for each in done(await admin.get("/v1/contacts", params=asked))["items"]] == [
                anne
            ]

        await until(is_found, within=10)


async def test_whoever_calls_is_found_by_how_his_name_begins_and_by_his_machine(
    firm: Firm,
) -> None:
    word = f"Zoé{firm.name.title()}"
    people = {
        "eloise": {"customer_id": firm.pasteur, "name": f"Éloïse {word}-Le Goff", "sites": [firm.nord]},
        "elodie": {"customer_id": firm.pasteur, "name": f"Élodie {word}", "sites": [firm.sud]},
        "rene": {"customer_id": firm.mairie, "name": f"René {word}"},
    }
    screen = {"kind": "screen", "name": "Écran", "site_id": firm.nord, "customer_id": firm.pasteur}
    serial = f"SN-{firm.name}"
    for id, owner in (("ours", {}), ("theirs", {"site_id": firm.hall, "customer_id": firm.mairie})):
        asset = {**screen, **owner, "asset_id": f"{firm.name}-{id}", "serial": f"{serial}-{id}"}
        await firm.service.publish(CurrentAssetChanged(**asset), subject=asset["asset_id"])
    junk = {**screen, "asset_id": f"{firm.name}-junk", "serial": "To be filled by O.E.M."}
    await firm.service.publish(CurrentAssetChanged(**junk), subject=junk["asset_id"])
    for id in ("twin-a", "twin-b"):
        owner = {} if id == "twin-a" else {"site_id": firm.hall, "customer_id": firm.mairie}
        asset = {**screen, **owner, "asset_id": f"{firm.name}-{id}", "serial": f"Twin-{firm.name}"}
        await firm.service.publish(CurrentAssetChanged(**asset), subject=asset["asset_id"])

    async with firm.service.as_("agent") as agent, firm.portal() as portal:
        for id, body in people.items():
            created(await agent.put(f"/v1/contacts/{firm.name}-{id}", json=body))

        async def found(client: httpx.AsyncClient, **asked: str) -> set[str]:
            items = done(await client.get("/v1/contacts", params=asked))["items"]
            return {each["id"].removeprefix(f"{firm.name}-") for each in items}

        plain = f"zoe{firm.name}"
        assert await found(agent, name=plain) == {"eloise", "elodie", "rene"}
        assert await found(agent, name=f"elo {plain.upper()}") == {"eloise", "elodie"}
        assert await found(agent, name=f"goff {plain}") == {"eloise"}
        assert await found(agent, name=plain, customer=firm.mairie) == {"rene"}
        assert await found(portal, name=plain) == {"eloise", "elodie"}, "within one's own customer"
        assert await found(agent, name="(.*") == set()

        async def is_known() -> bool:
            return "eloise" in await found(agent, serial=f"{serial}-ours")

        await until(is_known, within=10)
        assert await found(agent, serial=f" {serial}-OURS ".replace("SN-", "sn ")) == {"eloise"}
        assert await found(portal, serial=f"{serial}-theirs") == set()
        assert await found(agent, serial=f"Twin-{firm.name}") == set(), "no machine's own"
        stored = await firm.service.runtime.collection("assets_copy").find_one({"_id": junk["asset_id"]})
        assert (stored or {})["serial_key"] is None
        for written in ("To be filled by O.E.M.", "default string", "0", "SYSTEM SERIAL NUMBER"):
            assert await found(agent, serial=written) == set(), written
