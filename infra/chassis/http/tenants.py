"""Whose word is taken for who somebody is: the firm's identity provider, and those of its clients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from infra.chassis.http.roles import CUSTOMER_SIDE, Role

GROUPS = "groups"


@dataclass(frozen=True)
class Tenant:
    """An OpenID Connect provider, and what its people may be here.

    ``customer``: whose provider it is, so that its people are that customer's alone, whatever their
    tokens say; None for the firm's own. ``roles`` gives a role for a group, of several that somebody is
    in the first named; where it is empty the token's own claim ``role`` counts. ``groups`` is the claim
    that lists them, ``realm_access.roles`` one inside another. ``client`` is how it knows us where people
    sign in, ``at`` where it describes itself, when that is not ``issuer``, and ``name`` what people call it.
    """

    issuer: str
    jwks: Any = ""
    audience: str = "astreinte"
    customer: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    groups: str = GROUPS
    client: str = "astreinte"
    at: str = ""
    name: str = ""

    def role_of(self, claims: Mapping[str, Any]) -> Any:
        """The role that a token's claims give, be it one that does not exist; None where they give none."""
        if not self.roles:
            return claims.get("role")
        listed = _inside(claims, self.groups)
        his = {str(each).removeprefix("/") for each in listed} if isinstance(listed, list) else set()
        return next((role for group, role in self.roles.items() if group.removeprefix("/") in his), None)

    def customer_of(self, claims: Mapping[str, Any]) -> Any:
        """The customer whose person somebody is."""
        return self.customer or claims.get("customer")


class _TenantBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    issuer: str = Field(pattern=r"^https?://")
    jwks: str = Field("", pattern=r"^(https?://.*)?$")
    audience: str = "astreinte"
    customer: str | None = None
    roles: dict[str, Role] = Field(default_factory=dict)
    groups: str = GROUPS
    client: str = "astreinte"
    name: str = ""


_TENANTS: TypeAdapter[list[_TenantBody]] = TypeAdapter(list[_TenantBody])


def read_tenants(said: str) -> tuple[Tenant, ...]:
    """What a JSON list, or the file of that name, says of providers; ``ValueError`` where it is wrong."""
    try:
        text = said if said.lstrip().startswith("[") else Path(said).read_text(encoding="utf-8")
        bodies = _TENANTS.validate_json(text)
    except OSError as error:
        raise ValueError(f"it names a file that cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error
    tenants = tuple(Tenant(**body.model_dump()) for body in bodies)
    _check(tenants)
    return tenants


def _check(tenants: Sequence[Tenant]) -> None:
    if not tenants:
        raise ValueError("it names no provider, so that nobody could sign in")
    issuers = [each.issuer for each in tenants]
    if twice := next((each for each in issuers if issuers.count(each) > 1), None):
        raise ValueError(f"{twice} is named twice")
    for each in tenants:
        beyond = sorted(set(each.roles.values()) - CUSTOMER_SIDE) if each.customer else []
        if beyond:
            raise ValueError(
                f"{each.issuer} is the provider of the customer {each.customer}: it cannot make anybody "
                f"{', '.join(beyond)}"
            )


def _inside(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    if path in claims:  # a claim's own name may hold dots, as those that are addresses do
        return claims[path]
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found
