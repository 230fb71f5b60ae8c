"""The seven screens and whose they are."""

from collections.abc import Mapping

from infra.chassis.http.principal import Principal

SCREENS: Mapping[str, str] = {
    "/portal": "screens:portal",
    "/desk": "screens:desk",
    "/board": "screens:board",
    "/m": "screens:mobile",
    "/sla": "screens:sla",
    "/parc": "screens:parc",
    "/admin": "screens:admin",
}
"""Each with the verb of ``infra/chassis/http/roles.py`` that opens it."""


def screens_of(principal: Principal | None) -> tuple[str, ...]:
    """The screens that somebody may open, in the order in which they are named to him."""
    if principal is None:
        return ()
    return tuple(path for path, verb in SCREENS.items() if principal.may(verb))


def home_of(principal: Principal) -> str:
    """The screen that somebody begins with: an administrator, who may open all of them, with his own."""
    return "/admin" if principal.role == "admin" else screens_of(principal)[0]
