"""A small world to try the chassis on: jars that are filled, lamps that are public, and their readers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar

from contracts.catalogue import Catalogue, Topic
from contracts.envelope import Envelope, Fact, Payload, State
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Collection, Index, Loads, ReadCopy, Ref
from infra.chassis.store.unit import Unit

PARTITIONS = 3


class JarFilled(Fact):
    TYPE: ClassVar[str] = "jar-filled"
    jar_id: str
    amount: int
    lamp: str | None = None


class JarWashed(Fact):
    """Nobody here does anything at it."""

    TYPE: ClassVar[str] = "jar-washed"


class LampChanged(State):
    TYPE: ClassVar[str] = "lamp-changed"
    ERASED: ClassVar[str] = "lamp-erased"
    colour: str


class ShelfGrew(Fact):
    TYPE: ClassVar[str] = "shelf-grew"
    total: int


def catalogue(prefix: str) -> Catalogue:
    """The toy's streams under topic names of their own, so that tests do not read each other's."""
    readers = ("cellar",)
    return Catalogue(
        (
            _topic(f"{prefix}.jars.v1", "facts", "jars", (JarFilled, JarWashed), {JarFilled.TYPE: readers}),
            _topic(f"{prefix}.lamps.v1", "state", "lamps", (LampChanged,), {LampChanged.TYPE: readers}),
            _topic(f"{prefix}.shelves.v1", "facts", "shelves", (ShelfGrew,), {ShelfGrew.TYPE: ("porch",)}),
            _topic("cellar.dead-letters.v1", "dead", "dead-letters", (), {}),
        )
    )


def _topic(name: str, kind: Any, stream: str, events: tuple[type[Payload], ...], consumers: Any) -> Topic:
    return Topic(
        name=name,
        kind=kind,
        owner="toy",
        stream=stream,
        key="id",
        partitions=PARTITIONS,
        retention_days=None if kind == "state" else 14,
        events=events,
        consumers=MappingProxyType(consumers),
    )


@dataclass(frozen=True)
class Jar:
    id: str
    amount: int = 0
    label: str | None = None
    due_at: datetime | None = None
    rung: int = 0


@dataclass(frozen=True)
class Lamp:
    id: str
    colour: str


@dataclass(frozen=True)
class Page:
    """A line of a diary, written once."""

    id: str
    owner: str
    text: str = ""
    of: str = "jars"


@dataclass(frozen=True)
class Shelf:
    id: str
    total: int = 0
    fills: int = 0
    seen: tuple[int, ...] = ()


Jars = Collection(
    "jars",
    Jar,
    indexes=(Index((("label", 1),), unique=True, partial={"label": {"$type": "string"}}, name="label"),),
    next_due=lambda jar: jar.due_at,
)
Lamps = Collection("lamps", Lamp, state=lambda lamp: LampChanged(colour=lamp.colour), published=LampChanged)
Pages = Collection("pages", Page, rows_of=lambda page: (page.of, page.owner))
Shelves = Collection("shelves", Shelf)
LampCopies: ReadCopy[LampChanged] = ReadCopy("lamp_copies", LampChanged)


@dataclass(frozen=True)
class MakeJar:
    id: str
    amount: int = 0
    label: str | None = None

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> str:
        jar = Jar(self.id, self.amount, self.label)
        unit.add(Jars, jar, JarFilled(jar_id=self.id, amount=self.amount))
        return self.id


@dataclass(frozen=True)
class Fill:
    id: str
    amount: int = 1
    lamp: str | None = None
    events: int = 1

    def loads(self) -> Loads:
        return (Ref(Jars, self.id),)

    def decide(self, unit: Unit) -> int:
        jar = unit.get(Jars, self.id)
        if jar is None:
            raise NotFound("jar", self.id)
        if jar.amount + self.amount > 1_000_000:
            raise Refusal("jar-full", Text("Take a second jar.", "Prenez un second pot."))
        filled = replace(jar, amount=jar.amount + self.amount)
        fact = JarFilled(jar_id=self.id, amount=self.amount, lamp=self.lamp)
        unit.save(Jars, filled, *[fact] * self.events)
        return filled.amount


@dataclass(frozen=True)
class FillFirst(Fill):
    """Saves before it looks whether it may."""

    def decide(self, unit: Unit) -> int:
        jar = unit.get(Jars, self.id)
        assert jar is not None
        filled = replace(jar, amount=jar.amount + self.amount)
        unit.save(Jars, filled)
        if filled.amount > 1_000_000:
            raise Refusal("jar-full", Text("Take a second jar.", "Prenez un second pot."))
        return filled.amount


@dataclass(frozen=True)
class Lost(Fill):
    """Cannot even say what it needs."""

    def loads(self) -> Loads:
        raise LookupError(self.id)


@dataclass(frozen=True)
class WritePage:
    id: str
    jar_id: str
    text: str = ""

    def loads(self) -> Loads:
        return (Ref(Jars, self.jar_id),)

    def decide(self, unit: Unit) -> None:
        jar = unit.get(Jars, self.jar_id)
        assert jar is not None
        unit.save(Jars, jar, JarFilled(jar_id=jar.id, amount=0))
        unit.add(Pages, Page(self.id, jar.id, self.text))


@dataclass(frozen=True)
class PaintNoted:
    """The lamp's new state, with a page about it."""

    id: str
    colour: str

    def loads(self) -> Loads:
        return (Ref(Lamps, self.id),)

    def decide(self, unit: Unit) -> None:
        unit.put(Lamps, Lamp(self.id, self.colour))
        unit.add(Pages, Page(self.colour, self.id, of="lamps"))


@dataclass(frozen=True)
class Relabel:
    id: str
    label: str

    def loads(self) -> Loads:
        return (Ref(Jars, self.id),)

    def decide(self, unit: Unit) -> None:
        jar = unit.get(Jars, self.id)
        assert jar is not None
        unit.save(Jars, replace(jar, label=self.label))


@dataclass(frozen=True)
class Match:
    """Fill a jar to what another holds: reads two, changes one."""

    id: str
    other: str

    def loads(self) -> Loads:
        return (Ref(Jars, self.id), Ref(Jars, self.other))

    def decide(self, unit: Unit) -> int:
        jar, other = unit.get(Jars, self.id), unit.get(Jars, self.other)
        assert jar is not None
        assert other is not None
        unit.save(Jars, replace(jar, amount=other.amount))
        return other.amount


@dataclass(frozen=True)
class Pour:
    """From one jar into another: two aggregates, one transaction."""

    source: str
    target: str
    amount: int = 1

    def loads(self) -> Loads:
        return (Ref(Jars, self.source), Ref(Jars, self.target))

    def decide(self, unit: Unit) -> None:
        source, target = unit.get(Jars, self.source), unit.get(Jars, self.target)
        if source is None or target is None:
            raise NotFound("jar", self.source if source is None else self.target)
        if source.amount < self.amount:
            raise Refusal("jar-empty", Text("There is not enough in it.", "Il n'y en a pas assez."))
        unit.save(Jars, replace(source, amount=source.amount - self.amount))
        unit.save(Jars, replace(target, amount=target.amount + self.amount))


@dataclass(frozen=True)
class PourTold(Pour):
    """Both jars tell of it."""

    def decide(self, unit: Unit) -> None:
        super().decide(unit)
        for jar_id, amount in ((self.source, -self.amount), (self.target, self.amount)):
            jar = unit.get(Jars, jar_id)
            assert jar is not None
            unit.save(Jars, jar, JarFilled(jar_id=jar_id, amount=amount))


@dataclass(frozen=True)
class PourFrom(Pour):
    """Finds what it pours from only on the way, and changes that first."""

    def loads(self) -> Loads:
        return (Ref(Jars, self.target),)


@dataclass(frozen=True)
class Paint:
    id: str
    colour: str

    def loads(self) -> Loads:
        return (Ref(Lamps, self.id),)

    def decide(self, unit: Unit) -> None:
        unit.put(Lamps, Lamp(self.id, self.colour))


@dataclass(frozen=True)
class SetTimer:
    id: str
    at: datetime

    def loads(self) -> Loads:
        return (Ref(Jars, self.id),)

    def decide(self, unit: Unit) -> None:
        jar = unit.get(Jars, self.id)
        assert jar is not None
        unit.save(Jars, replace(jar, due_at=self.at))


@dataclass(frozen=True)
class Ring:
    id: str

    def loads(self) -> Loads:
        return (Ref(Jars, self.id),)

    def decide(self, unit: Unit) -> None:
        jar = unit.get(Jars, self.id)
        if jar is None or jar.due_at is None or jar.due_at > unit.now:
            return
        unit.save(Jars, replace(jar, due_at=None, rung=jar.rung + 1), JarFilled(jar_id=self.id, amount=0))


@dataclass(frozen=True)
class Shelve:
    """The reader's side: what a shelf holds is the sum of what its jar's events said."""

    id: str
    amount: int
    number: int
    lamp: str | None = None

    def loads(self) -> Loads:
        return (Ref(Shelves, self.id),)

    def decide(self, unit: Unit) -> None:
        if self.amount == 666:
            raise RuntimeError("a shelf that breaks")
        if self.lamp is not None:
            unit.require(LampCopies, self.lamp, as_="lamp")
        shelf = unit.get(Shelves, self.id) or Shelf(self.id)
        unit.put(
            Shelves,
            replace(
                shelf, total=shelf.total + self.amount, fills=shelf.fills + 1, seen=(*shelf.seen, self.number)
            ),
        )


@dataclass(frozen=True)
class Dust:
    """Names a shelf, which only a jar's event makes."""

    id: str

    def loads(self) -> Loads:
        return (Ref(Shelves, self.id),)

    def decide(self, unit: Unit) -> None:
        if unit.get(Shelves, self.id) is None:
            raise NotFound("shelf", self.id)


@dataclass(frozen=True)
class ShelveAndTell(Shelve):
    """Tells what came of it: a fact of its own, and a line of a numbered stream."""

    def decide(self, unit: Unit) -> None:
        super().decide(unit)
        shelf = unit.get(Shelves, self.id)
        assert shelf is not None
        unit.save(Shelves, shelf, ShelfGrew(total=shelf.total))
        unit.emit("shelves", {"id": self.id, "number": self.number})


@dataclass(frozen=True)
class Break:
    """The lamp is gone for good."""

    id: str

    def loads(self) -> Loads:
        return (Ref(Lamps, self.id),)

    def decide(self, unit: Unit) -> None:
        unit.erase(Lamps, Lamp(self.id, ""))


def on_jar_filled(event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
    return [Shelve(event.jar_id, event.amount, envelope.sequence, event.lamp)]


def on_jar_filled_tell(event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
    return [ShelveAndTell(event.jar_id, event.amount, envelope.sequence, event.lamp)]
