"""The development issuer: tokens for this machine, signed with a key that only this user can read."""

import contextlib
import json
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from contracts.text import InvalidValue
from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER
from infra.chassis.http.principal import ALL_CONTRACTS
from infra.chassis.http.roles import CUSTOMER_SIDE, ROLES
from infra.local.errors import StackError

KEY_FILE = "issuer-key.json"
HOURS = 12
KNOWN_BY: Mapping[str, str] = {
    "technician": "/v1/technicians",
    "requester": "/v1/contacts",
    "site-contact": "/v1/contacts",
}
"""Roles that see nothing without a subject, and where the ids are that it may be."""


class DevelopmentIssuer:
    """Signs tokens with this user's key, made on first use in ``state`` with mode 0600.

    Raises StackError outside the development profile, and for a key file that others could read.
    """

    def __init__(
        self, state: Path, *, profile: str = "production", now: Callable[[], float] = time.time
    ) -> None:
        if profile != "development":
            raise StackError(
                f"The development issuer does not start in the {profile} profile; "
                "set ASTREINTE_ISSUER to your own issuer, or use ASTREINTE_PROFILE=development."
            )
        self._key = _key(state / KEY_FILE)
        self._now = now

    @property
    def name(self) -> str:
        """What tokens carry as ``iss``."""
        return DEVELOPMENT_ISSUER

    @property
    def jwks(self) -> dict[str, Any]:
        """The public key set, for the services' setting."""
        return {"keys": [self._key.as_dict(private=False)]}

    def token(
        self,
        role: str,
        customer: str | None = None,
        subject: str | None = None,
        *,
        scopes: Iterable[str] = (),
        hours: float = HOURS,
    ) -> str:
        """A bearer token. ``ValueError`` for an unknown role, a customer's role without a customer, and a
        role without the subject by which it sees anything.

        A contract manager without a subject manages all contracts, as the firm's own would by name.
        """
        if role not in ROLES:
            known = ", ".join(sorted(ROLES))
            raise InvalidValue(
                f"there is no role {role!r}; the roles are {known}",
                f"le rôle {role!r} n'existe pas ; les rôles sont {known}",
            )
        if role in CUSTOMER_SIDE and not customer:
            raise InvalidValue(f"a {role} needs a customer", f"le rôle {role} demande un client")
        if role in KNOWN_BY and not subject:
            path = KNOWN_BY[role]
            raise InvalidValue(
                f"a {role} needs a subject, for he sees what is his: an id that GET {path} lists",
                f"le rôle {role} demande un sujet, car il voit ce qui est à lui : un des id de GET {path}",
            )
        now = int(self._now())
        claims: dict[str, Any] = {
            "iss": self.name,
            "aud": AUDIENCE,
            "iat": now,
            "nbf": now,
            "exp": now + int(hours * 3600),
            "jti": secrets.token_urlsafe(9),
            "role": role,
        }
        if role in CUSTOMER_SIDE:
            claims["customer"] = customer
        if subject:
            claims["sub"] = subject
        if role == "contract-manager" and not subject:
            scopes = (*scopes, ALL_CONTRACTS)
        if scope := " ".join(scopes):
            claims["scope"] = scope
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)


def _key(path: Path) -> ECKey:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        _write_new(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise StackError(f"Others can read the signing key {path}; run: chmod 600 {path}")
    try:
        return ECKey.import_key(json.loads(path.read_text()))
    except (ValueError, JoseError) as error:
        raise StackError(
            f"{path} does not hold a signing key; remove it, and a new one is made at the next start."
        ) from error


def _write_new(path: Path) -> None:
    """The whole key appears under its name at once, so that two first starts agree on one."""
    if path.exists():
        raise FileExistsError(path)
    key = ECKey.generate_key("P-256", {"use": "sig", "kid": secrets.token_hex(8)})
    fresh = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, json.dumps(key.as_dict(private=True)).encode())
    finally:
        os.close(file)
    try:
        os.link(fresh, path)
    finally:
        fresh.unlink()
