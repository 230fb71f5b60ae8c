"""Hand mails to the firm's SMTP server over connections that are kept for the next mail."""

import time
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
)

from infra.chassis.store.deliveries import Rejected
from services.notify.domain.bounce import REFUSED, refuses_address

TIMEOUT_SECONDS = 10.0
TRUSTED_IDLE_SECONDS = 2.0
MAX_IDLE_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """Where mail goes: ``smtp://`` upgrades to TLS when the server offers it, ``smtps://`` begins with it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls: bool = False

    @classmethod
    def parse(cls, text: str) -> "Server":
        """From ``host:port`` or ``smtp[s]://[user:password@]host[:port]``; ``ValueError`` if neither."""
        url = urlsplit(text if "://" in text else f"smtp://{text}")
        if url.scheme not in ("smtp", "smtps") or not url.hostname:
            raise ValueError(f"{text!r} names no mail server: write host:port or smtps://user:password@host")
        tls = url.scheme == "smtps"
        return cls(
            host=url.hostname,
            port=url.port or (465 if tls else 25),
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            tls=tls,
        )


@dataclass(frozen=True)
class _Idle:
    client: SMTP
    since: float


class Mailer:
    """Sends mails, each caller on a connection of his own; idle ones are reused, newest first."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._idle: list[_Idle] = []

    async def send(self, mail: EmailMessage, sender: str) -> None:
        """Return once the server has accepted the mail.

        ``Rejected`` when it never will; any other exception means that another attempt may help,
        though after a connection lost in mid-mail the server may have it all the same.
        """
        client = await self._connection()
        try:
            await client.send_message(mail, sender=sender)
        except (SMTPRecipientsRefused, SMTPDataError) as refused:
            await self._keep(client)
            if (verdict := _final(refused)) is not None:
                raise Rejected(verdict) from refused
            raise
        except ValueError as error:
            await self._keep(client)
            raise Rejected(f"bad-address: {error}") from error
        except BaseException:
            client.close()
            raise
        await self._keep(client)

    async def close(self) -> None:
        """Say goodbye on every idle connection."""
        idle, self._idle = self._idle, []
        for each in idle:
            try:
                await each.client.quit(timeout=1)
            except (SMTPException, OSError):
                each.client.close()

    async def _connection(self) -> SMTP:
        """A connection that answers: a server may have closed an idle one without a word."""
        while self._idle:
            idle = self._idle.pop()
            age = time.monotonic() - idle.since
            if idle.client.is_connected and age < TRUSTED_IDLE_SECONDS:
                return idle.client
            try:
                if age < MAX_IDLE_SECONDS:
                    await idle.client.noop()
                    return idle.client
            except (SMTPException, OSError):
                pass
            idle.client.close()
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.tls,
            local_hostname="astreinte",
            timeout=TIMEOUT_SECONDS,
        )
        await client.connect()
        return client

    async def _keep(self, client: SMTP) -> None:
        if client.is_connected:
            self._idle.append(_Idle(client, time.monotonic()))


def _final(refused: SMTPRecipientsRefused | SMTPDataError) -> str | None:
    """The server's words when its refusal is permanent (5xx), None when it may change its mind."""
    of_address = isinstance(refused, SMTPRecipientsRefused)
    first = refused.recipients[0] if isinstance(refused, SMTPRecipientsRefused) else refused
    if first.code < 500:
        return None
    words = f"{first.code} {first.message}"
    return f"{REFUSED}: {words}" if of_address and refuses_address(first.code, first.message) else words
