"""Whom a customer and a site would rather have sent, whom they will not have, and what has to be spoken."""

from dataclasses import dataclass

from contracts.inventory.states import SiteChanged
from contracts.ticket.states import ContactChanged, CustomerChanged
from contracts.values import TechnicianWishes

NOBODY = TechnicianWishes()


@dataclass(frozen=True)
class Wishes:
    """Technicians by their ids; ``languages`` as BCP 47 tags, one of which he has to speak, if there are any.

    ``spoken`` is the language of whom he meets there. ``bound_to`` makes the request's other visits, and so
    this one, unless a dispatcher has ``released`` it.
    """

    preferred: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    spoken: str | None = None
    bound_to: str | None = None
    released: bool = False


NO_WISHES = Wishes()


def wishes_of(
    customer: CustomerChanged | None, site: SiteChanged | None, contact: ContactChanged | None
) -> Wishes:
    """What the customer wishes everywhere and the site besides. Whom either refuses neither prefers."""
    everywhere = (customer and customer.technicians) or NOBODY
    here = (site and site.technicians) or NOBODY
    refused = {*everywhere.refused, *here.refused}
    preferred = {*everywhere.preferred, *here.preferred} - refused
    return Wishes(
        preferred=tuple(sorted(preferred)),
        refused=tuple(sorted(refused)),
        languages=() if site is None else site.languages,
        spoken=None if contact is None else contact.language,
    )


def speaks(spoken: tuple[str, ...], wanted: str) -> bool:
    """Whether one of the languages is the one that is wanted: ``pt-BR`` for ``pt``, not the other way round
    (basic filtering, RFC 4647, 3.3.1)."""
    wanted = wanted.casefold()
    tags = (each.casefold() for each in spoken)
    return any(tag == wanted or tag.startswith(f"{wanted}-") for tag in tags)
