"""Who vouches for callers: one issuer or several, and for an administrator when none of them answers."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from contracts.text import Text
from infra.chassis.http.api_keys import Keyring, is_key
from infra.chassis.http.auth import Authenticator, invalid_token
from infra.chassis.http.principal import Principal
from infra.chassis.http.signed import signed, what_is_signed

GLASS = "glass."
GLASS_FOR = timedelta(hours=1)
_WHAT = "break-glass"


class Vouching(Protocol):
    """Knows callers by their tokens."""

    @property
    def of_production(self) -> bool: ...

    def now(self) -> float: ...

    async def principal(self, token: str) -> Principal: ...


class Authenticators:
    """Asks the one whose issuer a token names, and lets in whoever broke the glass.

    ``link_key`` signs such a session; nobody has one where it is empty. ``keys`` knows customers' machines.
    """

    def __init__(
        self,
        authenticators: Sequence[Authenticator],
        *,
        link_key: str = "",
        keys: Keyring | None = None,
        now: Callable[[], float] = time.time,
        log: logging.Logger | None = None,
    ) -> None:
        self._by_issuer = {each.issuer: each for each in authenticators}
        self._any = authenticators[0]
        self._link_key = link_key
        self._keys = keys
        self._now = now
        self._log = log or logging.getLogger("astreinte.auth")

    @property
    def of_production(self) -> bool:
        return self._any.of_production

    def now(self) -> float:
        """Seconds since 1970, as expiry is judged."""
        return self._now()

    async def principal(self, token: str) -> Principal:
        """The caller that ``token`` stands for; a ``Problem`` if for nobody."""
        if token.startswith(GLASS):
            return self._through_the_glass(token.removeprefix(GLASS))
        if is_key(token) and self._keys is not None:
            return await self._keys.principal(token)
        return await self._by_issuer.get(_issuer(token), self._any).principal(token)

    def _through_the_glass(self, token: str) -> Principal:
        what = what_is_signed(self._link_key, token, datetime.fromtimestamp(self._now(), UTC))
        if what is None or not what.startswith(f"{_WHAT}:"):
            raise invalid_token(
                Text(
                    "its hour is over, or it is none of ours", "son heure est passée, ou il n'est pas de nous"
                )
            )
        until = float(what.partition(":")[2])
        return Principal(subject=_WHAT, role="admin", expires_at=until)


class BrokenGlass:
    """Makes an administrator's session of an hour for whoever has the code, without any provider.

    ``digest`` is the code's SHA-256 in hexadecimal, as `astreinte break-glass` prints it: the code itself
    is 160 bits by chance, in the firm's safe, so that it needs no slow hash.
    """

    def __init__(self, digest: str, link_key: str, log: logging.Logger | None = None) -> None:
        self._digest = digest
        self._link_key = link_key
        self._log = log or logging.getLogger("astreinte.auth")

    @property
    def possible(self) -> bool:
        return bool(self._digest and self._link_key)

    def session(self, code: str, now: float) -> str | None:
        """A token, or None where this is not the code; either is told in the log."""
        fits = hmac.compare_digest(digest_of(code), self._digest)
        if not (self.possible and fits):
            self._log.warning("somebody tried to break the glass, with a wrong code")
            return None
        self._log.warning("somebody has broken the glass and is an administrator for an hour")
        until = datetime.fromtimestamp(now, UTC) + GLASS_FOR
        return GLASS + signed(self._link_key, f"{_WHAT}:{int(until.timestamp())}", until)


def digest_of(code: str) -> str:
    """What a service is told of a code: it lets nobody in by itself."""
    return hashlib.sha256(code.strip().encode()).hexdigest()


def _issuer(token: str) -> str:
    """Whom a token says that it is from: whose keys have to fit it, nothing more."""
    try:
        payload = token.split(".")[1]
        claims: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims.get("iss", ""))
    except (IndexError, ValueError, AttributeError):
        return ""
