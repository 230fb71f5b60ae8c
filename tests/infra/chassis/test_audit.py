"""Who changed what: told of what people asked for, field by field, without what is secret or personal."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.chassis.store.audit import MASK, Audited, AuditEntry, Auditing
from infra.chassis.store.collection import Collection
from infra.chassis.store.unit import Cause, Entry, Memory, Unit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    id: str
    name: str
    phone: str | None = None
    rules: tuple[dict[str, Any], ...] = ()
    labels: tuple[str, ...] = ()
    counted: int = 0


Shelves = Collection("shelves", Shelf)
AUDITING = Auditing(
    {"shelves": Audited(Shelves, "shelves", masked=frozenset({"phone"}), without=frozenset({"counted"}))},
    days=10,
)


def told(
    before: Shelf | None, after: Shelf, *, actor: str = "admin:ada", version: int = 3
) -> list[AuditEntry]:
    """What is written down of a change of ``before``, stored at ``version``, to ``after``."""
    memory = Memory()
    stored = 0 if before is None else version
    memory.entries["shelves", after.id] = Entry(Shelves, after.id, before, version=stored)
    unit = Unit(memory, now=NOW, cause=Cause(actor=actor, correlation_id="c"))
    unit.put(Shelves, after)
    return [row.value for row in AUDITING.rows(memory, unit)]


def fields(entry: AuditEntry) -> dict[str, tuple[Any, Any]]:
    return {each.field: (each.before, each.after) for each in entry.changes}


def test_a_change_names_who_made_it_and_each_field_before_and_after() -> None:
    rules = ({"per": "hour", "cap": 2}, {"per": "month"})
    before = Shelf("s", "Old", rules=rules, labels=("a",))
    [entry] = told(
        before, Shelf("s", "New", rules=({"per": "hour", "cap": 3}, *rules[1:]), labels=("a", "b"))
    )
    assert (entry.person, entry.role, entry.entity, entry.subject) == ("ada", "admin", "shelves", "s")
    assert (entry.what, entry.at, (entry.expires_at - entry.at).days) == ("changed", NOW, 10)
    assert fields(entry) == {
        "name": ("Old", "New"),
        "rules[0].cap": (2, 3),
        "labels": (("a",), ("a", "b")),
    }


def test_what_is_new_has_nothing_before() -> None:
    [entry] = told(None, Shelf("s", "New"))
    assert (entry.what, fields(entry)) == ("created", {"name": (None, "New")})


def test_what_is_masked_is_told_to_have_changed_and_not_how() -> None:
    [entry] = told(Shelf("s", "A", phone="+33 1"), Shelf("s", "A", phone="+33 2"))
    assert fields(entry) == {"phone": (MASK, MASK)}
    [gone] = told(Shelf("s", "A", phone="+33 1"), Shelf("s", "A"))
    assert fields(gone) == {"phone": (MASK, None)}


def test_nothing_is_told_of_what_nobody_asked_for_or_what_follows_from_elsewhere() -> None:
    before = Shelf("s", "A")
    assert told(before, Shelf("s", "B"), actor="timer:toy") == []
    assert told(before, Shelf("s", "B"), actor="service:toy") == []
    assert told(before, Shelf("s", "A", counted=5)) == []


def test_each_version_has_its_own_entry_however_often_it_is_decided() -> None:
    ids = {told(Shelf("s", "A"), Shelf("s", "B"))[0].id for _ in range(2)}
    assert ids == {"shelves:s:4"}


def test_what_is_erased_leaves_that_it_was_and_none_of_its_contents() -> None:
    memory = Memory()
    memory.entries["shelves", "s"] = Entry(Shelves, "s", Shelf("s", "Secret"), version=1)
    unit = Unit(memory, now=NOW, cause=Cause(actor="admin:ada", correlation_id="c"))
    unit.erase(Shelves, Shelf("s", ""))
    [row] = AUDITING.rows(memory, unit)
    assert (row.value.what, row.value.changes) == ("erased", ())
