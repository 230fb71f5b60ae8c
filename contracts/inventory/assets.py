"""Facts of the park, on ``inventory.assets.v1``, keyed by the asset."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.envelope import Fact
from contracts.values import Id, Summary, Value

Said = Annotated[str, StringConstraints(max_length=200)]


class AssetDifference(Value):
    """Something of a machine that an inventory found changed, as people would say it (``16 GB``)."""

    field: Said
    before: Said | None = None
    after: Said | None = None


class WorkAsked(Value):
    """Preventive work that a rule asks for: a ticket of the id ``ticket_id``, however often this is told."""

    ticket_id: Id
    rule: Id
    category: Id
    summary: Summary
    detail: Annotated[str, StringConstraints(max_length=2000)]


class AssetChanged(Fact):
    """An inventory found a machine changed, or in a state in which a rule asks for work.

    What a rule has asked for it asks for again only after the state was left. What is changed is a machine's,
    never a person's.
    """

    TYPE: ClassVar[str] = "asset-changed"

    asset_id: Id
    customer_id: Id
    site_id: Id
    differences: Annotated[tuple[AssetDifference, ...], Field(max_length=50)] = ()
    asks: Annotated[tuple[WorkAsked, ...], Field(max_length=20)] = ()
