"""A real SMTP server on this machine that delivers nowhere: it keeps what it got and shows it."""

import asyncio
import email
import email.policy
import json
import os
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from contracts.values import rfc3339

KEPT = 1000
MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    """One message as it came in; ``key`` is what makes two messages the same one."""

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    key: str
    content: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """Parsed when somebody looks: parsing costs more than receiving."""
        return email.message_from_bytes(self.content, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def text(self) -> str:
        """The plain text, for reading."""
        return _part(self.message, "plain")

    @property
    def html(self) -> str:
        """The HTML, to be shown in a frame that runs nothing."""
        return _part(self.message, "html")

    @property
    def attachments(self) -> tuple[str, ...]:
        return tuple(
            part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()
        )

    def summary(self) -> dict[str, Any]:
        """What a list shows, ready for JSON."""
        return {
            "number": self.number,
            "at": rfc3339(self.at),
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "key": self.key,
            "language": str(self.message.get("Content-Language", "")) or None,
        }


class MailSink:
    """Listens on loopback. The last ``kept`` messages are kept, the counts per key of all.

    With ``file``, each message is also a line of JSON there (``summary`` with the text), which a
    separate process can audit.
    """

    def __init__(self, *, port: int = 0, file: Path | None = None, kept: int = KEPT) -> None:
        self._port = port
        self._file = file
        self._server: asyncio.Server | None = None
        self._kept: deque[Received] = deque(maxlen=kept)
        self._counts: Counter[str] = Counter()
        self._total = 0
        self._arrived = asyncio.Condition()

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        if self._server is None:
            raise RuntimeError("the mail sink is not started")
        return cast(int, self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> tuple[Received, ...]:
        """The kept ones, newest first."""
        return tuple(reversed(self._kept))

    @property
    def total(self) -> int:
        return self._total

    @property
    def distinct(self) -> int:
        return len(self._counts)

    @property
    def repeated(self) -> dict[str, int]:
        """The keys that came more than once, with how often."""
        return {key: count for key, count in self._counts.items() if count > 1}

    def message(self, number: int) -> Received | None:
        return next((each for each in self._kept if each.number == number), None)

    async def start(self) -> None:
        if self._file is not None and self._file.exists():
            await asyncio.to_thread(_end_last_line, self._file)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self._port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def until(self, total: int, *, seconds: float) -> None:
        """Wait until ``total`` messages have come; TimeoutError when they have not in time."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: self._total >= total)

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="localhost", data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, timeout=60)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for each message."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        headers = BytesHeaderParser().parsebytes(content)
        self._total += 1
        key = str(headers["X-Idempotency-Key"] or headers["Message-ID"] or f"without-key-{self._total}")
        received = Received(
            number=self._total,
            at=datetime.now(UTC),
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            key=key,
            content=content,
        )
        self._kept.append(received)
        self._counts[key] += 1
        if self._file is not None:
            line = json.dumps({**received.summary(), "text": received.text}, ensure_ascii=False)
            await asyncio.to_thread(_append, self._file, line)
        async with self._arrived:
            self._arrived.notify_all()
        return "250 kept"


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(line + "\n")


def _end_last_line(file: Path) -> None:
    """A kill may have cut it short: what comes next must not continue it."""
    with file.open("rb+") as lines:
        if lines.seek(0, os.SEEK_END):
            lines.seek(-1, os.SEEK_END)
            if lines.read(1) != b"\n":
                lines.write(b"\n")


def _part(message: EmailMessage, kind: str) -> str:
    for part in _parts(message):
        if part.get_content_type() == f"text/{kind}" and part.get_content_disposition() != "attachment":
            try:
                return str(part.get_content()).replace("\r\n", "\n")
            except (LookupError, ValueError):
                return str(part.get_payload())
    return ""


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    return cast(Iterator[EmailMessage], message.walk())
