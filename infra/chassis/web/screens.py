"""The screens and whose they are."""

from collections.abc import Mapping

from infra.chassis.http.principal import Principal

SCREENS: Mapping[str, str] = {
    "/desk": "screens:desk",
    "/board": "screens:board",
    "/m": "screens:mobile",
    "/sla": "screens:sla",
    "/parc": "screens:parc",
    "/portal": "screens:portal",
    "/admin": "screens:admin",
}
"""Each with the verb of ``infra/chassis/http/roles.py`` that opens it, in the order that people see."""


def screens_of(principal: Principal | None) -> tuple[str, ...]:
    """The screens that somebody may open; he begins with the first, which for a client is his requests."""
    if principal is None:
        return ()
    his = (path for path, verb in SCREENS.items() if principal.may(verb))
    return tuple(his if principal.of_the_firm else sorted(his, key=lambda path: path != "/portal"))
