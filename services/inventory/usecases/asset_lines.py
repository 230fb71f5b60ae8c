"""Storing an asset with the line of its history that says what changed."""

from collections.abc import Iterable
from dataclasses import replace

from contracts.envelope import Fact
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.domain.history import AssetLine, Difference, Happening, described_differences
from services.inventory.store.assets import AssetLines, Assets


def keep_asset(
    unit: Unit,
    before: Asset | None,
    after: Asset,
    happening: Happening,
    *,
    more: Iterable[Difference] = (),
    ticket_id: str | None = None,
    facts: Iterable[Fact] = (),
) -> Asset:
    """Store ``after`` where anything of it is new; the line names what is, and ``more``.

    ``facts`` are told where there is such a line.
    """
    differences = (*described_differences(before, after), *more)
    if not differences:
        if after != before:
            unit.put(Assets, after)
        return after
    after = replace(after, lines=after.lines + 1)
    line = AssetLine(
        id=f"{after.id}#{after.lines}",
        asset_id=after.id,
        customer_id=after.customer_id,
        happening=happening,
        at=unit.now,
        actor=unit.cause.actor,
        differences=differences,
        ticket_id=ticket_id,
    )
    unit.put(Assets, after, *facts)
    unit.add(AssetLines, line)
    return after
