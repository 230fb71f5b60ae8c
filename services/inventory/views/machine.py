"""What inventories say of machines, as callers read it."""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from contracts.values import Instant
from infra.chassis.runtime import Kept
from services.inventory.domain.differences import size_of
from services.inventory.domain.history import AssetLine
from services.inventory.domain.machine import (
    Antivirus,
    Cpu,
    Disk,
    Machine,
    OperatingSystem,
    Peripheral,
    Screen,
    Software,
    Volume,
)
from services.inventory.domain.matching import Candidate
from services.inventory.domain.review import Review


class MachineView(BaseModel):
    """``memory`` is ``memory_mb`` as people say it. Sizes are in MB as agents report them."""

    asset_id: str
    seen_at: Instant | None
    whole_at: Instant | None
    device_id: str | None
    agent: str | None
    hostname: str | None
    domain: str | None
    last_user: str | None
    system: OperatingSystem | None
    memory_mb: int | None
    memory: str | None
    ips: tuple[str, ...]
    cpus: tuple[Cpu, ...]
    disks: tuple[Disk, ...]
    volumes: tuple[Volume, ...]
    screens: tuple[Screen, ...]
    peripherals: tuple[Peripheral, ...]
    antivirus: tuple[Antivirus, ...]
    software_count: int | None


class SoftwareView(BaseModel):
    """Everything that is installed, by name."""

    asset_id: str
    items: tuple[Software, ...]


class DifferenceView(BaseModel):
    field: str
    before: str | None
    after: str | None


class AssetLineView(BaseModel):
    id: str
    happening: str
    at: Instant
    actor: str
    ticket_id: str | None
    differences: list[DifferenceView]


class AssetLinePage(BaseModel):
    items: list[AssetLineView]
    next: str | None


class IdentityView(BaseModel):
    asset_tag: str | None
    serial: str | None
    manufacturer: str | None
    model: str | None
    uuid: str | None
    macs: tuple[str, ...]


class ReviewView(BaseModel):
    """``doubt`` says why it waits, ``candidates`` which machines it may be and by which rules."""

    id: str
    customer_id: str
    site_id: str
    device_id: str
    name: str
    kind: str
    identity: IdentityView
    doubt: str
    candidates: tuple[Candidate, ...]
    received_at: Instant
    state: str
    decision: str | None
    asset_id: str | None
    decided_at: Instant | None
    decided_by: str | None


class ReviewPage(BaseModel):
    items: list[ReviewView]
    next: str | None


def machine_view(machine: Machine) -> MachineView:
    shown = MachineView.model_fields.keys() - {"asset_id", "memory"}
    said: dict[str, Any] = {name: getattr(machine, name) for name in shown}
    return MachineView(asset_id=machine.id, memory=size_of(machine.memory_mb), **said)


def line_view(kept: Kept[AssetLine]) -> AssetLineView:
    line = kept.value
    return AssetLineView(
        id=line.id,
        happening=line.happening,
        at=line.at,
        actor=line.actor,
        ticket_id=line.ticket_id,
        differences=[DifferenceView(**asdict(each)) for each in line.differences],
    )


def review_view(kept: Kept[Review]) -> ReviewView:
    review = kept.value
    shown = ReviewView.model_fields.keys() - {"identity"}
    return ReviewView(
        identity=IdentityView(**asdict(review.identity)),
        **{name: getattr(review, name) for name in shown},
    )
