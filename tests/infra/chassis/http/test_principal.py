"""The table of roles, and the boundary between customers."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.roles import CUSTOMER_SIDE, FIRM_SIDE, MAY, ROLES, Role

customers = st.sampled_from(["acme", "northwind", "gare"])
roles_of_customers = st.sampled_from(sorted(CUSTOMER_SIDE))


def test_an_administrator_may_do_everything() -> None:
    assert all("admin" in roles for roles in MAY.values())


def test_what_changes_reference_data_of_the_firm_is_closed_to_customers() -> None:
    firms = {
        "customers",
        "contracts",
        "work-types",
        "technicians",
        "rota",
        "plans",
        "sites",
        "parts",
        "stock",
        "staff",
    }
    for verb, roles in MAY.items():
        noun, _, act = verb.partition(":")
        if noun in firms and act in ("write", "move", "write-codes"):
            assert not roles & CUSTOMER_SIDE, verb


@pytest.mark.parametrize(
    ("verb", "may", "may_not"),
    [
        (
            "tickets:open",
            ["portal", "requester", "site-contact", "customer-manager", "agent"],
            ["contract-manager"],
        ),
        ("tickets:take", ["agent", "dispatcher"], ["portal", "technician"]),
        ("visits:assign", ["dispatcher"], ["agent", "technician", "portal"]),
        ("visits:close", ["technician", "dispatcher"], ["agent", "portal", "stock-keeper"]),
        ("contracts:write", ["contract-manager"], ["agent", "customer-manager"]),
        ("stock:move", ["stock-keeper"], ["technician", "dispatcher"]),
        ("clock:step", ["admin"], sorted(ROLES - {"admin"})),
    ],
)
def test_a_role_may_what_its_work_needs(verb: str, may: list[Role], may_not: list[Role]) -> None:
    assert all(Principal("x", role).may(verb) for role in may)
    assert not any(Principal("x", role).may(verb) for role in may_not)


def test_a_misspelt_verb_fails_when_the_route_is_written() -> None:
    with pytest.raises(KeyError, match="tickets:opne"):
        allow("tickets:opne")


def test_every_verb_that_a_route_asks_for_is_in_the_table() -> None:
    asked = {
        verb
        for file in Path(__file__).parents[4].glob("services/*/api/*.py")
        for verb in re.findall(r'(?:allow|may|require)\("([a-z-]+:[a-z-]+)"', file.read_text())
    }
    assert asked
    assert asked <= MAY.keys()


@given(roles_of_customers, customers, customers)
def test_a_client_sees_his_own_and_nothing_else(role: Role, his: str, others: str) -> None:
    client = Principal("x", role, his)
    assert client.sees(others) == (his == others)
    assert not client.sees(None)
    assert client.customer_filter() == {"customer_id": his}
    if his != others:
        with pytest.raises(Problem) as refused:
            client.require_customer(others, "site", "s1")
        assert refused.value.slug == "not-found"


@given(st.sampled_from(sorted(FIRM_SIDE)), customers)
def test_the_firm_sees_every_customer(role: Role, customer: str) -> None:
    principal = Principal("x", role)
    principal.require_customer(customer, "site", "s1")
    assert principal.customer_filter() == {}


def test_a_technician_has_his_own_visits_only() -> None:
    ines = Principal("ines", "technician")
    assert ines.owns("ines")
    assert not ines.owns("paul")
    assert not ines.owns(None)
    assert not Principal(None, "technician").owns(None)
    assert Principal("d", "dispatcher").owns("paul")
    with pytest.raises(Problem) as refused:
        ines.require_own("paul", "visit", "v1")
    assert refused.value.slug == "not-found"


def test_a_contract_manager_has_the_contracts_that_name_him() -> None:
    named = Principal("anna", "contract-manager")
    assert named.manages(["anna", "bob"])
    assert not named.manages(["bob"])
    assert Principal("anna", "contract-manager", scopes=frozenset({"contracts:all"})).manages(["bob"])
    assert Principal(None, "contract-manager").manages(["bob"])
    assert Principal("root", "admin").manages(["bob"])
    assert not Principal("x", "portal", "acme").manages(["x"])


def test_callers_of_two_customers_never_share_idempotency_keys() -> None:
    assert Principal("it", "portal", "acme").caller != Principal("it", "portal", "rival").caller
