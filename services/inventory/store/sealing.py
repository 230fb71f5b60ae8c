"""Makes codes unreadable where they lie: in the database, its backups and whatever is copied from them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey


@dataclass(frozen=True)
class AccessCode:
    """``name`` says what it opens; ``note`` how."""

    name: str
    code: str
    note: str | None = None


class Unreadable(Exception):
    """What was sealed cannot be opened with the keys at hand, or is another site's."""


class Seal:
    """AES-256-GCM under keys made from the firm's passphrases: the first seals, all of them open."""

    def __init__(self, passphrases: Sequence[str]) -> None:
        self._keys = {}
        for each in passphrases:
            secret = hashlib.sha256(each.encode()).digest()
            self._keys[hashlib.sha256(secret).hexdigest()[:8]] = OctKey.import_key(secret)
        self._first = next(iter(self._keys), None)
        self._stamping = hashlib.sha256(f"stamp/{next(iter(passphrases), '')}".encode()).digest()

    def __bool__(self) -> bool:
        return self._first is not None

    def close(self, site_id: str, codes: Sequence[AccessCode]) -> str:
        """Sealed for this site: nowhere else do they open."""
        assert self._first is not None, "there is no key"
        header = {"alg": "dir", "enc": "A256GCM", "kid": self._first}
        held = json.dumps({"site": site_id, "codes": [asdict(each) for each in codes]})
        return jwe.encrypt_compact(header, held.encode(), self._keys[self._first])

    def stamp(self, text: str) -> str:
        """What tells two texts apart to whoever has the key, and nothing to anybody else."""
        return hmac.new(self._stamping, text.encode(), hashlib.sha256).hexdigest()

    def is_newest(self, sealed: str) -> bool:
        """Whether the key that seals today has sealed it."""
        head = sealed.partition(".")[0]
        said: Any = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        return bool(said.get("kid") == self._first)

    def open(self, site_id: str, sealed: str) -> tuple[AccessCode, ...]:
        """``Unreadable`` without the key that sealed it."""
        try:
            held: dict[str, Any] = json.loads(jwe.decrypt_compact(sealed, self._key_of).plaintext or b"{}")
        except (JoseError, ValueError) as error:
            raise Unreadable(type(error).__name__) from error
        if held.get("site") != site_id:
            raise Unreadable("it was sealed for another site")
        return tuple(AccessCode(**each) for each in held["codes"])

    def _key_of(self, sealed: Any) -> OctKey:
        key = self._keys.get(sealed.headers().get("kid"))
        if key is None:
            raise Unreadable("no key of this name")
        return key
