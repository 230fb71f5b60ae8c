"""Take a mail: into a ticket where it belongs to one, else into quarantine with the reason; each mail once.

What is stored decides. A mail that is found again (its flag was not set any more, two replicas, two folders)
has the effect that it had, and the bytes that were stored for it again go.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pymongo.errors import PyMongoError

from contracts.file_names import cleaned_name
from contracts.refusal import Refusal
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.files import CHUNK_BYTES
from infra.chassis.store.unit import AlreadyExists, Cause
from infra.chassis.store.writing import UniqueViolation
from services.ticket.domain.mail import (
    MAX_WAITING,
    Desk,
    Mail,
    MailState,
    ReceivedMail,
    StoredFile,
    key_of,
    unreadable,
)
from services.ticket.domain.patience import Patience
from services.ticket.lookup.looking import looked_at_bytes
from services.ticket.mail.reading import ReadMail, otherwise, read
from services.ticket.store.attachments import attachment_files
from services.ticket.store.contacts import Contacts
from services.ticket.store.mails import Mails, mail_files
from services.ticket.store.numbers import Numbers
from services.ticket.usecases.quarantine_mail import EndQuarantine, QuarantineMail
from services.ticket.usecases.receive_mail import NOBODY, Accepted, ReceiveMail

NOT_NOW = ("not-ready", "contended")
"""Refusals that say nothing of the mail: it is taken later."""
TRIES = 3
EXCERPT = 2_000
HOUR = timedelta(hours=1)
SAME_CLOCK = timedelta(seconds=1)
"""The domain's clock may be ahead of the machine's, which mail servers go by."""


@dataclass(frozen=True)
class Fetched:
    """A mail as a server gave it: ``place`` is mailbox, UIDVALIDITY and UID; ``raw`` None if it cannot be."""

    place: str
    at: datetime
    raw: bytes | None


@dataclass(frozen=True)
class Taker:
    """One mail at a time: a large one is in memory several times over while it is taken apart."""

    run: Runtime
    numbers: Numbers
    patience: Patience
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, fetched: Fetched, desk: Desk) -> ReceivedMail:
        """What became of it, stored. A ``Refusal`` of ``NOT_NOW``, or the database's error, says: later."""
        async with self.turn:
            return await self._take(fetched, desk)

    async def _take(self, fetched: Fetched, desk: Desk) -> ReceivedMail:
        raw, found = fetched.raw, None
        try:
            if raw is None:
                raise unreadable("It is too large to be fetched", "Il est trop gros pour être lu")
            found = await asyncio.to_thread(read, raw, fetched.place)
            try:
                return await self.receive(found, fetched.at, desk)
            except Refusal as refused:
                if refused.slug != "same-message-id":
                    raise
                found = replace(found, mail=otherwise(found.mail))
                raise
        except PyMongoError:
            raise
        except Exception as error:
            why = error if isinstance(error, Refusal) else self._failed(error)
            if why.slug in NOT_NOW:
                raise
            return await self._quarantine(fetched, None if found is None else found.mail, desk, why)

    async def receive(
        self,
        found: ReadMail,
        at: datetime,
        desk: Desk,
        *,
        accepted: Accepted | None = None,
        cause: Cause | None = None,
    ) -> ReceivedMail:
        run, mail = self.run, found.mail
        ahead = run.clock.now() - run.system_clock.now()
        at = at if abs(ahead) < SAME_CLOCK else at + ahead
        files = await self._store(found)
        try:
            for attempt in range(TRIES):
                use_case = ReceiveMail(
                    mail=mail,
                    desk=desk,
                    at=at,
                    ticket_id=new_id(),
                    number=await self.numbers.next(at.year),
                    files=files,
                    recent=await self._recent(mail, desk),
                    accepted=accepted,
                    patience=self.patience,
                )
                try:
                    cause = cause or Cause(await self._actor(mail), new_id())
                    received = (await run.do(use_case, cause)).result
                    break
                except (AlreadyExists, UniqueViolation):
                    if attempt == TRIES - 1:
                        raise
            else:
                raise AssertionError("the last try returns or raises")
        except Refusal as refused:
            if refused.slug not in NOT_NOW:
                await self._forget(files, named=())
            raise
        kept = await run.find(Mails, {"_id": received.id}, limit=1)
        ticket_id = kept[0].value.ticket_id if kept else received.ticket_id
        query = {"ticket_id": ticket_id, "file_id": {"$in": [each.file_id for each in files]}}
        named = [d["file_id"] async for d in run.collection("attachments").find(query, {"file_id": 1})]
        await self._forget(files, named)
        return received

    async def _store(self, found: ReadMail) -> tuple[StoredFile, ...]:
        """Bytes first: they are in doubt until an attachment names them, and swept where none ever does."""
        texts = [] if found.mail.whole is None else [("message.txt", found.mail.whole.encode(), False)]
        given = [*((name, content, True) for name, content in found.files), *texts]
        stored: list[StoredFile] = []
        for name, content, public in given:
            if not content:
                continue
            kept, about = await asyncio.to_thread(looked_at_bytes, content)
            file = StoredFile(
                id=new_id(),
                file_id=new_id(),
                name=cleaned_name(name),
                media_type=about.media_type,
                size=about.size,
                sha256=about.sha256,
                position=about.position,
                public=public,
            )
            await attachment_files(self.run).store(file.file_id, self.run.system_clock.now(), _parts(kept))
            stored.append(file)
        return tuple(stored)

    async def _forget(self, files: Sequence[StoredFile], named: Iterable[str]) -> None:
        kept, bytes_of = set(named), attachment_files(self.run)
        for file in files:
            await (bytes_of.settle if file.file_id in kept else bytes_of.drop)(file.file_id)

    async def _recent(self, mail: Mail, desk: Desk) -> int:
        since = self.run.clock.now() - HOUR
        query = {"sender_key": key_of(mail.sender), "taken_at": {"$gt": since}}
        return await self.run.collection(Mails.name).count_documents(query, limit=desk.hourly)

    async def _actor(self, mail: Mail) -> str:
        """Who the timeline says it was: the contact who alone has that address."""
        people = await self.run.find(Contacts, {"email": mail.sender}, limit=2)
        return f"requester:{people[0].value.id}" if len(people) == 1 else NOBODY

    def _failed(self, error: Exception) -> Refusal:
        """A fault of ours: people look at the mail, and those behind it do not wait."""
        self.run.log.error("a mail could not be taken", exc_info=error)
        kind = type(error).__name__
        return unreadable(f"Taking it failed ({kind})", f"Sa prise en charge a échoué ({kind})")

    # -- quarantine ------------------------------------------------------------------------

    async def _quarantine(
        self, fetched: Fetched, mail: Mail | None, desk: Desk, why: Refusal
    ) -> ReceivedMail:
        run, files = self.run, mail_files(self.run)
        id = key_of(fetched.place, fetched.at.isoformat()) if mail is None else mail.id
        if (kept := await run.read(Mails, id)) is not None:
            return kept.value
        await self._make_room()
        now, file_id = run.clock.now(), None
        if fetched.raw is not None:
            file_id = new_id()
            await files.store(file_id, run.system_clock.now(), _parts(fetched.raw))
        received = ReceivedMail(
            id=id,
            digest="" if mail is None else mail.digest,
            mailbox=desk.name,
            state=MailState.QUARANTINED,
            at=fetched.at,
            taken_at=now,
            message_id=None if mail is None else mail.message_id,
            sender_key=None if mail is None else key_of(mail.sender),
            reason=why.slug,
            reason_en=why.detail.en,
            reason_fr=why.detail.fr,
            sender=None if mail is None else mail.sender,
            sender_name=None if mail is None else mail.sender_name,
            subject=None if mail is None else mail.subject,
            excerpt=None if mail is None else mail.text[:EXCERPT],
            file_id=file_id,
        )
        try:
            stored = (await run.do(QuarantineMail(received), Cause(NOBODY, new_id()))).result
        except (AlreadyExists, UniqueViolation):
            stored = None
        if file_id is not None:
            mine = stored is not None and stored.file_id == file_id
            await (files.settle if mine else files.drop)(file_id)
        return stored or received

    async def _make_room(self) -> None:
        mails = self.run.collection(Mails.name)
        waiting = {"state": MailState.QUARANTINED.value}
        if await mails.count_documents(waiting, limit=MAX_WAITING) >= MAX_WAITING:
            oldest = await mails.find_one(waiting, {"_id": 1}, sort=[("taken_at", 1)])
            if oldest is not None:
                await self.end(oldest["_id"], MailState.EXPIRED, Cause(NOBODY, new_id()))

    async def end(self, id: str, state: MailState, cause: Cause) -> ReceivedMail:
        """Nobody needs its bytes any more."""
        kept, files = await self.run.read(Mails, id), mail_files(self.run)
        file_id = None if kept is None else kept.value.file_id
        if file_id is not None:
            await files.doubt(file_id, self.run.system_clock.now())
        after = (await self.run.do(EndQuarantine(id, state), cause)).result
        if file_id is not None:
            await files.drop(file_id)
        return after

    async def accept(self, id: str, accepted: Accepted, desk: Desk, cause: Cause) -> ReceivedMail:
        """A mail in quarantine is what somebody of the firm's says it is."""
        kept, files = await self.run.read(Mails, id), mail_files(self.run)
        waiting = None if kept is None else kept.value
        if waiting is None or waiting.file_id is None or not waiting.sender:
            raise unreadable("It could not be read", "Il n'a pu être lu")
        raw = b"".join([part async for part in files.read(waiting.file_id)])
        found = await asyncio.to_thread(read, raw, "")
        found = replace(found, mail=replace(found.mail, id=waiting.id, digest=waiting.digest))
        received = await self.receive(found, waiting.at, desk, accepted=accepted, cause=cause)
        await files.drop(waiting.file_id)
        return received

    async def sweep(self, keeps: timedelta, in_doubt: timedelta) -> None:
        """End the quarantine of what waits for longer than ``keeps``; remove the bytes that no mail names."""
        mails = self.run.collection(Mails.name)
        old = {"state": MailState.QUARANTINED.value, "taken_at": {"$lt": self.run.clock.now() - keeps}}
        for each in await mails.find(old, {"_id": 1}).sort("taken_at", 1).to_list(100):
            await self.end(each["_id"], MailState.EXPIRED, Cause(NOBODY, new_id()))

        async def is_named(file_id: str) -> bool:
            return (
                await mails.find_one({"file_id": {"$eq": file_id, "$type": "string"}}, {"_id": 1}) is not None
            )

        await mail_files(self.run).sweep(self.run.system_clock.now() - in_doubt, is_named)


def _parts(content: bytes) -> Iterable[bytes]:
    return (content[n : n + CHUNK_BYTES] for n in range(0, len(content), CHUNK_BYTES))
