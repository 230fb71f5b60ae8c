"""A place of a customer's where technicians go."""

from dataclasses import dataclass

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import SiteAccess, TechnicianWishes, WeeklyWindows


@dataclass(frozen=True)
class Site:
    """Its zone and holidays decide for the clocks that run there. Without ``opening`` it is always open.

    ``holidays`` is a code of ``contracts.calendars``; ``good_friday`` adds that day where the commune
    keeps it. Codes and keys are never part of ``access``. Whoever comes speaks one of ``languages``.
    """

    id: str
    customer_id: str
    name: str
    address: str
    postcode: str
    commune: str
    latitude: float
    longitude: float
    time_zone: str
    holidays: str
    good_friday: bool = False
    territory: str | None = None
    opening: WeeklyWindows | None = None
    access: SiteAccess | None = None
    technicians: TechnicianWishes | None = None
    languages: tuple[str, ...] = ()

    def replaced_by(self, other: "Site") -> "Site":
        """What a new description makes of this site; it stays its customer's."""
        if other.customer_id != self.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"The site {self.id!r} belongs to {self.customer_id!r} and its history with it: "
                    "give the new customer a site with an id of its own.",
                    f"Le site {self.id!r} appartient à {self.customer_id!r}, son historique aussi : "
                    "donnez au nouveau client un site qui a son propre identifiant.",
                ),
            )
        return other

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not filled in and therefore will not work yet, as slugs."""
        return () if self.territory else ("no-territory",)
