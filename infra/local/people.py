"""Whom tokens are made for on this machine, and the screens that each of them opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from infra.chassis.http.roles import CUSTOMER_SIDE, FIRM_SIDE


@dataclass(frozen=True)
class Person:
    """Whom a token is for; ``customer`` on the customer's side."""

    subject: str | None
    customer: str | None = None


People = Mapping[str, Person]
"""One for each role."""

STRANGERS: People = {
    **{role: Person(role) for role in FIRM_SIDE},
    **{role: Person(role, "customer") for role in CUSTOMER_SIDE},
    "contract-manager": Person(None),
}
"""On a platform that nobody is known on yet: a customer's side needs a customer called ``customer``."""

SCREENS: Mapping[str, str] = {
    "/portal": "customer-manager",
    "/desk": "agent",
    "/board": "dispatcher",
    "/m": "technician",
    "/sla": "contract-manager",
    "/parc": "stock-keeper",
    "/admin": "admin",
}
"""Each screen with the role that it is shown to."""


def entrances(http: str, people: People) -> dict[str, str]:
    """The address of each screen, for a browser that is then signed in as somebody whose it is.

    Each role has a name of its own below ``localhost`` (RFC 6761: it never leaves the machine), so that
    one browser holds all their sessions at once.
    """
    port = urlsplit(http).port
    found = {}
    for screen, role in SCREENS.items():
        who = people[role]
        asked = {"role": role, "subject": who.subject, "customer": who.customer, "next": screen}
        given = urlencode({name: value for name, value in asked.items() if value})
        found[screen] = f"http://{role}.localhost:{port}/issuer/enter?{given}"
    return found
