"""A real SMTP server on this machine that delivers nowhere: it keeps what it got and shows it."""

import asyncio
import email
import email.policy
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
from infra.local.keeping import KEPT, Keeping

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


class MailSink(Keeping[Received]):
    """Listens on loopback; a line of its file is a message's ``summary`` with the text."""

    def __init__(self, *, port: int = 0, file: Path | None = None, kept: int = KEPT) -> None:
        super().__init__(file=file, kept=kept)
        self._port = port
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        if self._server is None:
            raise RuntimeError("the mail sink is not started")
        return cast(int, self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def start(self) -> None:
        await self._open_file()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self._port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="localhost", data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, timeout=60)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd for each message."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        headers = BytesHeaderParser().parsebytes(content)
        number = self._next_number()
        key = str(headers["X-Idempotency-Key"] or headers["Message-ID"] or f"without-key-{number}")
        received = Received(
            number=number,
            at=datetime.now(UTC),
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            key=key,
            content=content,
        )
        await self._keep(received, {**received.summary(), "text": received.text})
        return "250 kept"


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
