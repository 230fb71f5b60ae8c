"""A way into a mailbox on an IMAP server. IMAPClient waits for each answer: call it in a thread."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

Tls = Literal["tls", "starttls", "none"]
CONNECT_SECONDS = 10
READ_SECONDS = 30

AWAY = (OSError, IMAPClientError, ssl.SSLError)
"""The server is not there, is slow, or refuses; imaplib's own errors are IMAPClient's."""

T = TypeVar("T")


class Login(Protocol):
    """Where a mailbox is, and who looks into it."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def tls(self) -> Tls: ...


def logged_in(login: Login, prepare: Callable[[IMAPClient], T]) -> tuple[IMAPClient, T]:
    """A connection, and what ``prepare`` made of it; it is shut where that fails."""
    context = ssl.create_default_context()
    client = IMAPClient(
        login.host,
        port=login.port,
        ssl=login.tls == "tls",
        ssl_context=context if login.tls == "tls" else None,
        timeout=SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    )
    try:
        if login.tls == "starttls":
            client.starttls(context)
        client.login(login.user, login.password)
        return client, prepare(client)
    except BaseException:
        with suppress(*AWAY):
            client.shutdown()
        raise


def password_of(file: str | None, setting: str | None, said: Mapping[str, str]) -> str:
    """What a file holds or the setting of that name says; ``ValueError`` tells what is wrong, no password."""
    if (file is None) == (setting is None):
        raise ValueError("give password_file or password_setting, one of them")
    if file is not None:
        try:
            return Path(file).read_text().rstrip("\r\n")
        except OSError as error:
            raise ValueError(f"password_file cannot be read: {error.strerror}") from error
    password = said.get(str(setting), "")
    if not password:
        raise ValueError(f"ASTREINTE_{setting} is not set")
    return password
