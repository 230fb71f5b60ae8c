"""Who follows a ticket finds it, over HTTP, on the real servers; and a duplicate takes notes with a key."""

from tests.services.ticket.running import Firm, done


async def contact(firm: Firm, name: str) -> str:
    id = f"{firm.name}-{name}"
    async with firm.agent() as agent:
        body = {"customer_id": firm.pasteur, "name": name, "email": f"{id}@pasteur.example"}
        answer = await agent.put(f"/v1/contacts/{id}", json=body)
        assert answer.status_code == 201, answer.text
    return id


async def test_who_follows_a_ticket_finds_it_among_his(firm: Firm) -> None:
    bob = await contact(firm, "bob")
    ticket = await firm.open()
    async with firm.service.as_("requester", firm.pasteur, bob) as he, firm.agent() as agent:
        assert done(await he.get("/v1/tickets"))["items"] == []
        watched = done(await agent.post(f"/v1/tickets/{ticket['id']}/watch", json={"contact": bob}))
        assert watched["watchers"] == [bob]
        assert [each["id"] for each in done(await he.get("/v1/tickets"))["items"]] == [ticket["id"]]
        done(await he.post(f"/v1/tickets/{ticket['id']}/unwatch"))
        assert done(await he.get("/v1/tickets"))["items"] == []


async def test_a_note_about_a_duplicate_is_taken_once_however_often_it_is_sent(firm: Firm) -> None:
    kept, duplicate = await firm.open(), await firm.open()
    where = f"/v1/tickets/{duplicate['id']}"
    async with firm.agent() as agent:
        merged = {"reason": "duplicate", "duplicate_of": kept["id"]}
        assert done(await agent.post(f"{where}/cancel", json=merged))["duplicate_of"] == kept["id"]
        for _ in range(2):
            note = {"text": "Encore là", "public": True}
            headers = {"Idempotency-Key": f"{firm.name}-note"}
            assert (
                done(await agent.post(f"{where}/notes", json=note, headers=headers))["id"] == duplicate["id"]
            )
        lines = done(await agent.get(f"/v1/tickets/{kept['id']}/timeline"))["items"]
    assert [line["text"] for line in lines].count("Encore là") == 1
