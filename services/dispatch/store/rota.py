"""Rota entries as documents."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.rota_proposal import RotaProposal
from services.dispatch.domain.swap import Swap

Rota = Collection(
    "rota",
    RotaEntry,
    indexes=(Index((("to_at", 1), ("from_at", 1))), Index((("technician_id", 1), ("to_at", 1)))),
)
Proposals = Collection("rota_proposals", RotaProposal)
Swaps = Collection(
    "rota_swaps",
    Swap,
    indexes=(
        Index((("state", 1), *IN_ORDER)),
        Index((("people", 1), *IN_ORDER)),
        Index((("people", 1), ("state", 1), *IN_ORDER)),
    ),
)
