"""Mails that come back, on a real SMTP server and a real mailbox: refused at once, or reported later."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notify.mail.bounces import BounceBox
from services.notify.mail.compose import Sender
from services.notify.mail.smtp import Server
from services.notify.store.deliveries import Deliveries
from tests.imap import PASSWORD, USER, ImapServer
from tests.servers import RealServers, until
from tests.services.notify.people import TicketOpened, example
from tests.services.notify.serving import Notify, serving
from tests.services.notify.sink import Sink
from tests.services.notify.test_bounces import report


@pytest.fixture
async def imap() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as made:
        yield made


@pytest.fixture
async def notify(
    servers: RealServers, unique: str, tmp_path: Path, imap: ImapServer, sink: Sink
) -> AsyncIterator[Notify]:
    box = BounceBox("127.0.0.1", USER, PASSWORD, "back@firm.example", imap.port, "none", poll_seconds=0.2)
    sender = Sender("Firm", "firm@firm.example", "https://firm.example", "k" * 32)
    smtp = Server("127.0.0.1", sink.port)
    async with serving(servers, unique, tmp_path, smtp=smtp, sender=sender, bounces=box) as made:
        yield made


async def test_an_address_ends_by_a_report_or_by_a_refusal_and_begins_again_by_hand(
    notify: Notify, imap: ImapServer, sink: Sink
) -> None:
    agent = notify.bearer("agent", subject="paul")
    paul = {"name": "Paul", "role": "agent", "email": "paul@firm.example", "on_duty": True}
    await notify.http.put("/v1/staff/paul", json=paul, headers=notify.bearer("admin"))
    anne = notify.mine("anne")

    async def opens(number: int) -> None:
        event = example(
            TicketOpened,
            ticket_id=notify.mine(f"t{number}"),
            customer_id=notify.mine("clinic"),
            requester_id=anne,
            on_site_contact_id=None,
            site_ids=(notify.mine("north"),),
        )
        await notify.bench.publish(event)
        await notify.settle()

    async def of(number: int) -> tuple[str, str, str | None]:
        found = await notify.runtime.find(Deliveries, {"message.ticket_id": notify.mine(f"t{number}")})
        [one] = [each.value for each in found if each.value.message.recipient.id == anne]
        return one.id, one.state.value, one.failure

    async def refused() -> list[str]:
        listed = (await notify.http.get("/v1/bounces", headers=agent)).json()["items"]
        return [each["person"] for each in listed if each["person"] == anne]

    await opens(1)
    id, state, _ = await of(1)
    assert state == "sent"
    back = next(each for each in sink.senders if f"+{id}." in each)
    await imap.deliver(report(back))

    async def known() -> bool:
        return await refused() == [anne]

    async def all_seen() -> bool:
        return await imap.unseen() == []

    await until(known, within=15)
    assert (await of(1))[1] == "failed"
    await until(all_seen, within=15)
    await notify.settle()
    mails = [mail for mail in sink.mails if "paul@firm.example" in mail["To"] and anne in mail["Subject"]]
    assert len(mails) == 1

    await opens(2)
    assert ((await of(2))[1], (await of(2))[2]) == (
        "failed",
        "address-refused: 550 5.1.1 <(address)>: user unknown",
    )
    where = f"/v1/bounces/contact/{anne}"
    assert (
        await notify.http.delete(where, headers=notify.bearer("technician", subject="x"))
    ).status_code == 403
    assert (await notify.http.delete(where, headers=agent)).status_code == 204
    assert (await notify.http.delete(where, headers=agent)).status_code == 404

    sink.refuse_recipient = "550 5.1.1 no such user"
    await opens(3)
    assert ((await of(3))[1], await refused()) == ("failed", [anne])
