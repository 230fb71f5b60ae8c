"""The service report of a visit as client and firm keep it: frozen, numbered, and checkable by its hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.dispatch.reports import MadeBecause, Signing
from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.report import UNBEGUN, Report

LINK_GOOD_FOR = timedelta(days=30)
REMINDED_AFTER = timedelta(days=3)
KEPT_OPENINGS = 100
"""The last ones; how many there were is counted."""


@dataclass(frozen=True)
class Opening:
    """Somebody followed a link. ``contact_id``: to whom it was sent; ``address``: from which network."""

    at: datetime
    contact_id: str
    version: int
    what: str
    address: str | None


@dataclass(frozen=True)
class ServiceReport:
    """Where the report of a visit stands; ``id`` is the visit's. Its content is in its versions.

    ``wanted_at``: it is made from then on. ``n`` is the version
    that holds now, 0 until there is one.
    ``signed_from``: the network that a signature or refusal from afar came from.
    """

    id: str
    wanted_at: datetime | None = None
    n: int = 0
    digest: str | None = None
    signing: Signing = Signing.NONE
    because: MadeBecause = MadeBecause.CLOSED
    made_at: datetime | None = None
    remind_at: datetime | None = None
    signed_from: str | None = None
    opened: int = 0
    openings: tuple[Opening, ...] = ()

    @property
    def due_at(self) -> datetime | None:
        """When the machine looks at it again: to make it, or to remind who is to sign it."""
        return self.wanted_at or self.remind_at

    @property
    def link_until(self) -> datetime | None:
        return None if self.made_at is None else self.made_at + LINK_GOOD_FOR

    def made(self, version: "ReportVersion") -> "ServiceReport":
        """That version holds now, and no link to another is good any more."""
        awaited = version.signing is Signing.AWAITED
        return replace(
            self,
            wanted_at=None,
            n=version.n,
            digest=version.digest,
            signing=version.signing,
            because=version.because,
            made_at=version.made_at,
            remind_at=version.made_at + REMINDED_AFTER if awaited else None,
        )

    def reminded(self) -> "ServiceReport":
        return replace(self, remind_at=None)

    def opened_by(self, opening: Opening) -> "ServiceReport":
        return replace(self, opened=self.opened + 1, openings=(*self.openings, opening)[-KEPT_OPENINGS:])

    def check_signable(self) -> None:
        """Refuse a second signature, and one of what nobody is asked to sign."""
        if self.signing is not Signing.AWAITED:
            raise Refusal(
                "nothing-to-sign",
                Text(
                    f"Version {self.n} of this report is {self.signing}: nobody is asked to sign it.",
                    f"La version {self.n} de ce rapport est à l'état {self.signing} : aucune signature "
                    "n'est demandée.",
                ),
                signing=self.signing,
            )


@dataclass(frozen=True)
class ReportVersion:
    """One version, never changed. ``content`` is canonical JSON, ``digest`` the SHA-256 of its UTF-8."""

    id: str
    visit_id: str
    n: int
    content: str
    digest: str
    signing: Signing
    because: MadeBecause
    made_at: datetime


@dataclass(frozen=True)
class FromAfar:
    """What a client says by a link: his signature, drawn or typed, or why he refuses it."""

    name: str
    role: str | None = None
    svg: str | None = None
    refused: str | None = None


@dataclass(frozen=True)
class Correction:
    """What was wrong in the words of a report, None where it stays; ``reason`` is why."""

    by: str
    reason: str
    found: str | None = None
    work_done: str | None = None
    cause: str | None = None
    remaining: str | None = None


def version_id(visit_id: str, n: int) -> str:
    return f"{visit_id}:{n}"


def signing_of(report: Report) -> Signing:
    """How it stands with the signature when the technician leaves."""
    if report.signature is not None:
        return Signing.SIGNED
    if report.signature_refused is not None:
        return Signing.REFUSED
    return Signing.NONE if report.outcome in UNBEGUN else Signing.AWAITED


def frozen(
    visit_id: str,
    n: int,
    content: Mapping[str, Any],
    signing: Signing,
    because: MadeBecause,
    at: datetime,
) -> ReportVersion:
    """``content`` in its one canonical form: keys in order, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ReportVersion(version_id(visit_id, n), visit_id, n, text, digest, signing, because, at)


def signed_from_afar(before: ReportVersion, said: FromAfar, at: datetime) -> ReportVersion:
    """The same work, with what the client says of it."""
    refused = said.refused is not None
    signing = Signing.REFUSED if refused else Signing.SIGNED
    because = MadeBecause.REFUSED if refused else MadeBecause.SIGNED
    content = json.loads(before.content)
    content["signature"] = {
        "state": signing.value,
        "how": "link",
        "at": _instant(at),
        "name": said.name,
        "role": said.role,
        "svg": said.svg,
        "reason": said.refused,
    }
    return _instead_of(before, content, signing, because, at, reason=None)


def corrected(before: ReportVersion, correction: Correction, at: datetime) -> ReportVersion:
    """Other words for the work. A signature was under the words of before: it is asked for anew."""
    content = json.loads(before.content)
    said = {
        "found": correction.found,
        "done": correction.work_done,
        "cause": correction.cause,
        "remaining": correction.remaining,
    }
    work = {**content["work"], **{name: words for name, words in said.items() if words is not None}}
    if work == content["work"]:
        raise Refusal(
            "nothing-corrected",
            Text(
                "The report says just this already: give other words.",
                "Le rapport dit déjà exactement cela : donnez d'autres termes.",
            ),
        )
    content["work"] = work
    signing = Signing.NONE if before.signing is Signing.NONE else Signing.AWAITED
    if signing is Signing.AWAITED:
        content["signature"] = {"state": signing.value}
    return _instead_of(before, content, signing, MadeBecause.CORRECTED, at, reason=correction.reason)


def _instead_of(
    before: ReportVersion,
    content: dict[str, Any],
    signing: Signing,
    because: MadeBecause,
    at: datetime,
    *,
    reason: str | None,
) -> ReportVersion:
    n = before.n + 1
    content["version"] = n
    content["made_at"] = _instant(at)
    content["replaces"] = {
        "version": before.n,
        "sha256": before.digest,
        "because": because.value,
        "reason": reason,
        "signing": before.signing.value,
    }
    return frozen(before.visit_id, n, content, signing, because, at)


def _instant(at: datetime) -> str:
    return at.isoformat()
