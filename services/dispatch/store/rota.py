"""Rota entries as documents."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.rota_proposal import RotaProposal

Rota = Collection(
    "rota",
    RotaEntry,
    indexes=(Index((("to_at", 1), ("from_at", 1))), Index((("technician_id", 1), ("to_at", 1)))),
)
Proposals = Collection("rota_proposals", RotaProposal)
