"""Mail in, from a real IMAP server into the real database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.chassis.store.lease import LEASES, Lease
from services.ticket.domain.mail import Desk
from services.ticket.mail.mailbox import Account, Connection
from services.ticket.mail.polling import Mailbox
from services.ticket.mail.taking import Fetched, Taker
from tests.imap import PASSWORD, USER, ImapServer, imap_server
from tests.servers import RealServers, until
from tests.services.ticket.mails import mail, written
from tests.services.ticket.pictures import GPS, picture, told_by
from tests.services.ticket.running import Firm, Running, a_firm, created, done, running


@dataclass
class Desked:
    """A service that looks after a mailbox."""

    firm: Firm
    imap: ImapServer
    lea: str
    service: Running

    async def tickets(self) -> list[dict[str, Any]]:
        async with self.firm.agent() as agent:
            found: list[dict[str, Any]] = done(await agent.get("/v1/tickets"))["items"]
            return found

    async def waiting(self, **chosen: str) -> list[dict[str, Any]]:
        async with self.firm.agent() as agent:
            found: list[dict[str, Any]] = done(await agent.get("/v1/quarantine", params=chosen))["items"]
            return found

    async def notes(self, ticket: str) -> list[str]:
        async with self.firm.agent() as agent:
            lines = done(await agent.get(f"/v1/tickets/{ticket}/timeline"))["items"]
        return [line["text"] for line in lines if line["event"] == "ticket-noted"]

    async def all_taken(self) -> None:
        async def nothing_is_left() -> bool:
            return not await self.imap.unseen()

        await until(nothing_is_left, within=20)


def mailbox(imap: ImapServer, firm: str, **account: Any) -> Mailbox:
    return Mailbox(
        Account("127.0.0.1", imap.port, USER, PASSWORD, tls="none", **account),
        Desk(name="support", category=f"{firm}-laptop", own=frozenset(["desk@firm.example"]), hourly=8),
        poll_seconds=1,
    )


@asynccontextmanager
async def desked(
    servers: RealServers, unique: str, imap: ImapServer, **account: Any
) -> AsyncIterator[Desked]:
    async with running(servers, unique, mailboxes=(mailbox(imap, unique, **account),)) as service:
        firm = await a_firm(service, unique)
        lea = f"{unique}-lea"
        async with service.as_("admin") as admin:
            contact = {"customer_id": firm.pasteur, "name": "Léa", "email": "Lea@Pasteur.example"}
            created(await admin.put(f"/v1/contacts/{lea}", json={**contact, "sites": [firm.nord]}))
        yield Desked(firm, imap, lea, service)


@pytest.fixture
async def imap() -> AsyncIterator[ImapServer]:
    async with imap_server() as server:
        yield server


LEA = "Léa <lea@pasteur.example>"


async def test_a_mail_opens_a_ticket_once_and_its_answer_is_a_note_with_its_files(
    servers: RealServers, unique: str, imap: ImapServer
) -> None:
    async with desked(servers, unique, imap) as here:
        asks = mail(LEA, "Écran noir", "Plus rien ne s'affiche.", "<q1@pasteur.example>")
        await imap.deliver(asks)
        await imap.deliver(asks)
        await here.all_taken()
        [ticket] = await here.tickets()
        assert (ticket["summary"], ticket["channel"]) == ("Écran noir", "mail")
        assert ticket["requester_id"] == here.lea
        async with here.firm.agent() as agent:
            path = f"/v1/tickets/{ticket['id']}"
            done(await agent.post(f"{path}/hold", json={"reason": "waiting-for-client"}))
            reply = written(
                LEA,
                "Re: nouvelles",
                "La photo est jointe.\n\nLe 3 mars 2026 à 10:12, Support a écrit :\n> Où ?",
                "<r1@pasteur.example>",
                In_Reply_To=f"<ticket.{ticket['id']}.abc@firm.example>",
            )
            reply.add_attachment(picture(), "image", "jpeg", filename="../écran.jpg")
            await imap.deliver(reply.as_bytes())
            await imap.deliver(reply.as_bytes())
            await here.all_taken()
            assert await here.notes(ticket["id"]) == ["La photo est jointe."]
            assert done(await agent.get(path))["state"] != "on-hold"
            files = done(await agent.get(f"{path}/attachments"))["items"]
            assert [(each["name"], each["public"]) for each in files] == [
                ("écran.jpg", True),
                ("message.txt", False),
            ]
            kept = await agent.get(f"{path}/attachments/{files[0]['id']}")
            assert GPS not in told_by(kept.content)
            health = (await agent.get("/health")).json()["figures"]["mailboxes"]["support"]
            assert (health["state"], health["taken"]) == ("polling", 4)
        assert PASSWORD not in str(health)
        assert await here.service.runtime.collection("attachment_files.doubts").count_documents({}) == 0
        assert await here.service.runtime.collection("attachment_files.files").count_documents({}) == 2


async def test_strangers_wait_for_a_decision_and_hold_nobody_up(
    servers: RealServers, unique: str, imap: ImapServer
) -> None:
    async with desked(servers, unique, imap, done_folder="Taken") as here:
        await imap.deliver(b"\xff\xfe no mail at all")
        await imap.deliver(mail("spam@evil.example", "Casino", "Gagnez", "<s1@evil.example>"))
        await imap.deliver(mail("guy@pasteur.example", "Réseau", "Lent", "<g1@pasteur.example>"))
        await imap.deliver(mail(LEA, "Souris", "Cassée", "<q2@pasteur.example>"))
        await here.all_taken()

        async def all_moved() -> bool:
            return len(await imap.does(lambda c: (c.select_folder("Taken"), c.search())[1])) == 4

        await until(all_moved, within=20)
        assert [each["summary"] for each in await here.tickets()] == ["Souris"]
        broken, spam, guy = await here.waiting()
        assert (broken["reason"], broken["sender"]) == ("mail-unreadable", None)
        assert (spam["reason"], spam["sender"], spam["excerpt"]) == (
            "sender-unknown",
            "spam@evil.example",
            "Gagnez",
        )
        assert await here.waiting(reason="mail-unreadable") == [broken]
        async with here.firm.agent() as agent, here.firm.portal() as portal:
            assert (await portal.get("/v1/quarantine")).status_code == 403
            rejected = done(await agent.post(f"/v1/quarantine/{spam['id']}/reject"))
            assert (rejected["state"], rejected["subject"]) == ("rejected", None)
            again = await agent.post(
                f"/v1/quarantine/{spam['id']}/accept", json={"customer_id": here.firm.pasteur}
            )
            assert (again.status_code, again.json()["type"]) == (409, "/problems/mail-decided")
            where = f"/v1/quarantine/{guy['id']}/accept"
            untold = await agent.post(where, json={"customer_id": here.firm.pasteur})
            assert untold.json()["type"] == "/problems/site-not-told"
            body = {"customer_id": here.firm.pasteur, "site_id": here.firm.sud}
            accepted = done(await agent.post(where, json=body))
            assert done(await agent.post(where, json=body)) == accepted
            ticket = done(await agent.get(f"/v1/tickets/{accepted['ticket_id']}"))
            assert (ticket["summary"], ticket["declared_by"]) == ("Réseau", "guy@pasteur.example")
            assert ticket["declared_at"] == guy["received_at"]
            unread = await agent.post(f"/v1/quarantine/{broken['id']}/accept", json=body)
            assert unread.json()["type"] == "/problems/mail-unreadable"
        assert [each["id"] for each in await here.waiting()] == [broken["id"]]
        assert await here.service.runtime.collection("mail_files.files").count_documents({}) == 1
        assert len(await here.tickets()) == 2


async def test_whoever_takes_it_again_meanwhile_or_after_a_crash_finds_what_it_has_become(
    servers: RealServers, unique: str, imap: ImapServer
) -> None:
    async with running(servers, unique) as service:
        firm = await a_firm(service, unique)
        async with service.as_("admin") as admin:
            contact = {"customer_id": firm.pasteur, "name": "Léa", "email": "lea@pasteur.example"}
            created(await admin.put(f"/v1/contacts/{unique}-lea", json={**contact, "sites": [firm.nord]}))
        desk = mailbox(imap, unique).desk
        taker: Taker = service.app.state.taker
        now = service.runtime.system_clock.now()
        raw = mail(LEA, "Écran noir", "Rien", "<q1@pasteur.example>")
        copies = [Fetched(f"inbox 1 {n}", now, raw) for n in range(4)]
        replicas = [replace(taker, turn=asyncio.Lock()) for _ in copies]
        took = await asyncio.gather(*(r.take(each, desk) for r, each in zip(replicas, copies, strict=True)))
        assert len({each.ticket_id for each in took}) == 1
        assert (await taker.take(copies[0], desk)) == took[0]
        other = mail(LEA, "Écran noir", "Autre chose", "<q1@pasteur.example>")
        quarantined = await taker.take(Fetched("inbox 1 9", now, other), desk)
        assert (quarantined.reason, quarantined.ticket_id) == ("same-message-id", None)
        assert await taker.take(Fetched("inbox 1 9", now, other), desk) == quarantined
        for n in range(12):
            await taker.take(Fetched("i", now, mail(LEA, f"n° {n}", "x", f"<m{n}@pasteur.example>")), desk)
        async with firm.agent() as agent:
            assert len(done(await agent.get("/v1/tickets"))["items"]) == 8 - 1
            waiting = done(await agent.get("/v1/quarantine"))["items"]
        assert Counter(each["reason"] for each in waiting) == {"same-message-id": 1, "too-many-mails": 6}
        await taker.sweep(timedelta(0), timedelta(0))
        assert await service.runtime.collection("mail_files.files").count_documents({}) == 0


async def test_a_server_that_is_away_is_told_of_and_waited_for(
    servers: RealServers, unique: str, imap: ImapServer
) -> None:
    async with desked(servers, unique, imap) as here, here.firm.agent() as agent:

        async def state() -> str:
            figures = (await agent.get("/health")).json()["figures"]["mailboxes"]["support"]
            return f"{figures['state']} {figures['error']}"

        async def polls() -> bool:
            return (await state()).startswith("polling")

        async def is_away() -> bool:
            return (await state()).startswith("away")

        await until(polls, within=20)
        await imap.kill()
        await until(is_away, within=20)
        assert PASSWORD not in await state()
        await imap.start()
        await imap.deliver(mail(LEA, "Écran noir", "Rien", "<q1@pasteur.example>"))
        await here.all_taken()
        await until(polls, within=20)
        assert [each["summary"] for each in await here.tickets()] == ["Écran noir"]


async def test_one_replica_at_a_time_looks_after_a_mailbox(service: Running, unique: str) -> None:
    leases, now = service.runtime.collection(LEASES), service.runtime.system_clock.now()
    one, two = (Lease(leases, unique, name, timedelta(seconds=30)) for name in ("one", "two"))
    assert await one.is_mine(now)
    assert not await two.is_mine(now + timedelta(seconds=29))
    assert await one.is_mine(now + timedelta(seconds=29))
    assert not await two.is_mine(now + timedelta(seconds=58))
    assert await two.is_mine(now + timedelta(seconds=60))
    await one.give_up()
    assert not await one.is_mine(now + timedelta(seconds=61))
    await two.give_up()
    assert await one.is_mine(now + timedelta(seconds=61))


async def test_a_mail_over_which_the_connection_breaks_waits_for_somebody_and_the_next_is_taken(
    servers: RealServers, unique: str, imap: ImapServer
) -> None:
    await imap.deliver(mail(LEA, "Poison", "Brise tout", "<p1@pasteur.example>"))
    await imap.deliver(mail(LEA, "Souris", "Cassée", "<q2@pasteur.example>"))
    async with breaking_over(b"Poison", imap.port) as port, desked(servers, unique, ImapServer(port)) as here:

        async def taken() -> bool:
            return bool(await here.tickets()) and not await imap.unseen()

        await until(taken, within=40)
        assert [each["summary"] for each in await here.tickets()] == ["Souris"]
        assert [each["reason"] for each in await here.waiting()] == ["mail-unreadable"]


@asynccontextmanager
async def breaking_over(word: bytes, port: int) -> AsyncIterator[int]:
    """What stands between a client and a server, and breaks wherever that word passes."""

    async def passes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (data := await reader.read(65536)) and word not in data:
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serves(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, downstream = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(passes(reader, downstream), passes(upstream, writer), return_exceptions=True)
        writer.close()

    async with await asyncio.start_server(serves, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_what_somebody_reads_first_is_taken_where_the_server_keeps_our_keyword(
    imap: ImapServer,
) -> None:
    await imap.deliver(mail(LEA, "Lu", "x", "<1@pasteur.example>"))
    await imap.does(lambda client: (client.select_folder("INBOX"), client.add_flags([101], [b"\\Seen"])))
    account = Account("127.0.0.1", imap.port, USER, PASSWORD, tls="none")
    today = datetime.now(UTC).date()
    connection = await asyncio.to_thread(Connection.open, account, today)
    try:
        assert await asyncio.to_thread(connection.waiting) == []
        connection.marks = True
        assert await asyncio.to_thread(connection.waiting) == [101]
        connection.since = today + timedelta(days=1)
        assert await asyncio.to_thread(connection.waiting) == []
    finally:
        connection.close()
