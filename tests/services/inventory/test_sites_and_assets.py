"""Sites belong to known customers, assets to the sites where they stand."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.inventory.states import CurrentAssetChanged, SiteChanged
from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.states import ContractChanged, CustomerChanged
from contracts.values import SiteAccess
from infra.chassis.http.etag import Condition
from services.inventory.domain.asset import Asset
from services.inventory.domain.site import Site
from services.inventory.store.assets import Assets
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.sites import Sites
from services.inventory.usecases.put_asset import PutAsset
from services.inventory.usecases.put_site import PutSite
from tests.world import World

NORD = Site(
    id="pasteur-nord",
    customer_id="pasteur",
    name="Clinique Pasteur, bâtiment nord",
    address="12 rue des Lilas",
    postcode="69003",
    commune="Lyon",
    latitude=45.76,
    longitude=4.85,
    time_zone="Europe/Paris",
    holidays="FR",
    territory="lyon",
    opening={"mon": (("08:00", "18:00"),)},
    access=SiteAccess(instructions="Badge à l'accueil", escort=True),
)
SERVER = Asset("srv-1", "", "pasteur-nord", "Serveur de fichiers", "server", warranty_until="2027-05-31")


@pytest.fixture
def world() -> World:
    world = World()
    for customer in ("pasteur", "acme"):
        world.give(Customers, CustomerChanged(customer_id=customer, name=customer), customer)
    return world


def test_a_site_is_published_as_it_is(world: World) -> None:
    world.do(PutSite(NORD))
    [state] = world.told(SiteChanged)
    assert state.model_dump(exclude={"site_id"}) == {
        name: getattr(NORD, name) if name != "access" else NORD.access and NORD.access.model_dump()
        for name in Sites.fields
    }


def test_the_same_site_again_changes_nothing(world: World) -> None:
    world.do(PutSite(NORD))
    world.do(PutSite(NORD))
    assert len(world.told(SiteChanged)) == 1


def test_a_site_of_nobody_is_refused(world: World) -> None:
    with pytest.raises(UnknownReference) as unknown:
        world.do(PutSite(replace(NORD, customer_id="nobody")))
    assert (unknown.value.kind, unknown.value.id) == ("customer", "nobody")


def test_a_site_stays_its_customers(world: World) -> None:
    world.do(PutSite(NORD))
    with pytest.raises(Refusal, match="conflict"):
        world.do(PutSite(replace(NORD, customer_id="acme")))


def test_a_site_without_a_territory_says_so(world: World) -> None:
    assert replace(NORD, territory=None).gaps == ("no-territory",)
    assert NORD.gaps == ()


def test_an_asset_belongs_to_the_customer_of_its_site(world: World) -> None:
    world.do(PutSite(NORD))
    world.do(PutAsset(SERVER))
    [state] = world.told(CurrentAssetChanged)
    assert (state.customer_id, state.warranty_until) == ("pasteur", date(2027, 5, 31))
    assert world.have(Assets, "srv-1").customer_id == "pasteur"


def test_an_asset_stands_at_a_known_site(world: World) -> None:
    with pytest.raises(UnknownReference) as unknown:
        world.do(PutAsset(SERVER))
    assert (unknown.value.kind, unknown.value.id) == ("site", "pasteur-nord")


def test_an_asset_does_not_move_to_another_customers_site(world: World) -> None:
    world.do(PutSite(NORD))
    world.do(PutSite(replace(NORD, id="acme-hq", customer_id="acme")))
    world.do(PutAsset(SERVER))
    with pytest.raises(Refusal, match="conflict"):
        world.do(PutAsset(replace(SERVER, site_id="acme-hq")))


@pytest.mark.parametrize("owner", [None, "acme"], ids=["unknown", "another customer's"])
def test_an_asset_is_covered_by_a_contract_of_its_customer(world: World, owner: str | None) -> None:
    world.do(PutSite(NORD))
    covered = replace(SERVER, contract_id="gold")
    if owner is not None:
        gold = ContractChanged(contract_id="gold", customer_id=owner, name="Or", valid_from=date(2026, 1, 1))
        world.give(Contracts, gold, "gold")
    with pytest.raises(UnknownReference) as unknown:
        world.do(PutAsset(covered))
    assert (unknown.value.kind, unknown.value.id) == ("contract", "gold")
    gold = ContractChanged(contract_id="gold", customer_id="pasteur", name="Or", valid_from=date(2026, 1, 1))
    world.give(Contracts, gold, "gold")
    world.do(PutAsset(covered))
    assert world.have(Assets, "srv-1").gaps == ()


def test_a_change_decided_on_an_old_version_is_refused(world: World) -> None:
    world.do(PutSite(NORD))
    world.do(PutSite(replace(NORD, name="Nord"), expected=Condition(frozenset({1}))))
    with pytest.raises(Refusal, match="precondition-failed"):
        world.do(PutSite(replace(NORD, name="Aile nord"), expected=Condition(frozenset({1}))))
