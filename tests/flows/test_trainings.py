"""New machines at a site lead to a training: offered, planned, invited to, held, and marked by a link."""

import re
from datetime import timedelta

from playwright.async_api import expect

from contracts.values import parse_rfc3339, rfc3339
from services.inventory.domain.training import REST
from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.clocks import now
from tests.flows.firm import ALWAYS, RENNES, Firm, Json, Request, done
from tests.flows.waiting import until

LINK = re.compile(r"https?://[^/]+(/v1/training-marks/\S+\?mark=5)")


async def test_who_gets_new_machines_is_trained_and_says_how_it_was(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    area = firm.id("area")
    office = await firm.site(acme, near=RENNES, territory=area, opening=ALWAYS, holidays="none")
    lea = await firm.technician("lea", territory=area)
    upgrade, training = await firm.work("upgrade"), await firm.work("training", minutes=60)
    keeper, client = firm.stock_keeper, firm.platform.client
    address = f"{firm.id('bob')}@acme.example"
    bob = {"customer_id": acme.id, "name": "Bob Martin", "email": address, "language": "fr"}
    done(await firm.agent.put(f"/v1/contacts/{firm.id('bob')}", bob))
    await firm.platform.quiet()
    for n in range(3):
        old: Json = {"site_id": office, "name": f"PC {n}", "kind": "laptop", "bought_on": "2010-01-01"}
        done(await keeper.put(f"/v1/assets/{firm.id(f'pc{n}')}", {**old, "owner_id": firm.id("bob")}))
    rules = {"category": upgrade, "training_category": training, "price_cents": {"laptop": 90_000}}
    done(await keeper.put(f"/v1/renewals/rules/{acme.id}", rules))
    done(await keeper.post("/v1/renewals/refresh", {"customer_id": acme.id}))
    advices = done(await keeper.get("/v1/renewals", customer=acme.id, kind="replace"))["items"]
    ids = [each["id"] for each in advices]
    quote = {"customer_id": acme.id, "advices": ids, "valid_until": "2099-01-01T12:00:00Z"}
    done(await keeper.post("/v1/renewals/quotes", quote))

    async with screens.open(f"/parc/renewals?customer={acme.id}", keeper) as page:
        await page.get_by_role("button", name="Offer a training").click()
        await expect(page.get_by_role("button", name="Offer a training")).to_have_count(0)
    [asked] = done(await keeper.get("/v1/trainings", customer=acme.id))["items"]
    assert (asked["contact_ids"], asked["category"]) == ([firm.id("bob")], training)
    path = f"/v1/trainings/{asked['id']}"
    ticket = Request(firm, asked["ticket_id"], None)  # type: ignore[arg-type]

    async def opened() -> bool:
        return bool((await firm.agent.get(f"/v1/tickets/{ticket.id}")).is_success)

    await until(opened, why="for the training's ticket to be opened")
    assert (await ticket.now())["kind"] == "training"
    await ticket.visit.is_("planned", "waiting", "dispatched")

    soon = await now(firm) + timedelta(hours=1)
    done(await firm.dispatcher.post(f"/v1/visits/{ticket.visit.id}/assign",
                                    {"technician_id": lea.id, "start": rfc3339(soon)}))  # fmt: skip

    async def planned() -> bool:
        seen, visit = done(await keeper.get(path)), await ticket.visit.now()
        if (seen["state"], seen["technician_id"]) != ("planned", lea.id):
            return False
        return parse_rfc3339(seen["start_at"]) == parse_rfc3339(visit["planned_start"])

    await until(planned, why="for the training to know its day")

    async def mails(said: str) -> list[Json]:
        items = done(await client.get("/mail.json"))["items"]
        return [each for each in items if address in each["to"] and said in each["subject"]]

    async def invited() -> bool:
        return bool(await mails("Formation « Prise en main"))

    await ticket.visit.is_("dispatched", to=lea)
    await lea.does(ticket.visit, "acknowledge")
    await firm.platform.quiet()
    await firm.platform.step(await now(firm) + REST)
    await until(invited, within=30, why="for the invitation")

    await lea.does(ticket.visit, "depart", "arrive", "start")
    await lea.closes(ticket.visit, checklist=[{"item": "present", "answer": "1"}])

    async def held() -> bool:
        return bool(done(await keeper.get(path))["state"] == "held")

    await until(held, within=20, why="for the training to be held")
    assert done(await keeper.get(path))["attended"] == 1

    async def asked_for_a_mark() -> bool:
        return bool(await mails("votre avis"))

    await until(asked_for_a_mark, within=20, why="to be asked how it was")
    [mail] = await mails("votre avis")
    link = LINK.search(mail["text"])
    assert link is not None, mail["text"]
    given = await client.post(link[1].partition("?")[0], json={"mark": 5})
    assert given.is_success, given.text
    async with screens.open(f"/parc/trainings?customer={acme.id}", keeper, size=PHONE) as page:
        await expect(page.get_by_text("mean mark 5")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_text("Who came").click()
        await page.get_by_label("Questions asked").fill("Où est la corbeille ?")
        await page.get_by_role("button", name="Note it").click()
        await expect(page.get_by_text("Où est la corbeille ?")).to_have_count(2)
    assert done(await keeper.get(path))["came"] == [firm.id("bob")]
