"""Keys of customers' machines, as bearer tokens that every service knows by their digests."""

import hashlib
import re
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Protocol

from pymongo.errors import PyMongoError

from contracts.notify.states import ApiKeyChanged
from contracts.text import Text
from contracts.values import rfc3339
from infra.chassis.http.auth import invalid_token
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.http.roles import KEY_VERBS
from infra.chassis.store.collection import Index, ReadCopy

PREFIX = "astr_"
SECRET_BYTES = 32
SHOWN = len(PREFIX) + 8
"""Characters that a key is recognised by; what is left of it are 200 bits."""
LOOKED_AT_AGAIN_SECONDS = 60.0
"""For how long a stream that was opened with a key goes on before it has to come with it again."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH, _CHECK_LENGTH = 43, 6
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_SECRET_LENGTH + _CHECK_LENGTH}}}")

BY_DIGEST = Index((("digest", 1),), name="by_digest")
ApiKeys = ReadCopy[ApiKeyChanged]("api_keys_copy", ApiKeyChanged, indexes=(BY_DIGEST,))
"""What the services that do not own the keys know of them."""


class KnownKey(Protocol):
    """A key as its owner or as a copy has it."""

    @property
    def api_key_id(self) -> str: ...

    @property
    def customer_id(self) -> str: ...

    @property
    def acts_as(self) -> str: ...

    @property
    def verbs(self) -> Iterable[str]: ...

    @property
    def expires_at(self) -> datetime: ...

    @property
    def revoked_at(self) -> datetime | None: ...


FindKey = Callable[[str], Awaitable[KnownKey | None]]
"""By its digest."""


def key_of(secret: bytes) -> str:
    """The key that 32 random bytes make: with a prefix and a checksum, so that scanners of published code
    can tell one from anything that looks like it."""
    body = _in_letters(int.from_bytes(secret), _SECRET_LENGTH)
    return f"{PREFIX}{body}{_check(body)}"


def is_key(token: str) -> bool:
    """Whether it looks like a key, be it one or not."""
    return token.startswith(PREFIX)


def digest_of_key(key: str) -> str:
    """What is kept of a key. It is 256 bits by chance: no dictionary has it, so it needs neither salt nor a
    slow hash, and can be looked up."""
    return hashlib.sha256(key.encode()).hexdigest()


def _check(body: str) -> str:
    return _in_letters(zlib.crc32(body.encode()), _CHECK_LENGTH)


def _in_letters(number: int, length: int) -> str:
    letters = ""
    while len(letters) < length:
        number, digit = divmod(number, len(_ALPHABET))
        letters = _ALPHABET[digit] + letters
    return letters


class Keyring:
    """Knows callers by their keys. Each request looks: a key that is revoked is refused as soon as its
    state has come."""

    def __init__(
        self,
        find: FindKey,
        now: Callable[[], float] = time.time,
        used: Callable[[KnownKey], None] = lambda _: None,
    ) -> None:
        """``used`` is told of each use; it must not wait."""
        self._find = find
        self._now = now
        self._used = used

    async def principal(self, key: str) -> Principal:
        """The caller that ``key`` stands for; a ``Problem`` (401, 503 without a database) if for nobody."""
        body, check = key[len(PREFIX) : -_CHECK_LENGTH], key[-_CHECK_LENGTH:]
        if _FORM.fullmatch(key) is None or _check(body) != check:
            raise invalid_token(
                Text("it is no API key: part of it is missing", "ce n'est pas une clé d'API entière")
            )
        try:
            known = await self._find(digest_of_key(key))
        except PyMongoError:
            raise not_ready(
                Text(
                    "Keys cannot be looked up at the moment: try again.",
                    "Les clés ne peuvent pas être vérifiées pour l'instant : réessayez.",
                )
            ) from None
        if known is None:
            raise invalid_token(Text("no such API key was made", "aucune clé d'API de ce genre n'existe"))
        if known.revoked_at is not None:
            raise _refused("api-key-revoked", "It was revoked at", "Elle a été révoquée le", known.revoked_at)
        until = known.expires_at.timestamp()
        if until <= self._now():
            raise _refused("api-key-expired", "It expired at", "Elle a expiré le", known.expires_at)
        self._used(known)
        return Principal(
            subject=f"key-{known.acts_as}",
            role="portal",
            customer=known.customer_id,
            verbs=frozenset(known.verbs) & KEY_VERBS,
            expires_at=min(until, self._now() + LOOKED_AT_AGAIN_SECONDS),
        )


def _refused(slug: str, en: str, fr: str, at: datetime) -> Problem:
    when = rfc3339(at)
    error = 'Bearer realm="astreinte", error="invalid_token"'
    return Problem(slug, Text(f"{en} {when}.", f"{fr} {when}."), headers={"WWW-Authenticate": error}, at=when)
