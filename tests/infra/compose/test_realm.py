"""The realm to import into Keycloak gives tokens that services take."""

import json
from pathlib import Path
from typing import Any

import infra.compose
from infra.chassis.http.auth import AUDIENCE
from infra.chassis.http.roles import ROLES
from infra.chassis.http.tenants import Tenant
from infra.chassis.web.signing_in import PREFIX

REALM: dict[str, Any] = json.loads(
    (Path(str(infra.compose.__file__)).parent / "keycloak-realm.json").read_text(encoding="utf-8")
)


def test_there_is_a_group_for_every_role_that_people_have() -> None:
    assert {group["name"] for group in REALM["groups"]} == ROLES - {"portal"}


def test_its_tokens_say_what_services_look_for() -> None:
    [scope] = REALM["clientScopes"]
    mappers = {each["name"]: each["config"] for each in scope["protocolMappers"]}
    assert mappers["audience"]["included.custom.audience"] == AUDIENCE
    assert mappers["groups"]["claim.name"] == Tenant("").groups
    assert (mappers["subject"]["claim.name"], mappers["customer"]["claim.name"]) == ("sub", "customer")


def test_its_client_is_the_one_that_pages_sign_in_by() -> None:
    [client] = REALM["clients"]
    assert client["clientId"] == Tenant("").client
    assert client["publicClient"]
    assert not client["directAccessGrantsEnabled"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert [each.partition(".com")[2] for each in client["redirectUris"]] == [f"{PREFIX}/callback"]
