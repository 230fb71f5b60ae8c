"""One fault of two clients: declared, told to everybody once in his language, and over for all at once."""

from datetime import UTC, datetime, timedelta

from tests.flows.firm import Firm, Json, Person, done
from tests.flows.waiting import until


async def contact(firm: Firm, customer: str, name: str, language: str) -> str:
    id = firm.id(name)
    body = {
        "customer_id": customer,
        "name": name.title(),
        "email": f"{id}@client.example",
        "language": language,
    }
    done(await firm.agent.put(f"/v1/contacts/{id}", body))
    return id


async def mails(firm: Firm, address: str, about: str) -> list[Json]:
    found: list[Json] = done(await firm.platform.client.get("/mail.json", params={"limit": 200}))["items"]
    return [each for each in found if address in each["to"] and about in each["subject"]]


async def until_mailed(firm: Firm, address: str, about: str) -> Json:
    async def mailed() -> bool:
        return bool(await mails(firm, address, about))

    await until(mailed, why=f"for a mail to {address} about {about}")
    [mail] = await mails(firm, address, about)
    return mail


async def test_three_tickets_of_two_clients_are_one_incident_and_each_person_has_one_mail(firm: Firm) -> None:
    acme, city = await firm.customer("acme"), await firm.customer("city")
    office, hall, work = await firm.site(acme), await firm.site(city, "hall"), await firm.work()
    anne = await contact(firm, acme.id, "anne", "fr")
    bill = await contact(firm, city.id, "bill", "en")
    asks = [
        Person(firm.platform, "requester", id, customer)
        for id, customer in ((anne, acme.id), (anne, acme.id), (bill, city.id))
    ]
    tickets = [
        await firm.opens(work, site, by=who, urgent=False)
        for site, who in zip((office, office, hall), asks, strict=True)
    ]
    cut = firm.id("cut")
    declared = {"title": {"fr": f"Fibre {cut} coupée", "en": f"{cut} fibre cut"}, "ticket": tickets[0].id}
    major = done(await firm.agent.post("/v1/major-incidents", declared))
    where = f"/v1/major-incidents/{major['id']}"
    for ticket in tickets[1:]:
        done(await firm.agent.put(f"{where}/tickets/{ticket.id}", {}))
    news = {"fr": "Un soudeur arrive à midi.", "en": "A splicer is there at noon."}
    done(await firm.agent.post(f"{where}/messages", {"text": news}))

    to_anne = await until_mailed(firm, f"{anne}@client.example", cut)
    assert f"Fibre {cut} coupée, point d’information" in to_anne["subject"]
    assert news["fr"] in to_anne["text"]
    to_bill = await until_mailed(firm, f"{bill}@client.example", cut)
    assert f"{cut} fibre cut, an update" in to_bill["subject"]
    assert news["en"] in to_bill["text"]
    assert acme.id not in to_bill["text"] + to_bill["subject"]

    for ticket in tickets:
        assert "major-incident-updated" in await ticket.events()
    shown = done(await asks[2].get(where))
    assert (shown["tickets"], shown["customers"]) == ([tickets[2].id], [city.id])

    over = done(
        await firm.agent.post(f"{where}/resolve", {"work_done": "Fibre soudée", "cause": "Pelleteuse"})
    )
    assert sorted(over["together"]["resolved"]) == sorted(ticket.id for ticket in tickets)
    for ticket in tickets:
        assert done(await firm.agent.get(f"/v1/tickets/{ticket.id}"))["state"] == "resolved"
    for address in (f"{anne}@client.example", f"{bill}@client.example"):
        assert len(await mails(firm, address, cut)) == 1, "somebody was told twice"


async def test_who_runs_it_is_told_of_the_update_that_nobody_wrote(firm: Firm) -> None:
    lead, cut = firm.id("sandrine"), firm.id("late")
    staff = {"name": "Sandrine", "role": "agent", "email": f"{lead}@firm.example", "language": "fr"}
    done(await firm.admin.put(f"/v1/staff/{lead}", staff))
    now = datetime.fromisoformat((await firm.platform.clock())["now"]).astimezone(UTC)
    body = {
        "title": {"fr": f"Panne {cut}"},
        "lead": lead,
        "update_minutes": 7 * 24 * 60,
        "occurred_at": (now - timedelta(days=7, minutes=1)).isoformat(),
    }
    major = done(await firm.agent.post("/v1/major-incidents", body))
    mail = await until_mailed(
        firm, f"{lead}@firm.example", f"Panne {cut} : un point d’information était attendu"
    )
    assert "Écrivez-leur où vous en êtes, même si rien n’a changé." in mail["text"]
    assert done(await firm.agent.get(f"/v1/major-incidents/{major['id']}"))["missed_updates"] == 1
    done(await firm.agent.post(f"/v1/major-incidents/{major['id']}/resolve", {"work_done": "Fausse alerte"}))
