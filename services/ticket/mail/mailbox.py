"""A mailbox on an IMAP server. IMAPClient waits for each answer: every call here belongs into a thread."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from imapclient import IMAPClient

from infra.chassis.mailboxes import AWAY, Tls, logged_in
from services.ticket.domain.mail import MAX_BYTES
from services.ticket.mail.taking import Fetched

KEYWORD = b"AstreinteTaken"


@dataclass(frozen=True)
class Account:
    """Where a mailbox is. What is taken is moved to ``done_folder``; without one it is marked as taken."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls = "tls"
    folder: str = "INBOX"
    done_folder: str | None = None

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}/{self.folder}"


@dataclass
class Connection:
    """One connection, logged in, its folder selected. ``marks``: the server keeps a keyword of ours."""

    account: Account
    client: IMAPClient
    validity: int
    marks: bool
    since: date

    @classmethod
    def open(cls, account: Account, since: date) -> "Connection":
        """``since``: from that day on nobody else who reads a mail takes it from us."""

        def prepare(client: IMAPClient) -> Any:
            client.normalise_times = False
            if account.done_folder is not None and not client.folder_exists(account.done_folder):
                client.create_folder(account.done_folder)
            return client.select_folder(account.folder)

        client, about = logged_in(account, prepare)
        flags = about.get(b"PERMANENTFLAGS", ())
        return cls(account, client, int(about[b"UIDVALIDITY"]), b"\\*" in flags, since)

    @property
    def idles(self) -> bool:
        return bool(self.client.has_capability("IDLE"))

    def waiting(self) -> list[int]:
        """The UIDs of what nobody has taken, in the order in which it came."""
        if self.account.done_folder is not None:
            criteria: Sequence[Any] = ["UNDELETED"]
        elif self.marks:
            criteria = ["UNKEYWORD", KEYWORD, "UNDELETED", "OR", "UNSEEN", "SINCE", self.since]
        else:
            criteria = ["UNSEEN", "UNDELETED"]
        return sorted(self.client.search(criteria))

    def place(self, uid: int) -> str:
        """What no other mail of any mailbox is called."""
        return f"{self.account.name} {self.validity} {uid}"

    def fetch(self, uid: int) -> Fetched | None:
        """None where it has gone meanwhile. Reading it marks nothing."""
        about = self.client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
        if about is None:
            return None
        at = _instant(about.get(b"INTERNALDATE"))
        if int(about.get(b"RFC822.SIZE", 0)) > MAX_BYTES:
            return Fetched(self.place(uid), at, None)
        found = self.client.fetch([uid], ["BODY.PEEK[]"]).get(uid)
        if found is None or b"BODY[]" not in found:
            return None
        return Fetched(self.place(uid), at, found[b"BODY[]"] or b"")

    def done(self, uid: int) -> None:
        """Its effect is stored."""
        folder = self.account.done_folder
        self.client.add_flags([uid], [b"\\Seen", *([KEYWORD] if self.marks and folder is None else [])])
        if folder is None:
            return
        if self.client.has_capability("MOVE"):
            self.client.move([uid], folder)
            return
        self.client.copy([uid], folder)
        self.client.delete_messages([uid])
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge([uid])

    def idle(self, seconds: float) -> bool:
        """Whether something changed within so many seconds."""
        if not self.idles:
            self.client.noop()
            return False
        self.client.idle()
        try:
            heard = self.client.idle_check(timeout=seconds)
        finally:
            self.client.idle_done()
        return any(b"EXISTS" in each or b"RECENT" in each for each in heard)

    def close(self) -> None:
        """At once: a call that waits in another thread ends with an error."""
        with suppress(*AWAY, AttributeError):
            self.client.shutdown()


def _instant(at: datetime | None) -> datetime:
    if at is None:
        return datetime.now(UTC)
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
