"""Who changed what: an entry beside each change of reference data that somebody asked for, in the same write.

What a person may not read elsewhere, or what would outlive him here, is masked: that it changed is told, not
what it says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from infra.chassis.http.roles import ROLES
from infra.chassis.store.collection import Collection, Index
from infra.chassis.store.unit import Change, Memory, Row, Unit

MASK = "•••"
USUAL_DAYS = 1095
PERSONAL = frozenset({"name", "email", "phone", "home"})
"""Root fields of people that are masked wherever people are audited."""


@dataclass(frozen=True)
class Audited:
    """One kind of reference data as its history is told.

    ``entity`` is its collection in the API. ``masked`` are root fields whose contents are not told,
    ``without`` those that nobody writes: they follow from others or from other services.
    """

    collection: Collection[Any]
    entity: str
    masked: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FieldChange:
    """``field`` is a dotted path, rows counted from 0; None is what is not there."""

    field: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class AuditEntry:
    """``person`` is the subject of his token; ``of`` the stored document that was changed, at ``version``."""

    id: str
    at: datetime
    actor: str
    role: str
    person: str | None
    entity: str
    subject: str
    what: Literal["created", "changed", "erased"]
    changes: tuple[FieldChange, ...]
    collection: str
    expires_at: datetime


AuditEntries = Collection(
    "audit_entries",
    AuditEntry,
    indexes=(
        Index((("at", 1), ("_id", 1)), name="in_order"),
        Index((("entity", 1), ("subject", 1), ("at", 1), ("_id", 1)), name="of_one"),
        Index((("person", 1), ("at", 1), ("_id", 1)), name="of_person"),
        Index((("expires_at", 1),), expire_after_seconds=0, name="expires"),
    ),
    rows_of=lambda entry: (entry.collection, entry.subject),
)


@dataclass(frozen=True)
class Auditing:
    """What a service tells of whom, and for how many days it is kept."""

    kinds: Mapping[str, Audited] = field(default_factory=dict)
    days: int = USUAL_DAYS

    def rows(self, memory: Memory, unit: Unit) -> Iterator[Row]:
        """An entry for each audited change of a unit that a person asked for; none where nothing differs."""
        role, _, person = unit.cause.actor.partition(":")
        if not self.kinds or role not in ROLES:
            return
        for change in unit.changes:
            audited = self.kinds.get(change.kind.name)
            if audited is None:
                continue
            entry = memory.entries.get((change.kind.name, change.value.id))
            before = None if entry is None else entry.value
            changes = tuple(_changes(audited, before, change))
            if not changes and before is not None and not change.erased:
                continue
            version = 1 + (0 if entry is None else entry.version)
            yield Row(
                AuditEntries,
                AuditEntry(
                    id=f"{audited.entity}:{change.value.id}:{version}",
                    at=unit.now,
                    actor=unit.cause.actor,
                    role=role,
                    person=person or None,
                    entity=audited.entity,
                    subject=change.value.id,
                    what="erased" if change.erased else "created" if before is None else "changed",
                    changes=changes,
                    collection=change.kind.name,
                    expires_at=unit.now + timedelta(days=self.days),
                ),
            )


UNAUDITED = Auditing()


def _changes(audited: Audited, before: Any, change: Change) -> Iterator[FieldChange]:
    if change.erased:
        return
    old = {} if before is None else _told(audited, before)
    new = _told(audited, change.value)
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) == new.get(path):
            continue
        masked = path.partition(".")[0].partition("[")[0] in audited.masked
        yield FieldChange(path, *(_shown(each.get(path), masked=masked) for each in (old, new)))


def _told(audited: Audited, value: Any) -> dict[str, Any]:
    kind = audited.collection
    body = kind.encode(value)
    return dict(
        pair for name in kind.fields if name not in audited.without for pair in _flat(name, body.get(name))
    )


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Each value that is no group, by its path; a list of plain values is one."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _flat(f"{path}.{name}", each)
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        for n, each in enumerate(value):
            yield from _flat(f"{path}[{n}]", each)
    elif value not in (None, (), []):
        yield path, value


def _shown(value: Any, *, masked: bool) -> Any:
    return MASK if masked and value is not None else value
