"""A real SMTP server that keeps what it gets."""

import json
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from infra.local.mail_sink import MailSink


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    sink = MailSink()
    await sink.start()
    yield sink
    await sink.stop()


def mail(subject: str = "Intervention prévue", key: str | None = "n-1") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "astreinte@example.org"
    message["To"] = "claire@gare.example"
    message["Subject"] = subject
    if key is not None:
        message["X-Idempotency-Key"] = key
    message.set_content("Bonjour,\nInès arrive à 09:10.\n")
    message.add_alternative("<p>Inès arrive à <b>09:10</b>.</p>", subtype="html")
    return message


async def send(sink: MailSink, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="127.0.0.1", port=sink.port)


async def test_a_message_is_kept_as_it_came(sink: MailSink) -> None:
    await send(sink, mail())
    (received,) = sink.messages
    assert received.subject == "Intervention prévue"
    assert received.recipients == ("claire@gare.example",)
    assert received.sender == "astreinte@example.org"
    assert received.text == "Bonjour,\nInès arrive à 09:10.\n"
    assert "<b>09:10</b>" in received.html
    assert sink.message(received.number) is received


async def test_a_message_sent_twice_is_counted_as_repeated(sink: MailSink) -> None:
    for key in ("n-1", "n-2", "n-1"):
        await send(sink, mail(key=key))
    assert (sink.total, sink.distinct, sink.repeated) == (3, 2, {"n-1": 2})


async def test_the_message_id_tells_messages_apart_when_there_is_no_key(sink: MailSink) -> None:
    for number in (1, 1, 2):
        message = mail(key=None)
        message["Message-ID"] = f"<{number}@example.org>"
        await send(sink, message)
    assert sink.repeated == {"<1@example.org>": 2}


async def test_what_is_kept_has_a_bound_and_the_counts_do_not_forget() -> None:
    sink = MailSink(kept=3)
    await sink.start()
    try:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port) as client:
            for number in range(5):
                await client.send_message(mail(key=f"n-{number}"))
    finally:
        await sink.stop()
    assert (sink.total, sink.distinct) == (5, 5)
    assert [received.number for received in sink.messages] == [5, 4, 3]
    assert sink.message(1) is None


async def test_a_file_tells_another_process_what_came(tmp_path: Path) -> None:
    sink = MailSink(file=tmp_path / "mail.jsonl")
    await sink.start()
    try:
        await send(sink, mail())
        await send(sink, mail("Annulée", "n-2"))
    finally:
        await sink.stop()
    lines = [json.loads(line) for line in (tmp_path / "mail.jsonl").read_text().splitlines()]
    assert [(line["key"], line["subject"], line["to"]) for line in lines] == [
        ("n-1", "Intervention prévue", ["claire@gare.example"]),
        ("n-2", "Annulée", ["claire@gare.example"]),
    ]
    assert lines[0]["text"].startswith("Bonjour")


async def test_a_message_that_nobody_can_read_stops_nothing(sink: MailSink) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=sink.port)
    async with client:
        await client.sendmail(
            "a@example.org",
            ["b@example.org"],
            b"Subject: =?utf-8?q?=FF?=\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe\r\n",
        )
        await client.send_message(mail())
    assert sink.total == 2
    assert [received.summary()["key"] for received in sink.messages] == ["n-1", "without-key-1"]
    assert isinstance(sink.messages[1].text, str)


async def test_somebody_can_wait_for_mail(sink: MailSink) -> None:
    await send(sink, mail())
    await sink.until(1, seconds=5)
    with pytest.raises(TimeoutError):
        await sink.until(2, seconds=0.01)


async def test_a_line_that_a_kill_cut_short_is_not_continued(tmp_path: Path) -> None:
    file = tmp_path / "mail.jsonl"
    file.write_text('{"key": "n-')
    sink = MailSink(file=file)
    await sink.start()
    await send(sink, mail(key="n-2"))
    await sink.stop()
    _, whole = file.read_text().splitlines()
    assert json.loads(whole)["key"] == "n-2"
