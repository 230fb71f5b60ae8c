"""Bearer tokens: verified against the issuer's keys, then a ``Principal``."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, cast

import httpx
from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import GuestProtocol, KeySet

from contracts.text import Text
from infra.chassis.http.call import call_of
from infra.chassis.http.issuer_keys import FetchJwks, Jwks, keys_at, keys_given
from infra.chassis.http.parameters import check_parameters
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_ready
from infra.chassis.http.roles import CUSTOMER_SIDE, MAY, ROLES, Role
from infra.chassis.http.tenants import Tenant

Profile = Literal["production", "development"]
DEVELOPMENT_ISSUER = "urn:astreinte:development"
AUDIENCE = "astreinte"
ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
LEEWAY_SECONDS = 30
REFETCH_SECONDS = 30.0
RETRY_SECONDS = 1.0
REMEMBERED = 4096
REMEMBERED_SECONDS = 60.0


class _UnknownKey(Exception):
    """The token names a key that the key set does not hold."""


class Authenticator:
    """Verifies tokens of one issuer: RS256, ES256 or EdDSA, with audience, expiry, nbf and subject.

    ``jwks`` is a key set, the URL of one, or a coroutine function that gives one. An unknown key
    makes it fetched again, at most every 30 s. ``tenant`` says what the issuer's people may be. The
    production profile refuses the development issuer and tokens without a subject.
    """

    def __init__(
        self,
        *,
        jwks: Jwks | str | FetchJwks,
        issuer: str,
        audience: str = AUDIENCE,
        tenant: Tenant | None = None,
        profile: Profile = "production",
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        log: logging.Logger | None = None,
    ) -> None:
        if profile == "production" and issuer == DEVELOPMENT_ISSUER:
            raise ValueError(
                "the production profile does not take development tokens: set ASTREINTE_ISSUER to your issuer"
            )
        self._issuer = issuer
        self._audience = audience
        self._tenant = tenant or Tenant(issuer)
        self._profile = profile
        self._now = now
        self._monotonic = monotonic
        self._log = log or logging.getLogger("astreinte.auth")
        self._fetch = _fetching(jwks)
        self._keys: KeySet | None = None
        self._asked_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._remembered: dict[str, tuple[Principal, float]] = {}

    @property
    def issuer(self) -> str:
        return self._issuer

    @property
    def of_production(self) -> bool:
        return self._profile == "production"

    def now(self) -> float:
        """Seconds since 1970, as expiry is judged."""
        return self._now()

    async def principal(self, token: str) -> Principal:
        """The caller that ``token`` stands for; a ``Problem`` (401, 503 without keys) if for nobody."""
        known = self._remembered.get(token)
        if known is not None and known[1] > self._now():
            return known[0]
        claims = await self._claims(token)
        principal = self._principal(claims)
        if len(self._remembered) >= REMEMBERED:
            self._remembered.clear()
        until = min(float(claims["exp"]) + LEEWAY_SECONDS, self._now() + REMEMBERED_SECONDS)
        self._remembered[token] = (principal, until)
        return principal

    async def _claims(self, token: str) -> dict[str, Any]:
        keys = self._keys or await self._refetch()
        try:
            return self._verified(token, keys)
        except _UnknownKey:
            try:
                return self._verified(token, await self._refetch())
            except _UnknownKey:
                raise invalid_token(
                    Text(
                        "it is signed with a key that the issuer does not publish",
                        "il est signé d'une clé que l'émetteur ne publie pas",
                    )
                ) from None

    def _verified(self, token: str, keys: KeySet) -> dict[str, Any]:
        def choose(obj: GuestProtocol) -> Any:
            kid = obj.headers().get("kid")
            for key in keys.keys:
                if key.kid == kid or (kid is None and len(keys.keys) == 1):
                    return key
            raise _UnknownKey

        try:
            claims = jwt.decode(token, choose, algorithms=list(ALGORITHMS)).claims
            jwt.JWTClaimsRegistry(
                now=lambda: int(self._now()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": self._audience},
                exp={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise invalid_token(_why(error)) from error
        return dict(claims)

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        tenant, subject = self._tenant, claims.get("sub")
        role, customer = tenant.role_of(claims), tenant.customer_of(claims)
        if role is None and tenant.roles:
            raise invalid_token(
                Text("none of its groups has a role here", "aucun de ses groupes n'a de rôle ici")
            )
        if role not in ROLES:
            known = ", ".join(sorted(ROLES))
            raise invalid_token(
                Text(f"its role {role!r} is none of {known}", f"son rôle {role!r} n'est aucun de {known}")
            )
        if tenant.customer and role not in CUSTOMER_SIDE:
            raise invalid_token(
                Text(
                    f"its issuer speaks for the customer {tenant.customer} only, who has no {role}",
                    f"son émetteur ne parle que pour le client {tenant.customer}, qui n'a pas de {role}",
                )
            )
        if role in CUSTOMER_SIDE and not (isinstance(customer, str) and customer):
            raise invalid_token(
                Text(
                    f"a {role} needs a customer, and it names none",
                    f"le rôle {role} demande un client, et il n'en nomme aucun",
                )
            )
        if not (subject is None or isinstance(subject, str)):
            raise invalid_token(Text("its subject is not a text", "son sujet n'est pas un texte"))
        if self._profile == "production" and not subject:
            raise invalid_token(Text("it names no subject", "il ne nomme aucun sujet"))
        scope = claims.get("scope")
        return Principal(
            subject=subject or None,
            role=cast(Role, role),
            customer=customer if role in CUSTOMER_SIDE else None,
            scopes=frozenset(scope.split()) if isinstance(scope, str) else frozenset(),
            expires_at=float(claims["exp"]),
        )

    async def _refetch(self) -> KeySet:
        async with self._fetching:
            moment = self._monotonic()
            pause = RETRY_SECONDS if self._keys is None else REFETCH_SECONDS
            if moment - self._asked_at >= pause:
                self._asked_at = moment
                try:
                    self._keys = KeySet.import_key_set(cast(Any, dict(await self._fetch())))
                    self._remembered.clear()
                except (httpx.HTTPError, JoseError, ValueError, TypeError, KeyError) as error:
                    self._log.warning("the issuer's keys cannot be read: %s", error)
            if self._keys is None:
                raise not_ready(
                    Text(
                        "The issuer's keys cannot be read, so no token can be verified: try again.",
                        "Les clés de l'émetteur sont illisibles, aucun jeton n'est vérifiable : réessayez.",
                    )
                )
            return self._keys


def _fetching(jwks: Jwks | str | FetchJwks) -> FetchJwks:
    if callable(jwks):
        return jwks
    return keys_at(jwks) if isinstance(jwks, str) else keys_given(jwks)


_WRONG: Mapping[str, Text] = {
    "bad_signature": Text("its signature does not fit", "sa signature ne convient pas"),
    "expired_token": Text("it has expired", "il a expiré"),
    "unsupported_algorithm": Text(
        f"its algorithm is none of {', '.join(ALGORITHMS)}",
        f"son algorithme n'est aucun de {', '.join(ALGORITHMS)}",
    ),
}
_UNREADABLE = Text("it cannot be read", "il est illisible")


def _why(error: Exception) -> Text:
    """What is wrong with a token, out of what the library says of it."""
    if isinstance(error, ClaimError):
        return Text(f"its claim {error.claim!r} does not fit", f"son champ {error.claim!r} ne convient pas")
    return _WRONG.get(getattr(error, "error", ""), _UNREADABLE)


def invalid_token(why: Text) -> Problem:
    """401: a token that is not accepted, and why."""
    words = "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else " " for c in why.en)
    return Problem(
        "invalid-token",
        Text(f"This token is not accepted: {why.en}.", f"Ce jeton n'est pas accepté : {why.fr}."),
        headers={
            "WWW-Authenticate": 'Bearer realm="astreinte", error="invalid_token", '
            f'error_description="{words}"'
        },
    )


def unauthenticated() -> Problem:
    """401: no token came with the request."""
    return Problem(
        "unauthenticated",
        Text(
            "No bearer token came with this request; send it as Authorization: Bearer TOKEN.",
            "Aucun jeton n'accompagne cette demande ; envoyez-le dans Authorization: Bearer JETON.",
        ),
        headers={"WWW-Authenticate": 'Bearer realm="astreinte"'},
    )


def principal_of(request: Request) -> Principal:
    """The request's caller, or the 401 that says what is wrong with his token."""
    call = call_of(request)
    if call.refused is not None:
        raise call.refused
    if call.principal is None:
        raise unauthenticated()
    return call.principal


def allow(verb: str) -> Any:
    """A dependency that gives the ``Principal`` if his role may do ``verb``, else 401 or 403.

    ``principal: Annotated[Principal, allow("tickets:open")]``. A verb that the table of roles does
    not know fails at import.
    """
    if verb not in MAY:
        raise KeyError(f"{verb!r} is not in the table of infra/chassis/http/roles.py")

    async def allowed(request: Request) -> Principal:
        principal = principal_of(request)
        principal.require(verb)
        check_parameters(request)
        return principal

    allowed.__dict__["verb"] = verb
    return Depends(allowed)


async def _anybody(request: Request) -> Principal:
    principal = principal_of(request)
    check_parameters(request)
    return principal


Anybody = Annotated[Principal, Depends(_anybody)]
"""A caller with any valid token, whatever his role."""
