"""Look after the mailbox that mails come back to: read, act, mark as seen, again and again."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from imapclient import IMAPClient

from infra.chassis.mailboxes import AWAY, Tls, logged_in, password_of
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause
from services.notify.domain.timing import Timing
from services.notify.mail.returned import ReturnPath, read
from services.notify.usecases.refuse_address import TakeBounce

MOST_BYTES = 1_000_000
_BATCH = 50
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BounceBox:
    """Where mails come back to. ``address`` is the one below which each mail has its own."""

    host: str
    user: str
    password: str = field(repr=False)
    address: str
    port: int
    tls: Tls = "tls"
    folder: str = "INBOX"
    poll_seconds: float = 60.0

    @classmethod
    def parse(cls, text: str, said: Mapping[str, str]) -> "BounceBox":
        """From a JSON setting; ``ValueError`` says what is wrong, and no password."""
        try:
            given = json.loads(text)
        except ValueError as error:
            raise ValueError("it is no JSON object") from error
        known = {"host", "user", "password_file", "password_setting", "address", "port", "tls", "folder",
                 "poll_seconds"}  # fmt: skip
        if not isinstance(given, dict) or not {"host", "user"} <= set(given) or set(given) - known:
            raise ValueError(f"give an object with host and user, and if need be {', '.join(sorted(known))}")
        tls, address = given.get("tls", "tls"), str(given.get("address", given["user"]))
        if tls not in ("tls", "starttls", "none"):
            raise ValueError("tls is tls, starttls or none")
        if tls == "none" and given["host"] not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("a password never goes to another machine in clear: tls or starttls")
        if not 0 < len(address.partition("@")[0]) <= 64 - 54 or not address.partition("@")[2]:
            raise ValueError("address is a mail address of at most 10 letters before its @")
        return cls(
            host=given["host"],
            user=given["user"],
            password=password_of(given.get("password_file"), given.get("password_setting"), said),
            address=address,
            port=int(given.get("port", 993 if tls == "tls" else 143)),
            tls=cast(Tls, tls),
            folder=given.get("folder", "INBOX"),
            poll_seconds=float(given.get("poll_seconds", 60)),
        )


async def read_bounces(box: BounceBox, paths: ReturnPath, timing: Timing, run: Runtime) -> None:
    """The loop, until cancelled. Replicas that read the same mail twice do no harm: a report is news once."""
    while True:
        try:
            for uid, raw in await asyncio.to_thread(_unseen, box):
                returned = read(raw, paths)
                if returned is not None:
                    bounce = TakeBounce(
                        returned.delivery_id, returned.reason, returned.address, returned.dead, timing
                    )
                    await run.do(bounce, Cause("notify", returned.delivery_id))
                await asyncio.to_thread(_seen, box, uid)
        except AWAY as error:
            _log.warning("the mailbox that mails come back to cannot be read: %s", error)
        await asyncio.sleep(box.poll_seconds)


def _opened(box: BounceBox) -> IMAPClient:
    client, _ = logged_in(box, lambda client: client.select_folder(box.folder))
    return client


def _unseen(box: BounceBox) -> list[tuple[int, bytes]]:
    with _opened(box) as client:
        uids = sorted(client.search(["UNSEEN", "UNDELETED", "SMALLER", MOST_BYTES]))[:_BATCH]
        found: Mapping[int, Mapping[bytes, Any]] = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
        return [(uid, found[uid].get(b"BODY[]") or b"") for uid in uids if uid in found]


def _seen(box: BounceBox, uid: int) -> None:
    with _opened(box) as client:
        client.add_flags([uid], [b"\\Seen"])
