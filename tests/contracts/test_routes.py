"""Every path has one service or none."""

import pytest

from contracts.catalogue import SERVICES
from contracts.routes import ROUTES, owner_of


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/tickets", "ticket"),
        ("/v1/tickets/t-1/timeline", "ticket"),
        ("/v1/contracts/c-1/statements/2026-03.pdf", "ticket"),
        ("/v1/visits/t-1-1/close", "dispatch"),
        ("/v1/calendars/secret.ics", "dispatch"),
        ("/v1/stock/receive", "inventory"),
        ("/inventory", "inventory"),
        ("/v1/streams/visits", "notify"),
        ("/v1/openapi/notify.json", "notify"),
        ("/v1/stocks", None),
        ("/v1/openapi/other.json", None),
        ("/v1", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_path_belongs_to_the_service_of_its_prefix(path: str, service: str | None) -> None:
    assert owner_of(path) == service


def test_no_prefix_belongs_to_two_services() -> None:
    prefixes = [prefix for service in SERVICES for prefix in ROUTES[service]]
    assert len(prefixes) == len(set(prefixes))
    assert set(ROUTES) == set(SERVICES)
