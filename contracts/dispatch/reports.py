"""Facts of service reports, on ``dispatch.visits.v1`` with those of the visits that they are of."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.dispatch.events import VisitFact
from contracts.values import Id, Instant, Outcome, Summary

VersionNumber = Annotated[int, Field(ge=1)]


class Signing(StrEnum):
    """``awaited``: nobody could sign on the spot, and the client may from afar. ``none``: nothing was done
    that anybody could sign."""

    SIGNED = "signed"
    REFUSED = "refused"
    AWAITED = "awaited"
    NONE = "none"


class MadeBecause(StrEnum):
    CLOSED = "closed"
    CORRECTED = "corrected"
    SIGNED = "signed-from-afar"
    REFUSED = "refused-from-afar"


class _OfReport(VisitFact):
    """``version`` is the one that holds now. A link to it is signed by who writes it; it is in no event."""

    technician_id: Id
    version: VersionNumber
    link_until: Instant
    summary: Summary


class ServiceReportMade(_OfReport):
    """The service report of a closed visit is frozen, or one that takes the place of the version before.

    ``digest`` is the SHA-256 in hexadecimal of its content, which stays with the dispatch service.
    """

    TYPE: ClassVar[str] = "service-report-made"

    digest: str
    signing: Signing
    because: MadeBecause
    outcome: Outcome


class ServiceReportReminded(_OfReport):
    """Nobody has signed it yet: who was asked is reminded, once."""

    TYPE: ClassVar[str] = "service-report-reminded"
