"""A machine of a customer's park."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from contracts.refusal import Refusal
from contracts.serials import serial_key
from contracts.text import Text
from services.inventory.domain.identity import Identity

Extra = str | int | float | bool


class Status(StrEnum):
    IN_USE = "in-use"
    IN_STOCK = "in-stock"
    LENT = "lent"
    DISPOSED = "disposed"


class LinkKind(StrEnum):
    """Read from the asset that has it: this one is part of the other, and so on."""

    CONNECTED_TO = "connected-to"
    INSTALLED_ON = "installed-on"
    PART_OF = "part-of"
    DEPENDS_ON = "depends-on"


@dataclass(frozen=True)
class Place:
    """Where at its site it stands, from the widest to the narrowest."""

    building: str | None = None
    floor: str | None = None
    room: str | None = None
    rack: str | None = None


@dataclass(frozen=True)
class Link:
    kind: LinkKind
    asset_id: str


@dataclass(frozen=True)
class Loan:
    """To whom it is lent; ``due_on`` is the day when it is expected back (ISO 8601)."""

    contact_id: str
    lent_at: datetime
    due_on: str | None = None


@dataclass(frozen=True)
class Disposal:
    """``certificate`` is the number of the paper that the recycler, or the buyer, gave for it."""

    disposed_at: datetime
    how: str
    certificate: str | None = None
    recipient: str | None = None


@dataclass(frozen=True)
class Seen:
    """What its inventories say of who it is: with it they find it again."""

    hostname: str | None = None
    asset_tag: str | None = None
    serial: str | None = None
    model: str | None = None
    uuid: str | None = None
    macs: tuple[str, ...] = ()
    last_user: str | None = None


@dataclass(frozen=True)
class Asset:
    """It stands at a site and belongs to that site's customer. Dates are ISO 8601 (``2026-03-02``).

    ``owner_id`` and ``users`` are contacts. ``fields`` are those that its kind has besides. ``seen`` comes
    from inventories, and ``status``, ``loan``, ``disposal`` and ``links`` from verbs of their own: describing
    it anew leaves them as they are. ``lines`` counts those of its history. ``repair_id`` is the repair order
    under which it is in the workshop now.
    """

    id: str
    customer_id: str
    site_id: str
    name: str
    kind: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    bought_on: str | None = None
    warranty_until: str | None = None
    contract_id: str | None = None
    asset_tag: str | None = None
    place: Place | None = None
    owner_id: str | None = None
    users: tuple[str, ...] = ()
    last_backup_on: str | None = None
    fields: Mapping[str, Extra] = field(default_factory=dict)
    status: Status = Status.IN_USE
    seen: Seen | None = None
    loan: Loan | None = None
    disposal: Disposal | None = None
    links: tuple[Link, ...] = ()
    lines: int = 0
    repair_id: str | None = None

    def replaced_by(self, other: "Asset") -> "Asset":
        """What a new description makes of this asset; it may move, but only between its customer's sites."""
        if other.customer_id != self.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"The asset {self.id!r} belongs to {self.customer_id!r} and the site {other.site_id!r} "
                    "does not: choose a site of that customer, or a new asset id.",
                    f"L'équipement {self.id!r} appartient à {self.customer_id!r}, et non le site "
                    f"{other.site_id!r} : choisissez un site de ce client, ou un nouvel identifiant.",
                ),
            )
        self.require_there()
        return replace(
            other,
            status=self.status,
            seen=self.seen,
            loan=self.loan,
            disposal=self.disposal,
            links=self.links,
            lines=self.lines,
            repair_id=self.repair_id,
        )

    @cached_property
    def identity(self) -> Identity:
        """By what people wrote down and, where that is silent, by what its inventories say."""
        seen = self.seen or Seen()
        return Identity(
            self.asset_tag or seen.asset_tag,
            self.serial or seen.serial,
            self.manufacturer,
            self.model or seen.model,
            seen.uuid,
            seen.macs,
        )

    def exchanged_for(self, serial: str) -> "Asset":
        """The same with the serial that was put in; what it was bought and guaranteed as is another's now."""
        if self.serial is None or serial_key(serial) == serial_key(self.serial):
            return self
        return replace(self, serial=serial, bought_on=None, warranty_until=None)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not filled in and therefore will not work yet, as slugs."""
        return () if self.contract_id else ("no-contract",)

    def require_there(self) -> None:
        """What is disposed of is not worked on any more."""
        if self.status is Status.DISPOSED:
            raise Refusal(
                "asset-disposed",
                Text(
                    f"The asset {self.id!r} is disposed of: only its history is left.",
                    f"L'équipement {self.id!r} est sorti du parc : seul son historique demeure.",
                ),
            )

    def moved(self, site_id: str, place: Place | None) -> "Asset":
        self.require_there()
        return replace(self, site_id=site_id, place=place)

    def lent(self, contact_id: str, at: datetime, due_on: date | None) -> "Asset":
        self.require_there()
        if self.loan is not None:
            raise Refusal(
                "asset-lent",
                Text(
                    f"It is lent to {self.loan.contact_id!r} already: take it back first.",
                    f"Il est déjà prêté à {self.loan.contact_id!r} : reprenez-le d'abord.",
                ),
                contact_id=self.loan.contact_id,
            )
        loan = Loan(contact_id, at, None if due_on is None else due_on.isoformat())
        return replace(self, status=Status.LENT, loan=loan)

    def returned(self) -> "Asset":
        """Back from a loan, it is in stock; where it is not lent nothing changes."""
        self.require_there()
        return self if self.loan is None else replace(self, status=Status.IN_STOCK, loan=None)

    def sent_in(self, repair_id: str) -> "Asset":
        """It is in the workshop; its site stays the one that it goes back to."""
        self.require_there()
        self._require_not_in_workshop()
        return replace(self, repair_id=repair_id)

    def out_of_workshop(self) -> "Asset":
        return replace(self, repair_id=None)

    def _require_not_in_workshop(self) -> None:
        if self.repair_id is not None:
            raise Refusal(
                "asset-in-workshop",
                Text(
                    "It is in the workshop: its repair order gives it back or disposes of it.",
                    "Il est à l'atelier : son ordre de réparation le rend ou le sort du parc.",
                ),
                repair_id=self.repair_id,
            )

    def disposed(self, disposal: Disposal) -> "Asset":
        self.require_there()
        self._require_not_in_workshop()
        return replace(self, status=Status.DISPOSED, disposal=disposal, loan=None, links=())

    def linked(self, link: Link) -> "Asset":
        """Of what it is a part there is one."""
        self.require_there()
        kept = tuple(
            each
            for each in self.links
            if each != link and not (link.kind is LinkKind.PART_OF and each.kind is LinkKind.PART_OF)
        )
        return replace(self, links=(*kept, link))

    def unlinked(self, link: Link) -> "Asset":
        return replace(self, links=tuple(each for each in self.links if each != link))

    @property
    def part_of(self) -> str | None:
        return next((each.asset_id for each in self.links if each.kind is LinkKind.PART_OF), None)
