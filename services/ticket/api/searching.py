"""What ``q`` asks for: where its words may stand, the better places first."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from contracts.audience import Viewer
from contracts.serials import serial_key
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import A_STRING, Document, Kind
from services.ticket.api.bodies import Email, Phone
from services.ticket.lookup.words import LONGEST, Word, compact, sought
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets, Sites
from services.ticket.store.searched import (
    ASSET,
    PRIVATE,
    REFERENCE,
    REQUESTER,
    SITE,
    SUMMARY,
    TEXT,
    Beginning,
    begins,
)

MOST_NAMED = 150
"""Sites, machines or people that a word stands for at most: by one that more are called nobody is found."""
DIGITS_OF_A_PHONE = 6
NONE: Document = {"_id": {"$in": []}}

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_PHONE: TypeAdapter[str] = TypeAdapter(Phone)

Wanted = list[str | Beginning]


@dataclass(frozen=True)
class Search:
    """``levels`` are conditions of which a ticket meets one at most; ``anywhere`` is that it meets one."""

    levels: tuple[Document, ...]
    anywhere: Document


@dataclass(frozen=True)
class _Places:
    """Where a word may stand: at the best, everywhere else that the caller reads, and only half-written."""

    best: Wanted
    rest: Wanted
    meant: Wanted
    begun: Wanted

    @property
    def written(self) -> Wanted:
        return [*self.best, *self.rest]


async def search_of(run: Runtime, viewer: Viewer, customer: str | None, query: str) -> Search:
    """The search for tickets of ``customer`` (any when None) whose references, texts or people say it."""
    asked = _Asked(run, viewer, customer)
    words = sought(query)
    whole, places = await asyncio.gather(
        asked.whole(query),
        asyncio.gather(*(asked.places(word, last=word is words[-1]) for word in words)),
    )
    if not places:
        return Search((_any(whole),), _any(whole))
    *others, last = places
    if not others:
        # It stands at one place only, its best: elsewhere what stands better need not be left out.
        last = replace(last, best=[*last.best, *whole])
        levels = [_any(last.best), {**_any(last.rest), "$nor": [_any(last.best)]}]
    else:
        best = _all(each.best for each in places)
        levels = [_any(whole), {**best, "$nor": [_any(whole)]}]
        levels.append({**_all(each.written for each in places), "$nor": [_any(whole), best]})
    anywhere = {"$or": [_any(whole), _all(each.written for each in places)]}
    # What is begun by its terms is read in order and no further than a page; what only begins so is sorted.
    for begun in filter(None, (last.meant, last.begun)):
        level = _all([*(each.written for each in others), begun])
        levels.append({**level, "$nor": [anywhere]})
        anywhere = {"$or": [*anywhere["$or"], level]}
    return Search(tuple(levels), anywhere)


def _any(wanted: Wanted) -> Document:
    return {"words": {"$in": wanted}}


def _all(wanted: Iterable[Wanted]) -> Document:
    """Each of the words stands at one of its places."""
    return {"$and": [_any(each) for each in wanted]}


@dataclass(frozen=True)
class _Asked:
    run: Runtime
    viewer: Viewer
    customer: str | None

    async def whole(self, query: str) -> Wanted:
        """The query as one thing: a number, a reference, a serial; to the firm a phone or an address."""
        found: Wanted = [REFERENCE + reference] if (reference := compact(query)) else []
        if serial := serial_key(query):
            found += await self._named(Assets, ASSET, {"serial_key": {"$eq": serial, **A_STRING}})
        if self.viewer.of_the_firm:
            if (email := _valid(_EMAIL, query)) is not None:
                found += await self._named(Contacts, REQUESTER, {"email": email})
            phone = _valid(_PHONE, query)
            if phone is not None and sum(map(str.isdigit, phone)) >= DIGITS_OF_A_PHONE:
                found += await self._named(Contacts, REQUESTER, {"phone": phone})
        return found

    async def places(self, word: Word, *, last: bool) -> _Places:
        elsewhere = (TEXT, PRIVATE) if self.viewer.of_the_firm else (TEXT,)
        terms, written = sorted(word.terms), word.written[:LONGEST]
        best: Wanted = [REFERENCE + written, *(SUMMARY + term for term in terms)]
        best += await self._called({"words": word.written})
        meant: Wanted = []
        begun: Wanted = []
        if last and word.beginnings:
            every = (REFERENCE, SUMMARY, *elsewhere)
            meant += [where + term for where in every for term in sorted(word.begun)]
            begun += [begins(where + written) for where in every]
            meant += await self._called({"words": {"$regex": f"^{re.escape(word.written)}"}})
        return _Places(best, [where + term for where in elsewhere for term in terms], meant, begun)

    async def _called(self, asked: Document) -> Wanted:
        """The sites, machines and, to the firm, people who are called so."""
        kinds: list[tuple[Kind[Any], str]] = [(Sites, SITE), (Assets, ASSET)]
        if self.viewer.of_the_firm:
            kinds.append((Contacts, REQUESTER))
        named = await asyncio.gather(*(self._named(kind, mark, asked) for kind, mark in kinds))
        return [each for found in named for each in found]

    async def _named(self, kind: Kind[Any], mark: str, asked: Document) -> Wanted:
        within = {} if self.customer is None else {"customer_id": self.customer}
        query = {**asked, **within, "erased": {"$ne": True}}
        found = self.run.collection(kind.name).find(query, {"_id": 1}).limit(MOST_NAMED + 1)
        ids = [each["_id"] for each in await found.to_list(None)]
        return [] if len(ids) > MOST_NAMED else [mark + id for id in ids]


def _valid(kind: TypeAdapter[str], text: str) -> str | None:
    try:
        return kind.validate_python(text.strip())
    except ValidationError:
        return None
