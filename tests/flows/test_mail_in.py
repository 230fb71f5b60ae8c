"""A client writes, is answered, and answers back by mail: one ticket, whatever dies in between."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from infra.chassis.store.lease import LEASES
from infra.local.mail_sink import MailSink, Received
from tests.flows.apart import Apart
from tests.flows.firm import Customer, Firm, Json, done
from tests.flows.waiting import until
from tests.imap import PASSWORD, USER, ImapServer, imap_server
from tests.services.ticket.mails import written
from tests.services.ticket.pictures import picture

pytestmark = pytest.mark.in_turn


@dataclass
class MailDesk:
    """Two replicas of the ticket service look after one mailbox; notify answers."""

    apart: Apart
    firm: Firm
    imap: ImapServer
    sink: MailSink
    acme: Customer

    async def tickets(self) -> list[Json]:
        found: list[Json] = done(await self.firm.agent.get("/v1/tickets", customer=self.acme.id))["items"]
        return found

    async def the_ticket(self) -> Json:
        async def there() -> bool:
            return len(await self.tickets()) == 1

        await until(there, why="for the ticket")
        return (await self.tickets())[0]

    async def told(self, address: str) -> Received:
        """The first mail to somebody."""

        def his() -> list[Received]:
            return [each for each in self.sink.messages if address in each.recipients]

        async def sent() -> bool:
            return bool(his())

        await until(sent, why=f"for a mail to {address}")
        return his()[0]

    async def all_taken(self) -> None:
        async def nothing_is_left() -> bool:
            return not await self.imap.unseen()

        await until(nothing_is_left, why="for the mailbox to be empty")

    def mail(self, subject: str, text: str, n: int, **headers: str) -> EmailMessage:
        sender = f"Ann <ANN@{self.acme.id}.example>"
        return written(sender, subject, text, f"<CAF{n}x7@mail.{self.acme.id}.example>", **headers)


@pytest.fixture
async def desk(apart: Apart, unique: str) -> AsyncIterator[MailDesk]:
    sink = MailSink(file=apart.data / "mail.jsonl")
    await sink.start()
    try:
        async with imap_server() as imap:
            firm = Firm(apart, unique)
            mailbox = {"host": "127.0.0.1", "port": imap.port, "tls": "none", "user": USER}
            more = {"password_setting": "IMAP_PASSWORD", "category": firm.id("repair"), "poll_seconds": 1}
            apart.settings |= {
                "SMTP": sink.url.removeprefix("smtp://"),
                "MAILBOXES": json.dumps([{**mailbox, **more, "own": ["desk@firm.example"]}]),
                "IMAP_PASSWORD": PASSWORD,
                "MAIL_FROM": "desk@firm.example",
            }
            await apart.start("ticket", "ticket", "inventory", "notify")
            acme = await firm.customer()
            await firm.work()
            await firm.site(acme)
            yield MailDesk(apart, firm, imap, sink, acme)
    finally:
        await sink.stop()


async def test_a_mail_is_a_ticket_its_answer_is_answered_and_a_stranger_waits(desk: MailDesk) -> None:
    firm, acme = desk.firm, desk.acme
    ann = {"customer_id": acme.id, "name": "Ann", "email": acme.ann["email"], "language": "fr"}
    done(await firm.admin.put(f"/v1/contacts/{firm.id('ann')}", ann))
    asks = desk.mail("Écran noir", "???", 1)
    await desk.imap.deliver(asks.as_bytes())
    ticket = await desk.the_ticket()
    assert (ticket["channel"], ticket["summary"]) == ("mail", "Écran noir")
    assert ticket["requester_id"] == firm.id("ann")

    answer = await desk.told(acme.ann["email"])
    assert answer.subject.startswith(ticket["number"])
    assert "demande reçue" in answer.subject
    assert answer.message["Auto-Submitted"] == "auto-replied"
    assert answer.message["In-Reply-To"] == asks["Message-ID"]

    path = f"/v1/tickets/{ticket['id']}"
    done(await firm.agent.post(f"{path}/hold", {"reason": "waiting-for-client"}))
    quoted = "OK!\n\nLe lun. 3 mars 2026 à 10:12, Support a écrit :\n> ?"
    reply = desk.mail("Re:", quoted, 2, In_Reply_To=str(answer.message["Message-ID"]))
    reply.add_attachment(picture(), "image", "jpeg", filename="écran.jpg")
    out_of_office = desk.mail("Re:", "...", 3, Auto_Submitted="auto-replied", References=answer.key)
    stranger = written("x@evil.example", answer.subject, "?", "<1@evil.example>", References=answer.key)
    for each in (out_of_office, stranger):
        await desk.imap.deliver(each.as_bytes())
    await desk.all_taken()
    assert done(await firm.agent.get(path))["state"] == "on-hold"
    await desk.imap.deliver(reply.as_bytes())
    await desk.all_taken()
    assert done(await firm.agent.get(path))["state"] != "on-hold"
    lines = done(await acme.portal.get(f"{path}/timeline"))["items"]
    assert [line["text"] for line in lines if line["event"] == "ticket-noted"] == ["OK!"]
    files = done(await acme.portal.get(f"{path}/attachments"))["items"]
    assert [each["name"] for each in files] == ["écran.jpg"]
    waiting = done(await firm.agent.get("/v1/quarantine"))["items"]
    assert [each["reason"] for each in waiting] == ["automatic-reply", "sender-unknown"]
    assert [each for each in desk.sink.messages if "x@evil.example" in each.recipients] == []

    bob = {"customer_id": acme.id, "name": "Bob", "email": "bob@acme.example", "language": "en"}
    done(await firm.admin.put(f"/v1/contacts/{firm.id('bob')}", bob))
    await desk.imap.deliver(written(bob["email"], "Dark screen", "?", "<b@acme.example>").as_bytes())
    assert "request received" in (await desk.told(bob["email"])).subject


async def test_a_replica_that_dies_between_storing_and_marking_leaves_one_ticket(desk: MailDesk) -> None:
    firm, acme = desk.firm, desk.acme
    contact = {"customer_id": acme.id, "name": "Ann", "email": acme.ann["email"]}
    done(await firm.admin.put(f"/v1/contacts/{firm.id('ann')}", contact))
    await desk.imap.deliver(desk.mail("Panne", "Aïe", 1).as_bytes())
    mails = desk.apart.db("ticket").mails

    async def stored() -> bool:
        return await mails.find_one({"state": "opened"}) is not None

    await until(stored, every=0.01, why="for the mail to be stored")
    for replica in desk.apart.replicas:
        if replica.service == "ticket":
            await replica.is_killed()
    # As if none of them had come so far as to mark it.
    await desk.imap.does(lambda c: (c.select_folder("INBOX"), c.remove_flags([101], [b"\\Seen"])))
    assert await desk.imap.unseen() == [101]
    # As if the dead one's lease of the mailbox were over.
    await desk.apart.db("ticket")[LEASES].update_many({}, {"$set": {"until": datetime.now(UTC)}})
    await desk.apart.start("ticket", "ticket")

    async def marked() -> bool:
        return not await desk.imap.unseen()

    await until(marked, within=60, why="for another replica to take it over")
    assert [each["summary"] for each in await desk.tickets()] == ["Panne"]
    assert await mails.count_documents({}) == 1
