"""Several identity providers: each speaks for its own people, and for nobody else's."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.chassis.http.auth import Authenticator
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.tenants import Tenant, read_tenants
from infra.chassis.http.vouching import Authenticators
from tests.infra.chassis.http.shop import ISSUER, JWKS, token

GROUPS = {"hotline": "agent", "planning": "dispatcher"}
ACME = "https://login.acme.example"


def vouching(*tenants: Tenant) -> Authenticators:
    return Authenticators([Authenticator(jwks=JWKS, issuer=each.issuer, tenant=each) for each in tenants])


async def known(tenant: Tenant, **claims: Any) -> Principal:
    return await vouching(tenant).principal(token(iss=tenant.issuer, **claims))


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        (["staff", "planning"], "dispatcher"),
        (["planning", "hotline"], "agent"),
        (["/hotline"], "agent"),
    ],
)
async def test_the_first_group_named_that_somebody_is_in_gives_his_role(groups: list[str], role: str) -> None:
    tenant = Tenant(ISSUER, roles=GROUPS)  # type: ignore[arg-type]
    assert (await known(tenant, role="admin", groups=groups)).role == role


@pytest.mark.parametrize("groups", [[], ["staff"], "hotline", None, {"hotline": True}])
async def test_whoever_is_in_none_of_the_groups_is_nobody_whatever_else_his_token_says(groups: Any) -> None:
    tenant = Tenant(ISSUER, roles=GROUPS)  # type: ignore[arg-type]
    with pytest.raises(Problem) as refused:
        await known(tenant, role="admin", groups=groups)
    assert "none of its groups has a role here" in refused.value.detail.en


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["hotline"]}}),
        ("https://firm.example/groups", {"https://firm.example/groups": ["hotline"]}),
    ],
)
async def test_groups_may_be_listed_in_any_claim(claim: str, claims: Any) -> None:
    tenant = Tenant(ISSUER, roles=GROUPS, groups=claim)  # type: ignore[arg-type]
    assert (await known(tenant, **claims)).role == "agent"


async def test_a_clients_provider_speaks_for_that_clients_people_only() -> None:
    acme = Tenant(ACME, customer="acme")
    somebody = await known(acme, role="customer-manager", customer="another")
    assert (somebody.role, somebody.customer) == ("customer-manager", "acme")
    for role in ("admin", "agent", "technician"):
        with pytest.raises(Problem, match="invalid-token"):
            await known(acme, role=role)


async def test_each_token_is_judged_by_the_issuer_that_it_names() -> None:
    both = vouching(Tenant(ISSUER), Tenant(ACME, customer="acme"))
    assert (await both.principal(token("agent"))).customer is None
    assert (await both.principal(token("portal", iss=ACME))).customer == "acme"
    for foreign in (token(iss="https://evil.example"), "not.a.token", "", "a.e30.b"):
        with pytest.raises(Problem, match="invalid-token"):
            await both.principal(foreign)


def test_providers_are_read_from_the_setting_or_from_the_file_that_it_names(tmp_path: Path) -> None:
    said = json.dumps([{"issuer": ISSUER, "roles": GROUPS}, {"issuer": ACME, "customer": "acme"}])
    file = tmp_path / "tenants.json"
    file.write_text(said)
    firm, acme = read_tenants(str(file))
    assert read_tenants(said) == (firm, acme)
    assert (firm.roles, acme.customer) == (GROUPS, "acme")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[]", "names no provider"),
        ("[{}]", "issuer"),
        ('[{"issuer": "login"}]', "issuer"),
        ('[{"issuer": "https://a.example", "rolles": {}}]', "rolles"),
        ('[{"issuer": "https://a.example", "roles": {"x": "king"}}]', "roles"),
        ('[{"issuer": "https://a.example"}, {"issuer": "https://a.example"}]', "named twice"),
        ('[{"issuer": "https://a.example", "customer": "acme", "roles": {"x": "admin"}}]', "admin"),
        ("/nowhere/tenants.json", "cannot be read"),
    ],
)
def test_a_setting_that_makes_no_sense_is_told(said: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_tenants(said)
