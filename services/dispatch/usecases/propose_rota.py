"""A rota that was proposed is kept, and written once somebody applies it."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.rota_proposal import Candidate, RotaProposal, told_too_late
from services.dispatch.store.rota import Proposals
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.agreed import limits_for
from services.dispatch.usecases.manage_rota import PutRotaEntry


@dataclass(frozen=True)
class KeepProposal:
    """Keep it as it was made."""

    proposal: RotaProposal

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> None:
        unit.add(Proposals, self.proposal)


@dataclass(frozen=True)
class ApplyProposal:
    """Write its entries, all or none: only while everybody is as it saw him. Twice changes nothing."""

    proposal_id: str

    def loads(self) -> Loads:
        return (Ref(Proposals, self.proposal_id),)

    def decide(self, unit: Unit) -> str:
        proposal = unit.get(Proposals, self.proposal_id)
        if proposal is None:
            raise NotFound("rota proposal", self.proposal_id)
        if proposal.applied_at is not None:
            return proposal.id
        for seen in proposal.seen:
            known = unit.get(Technicians, seen.technician_id)
            if known is None or unit.version(Technicians, seen.technician_id) != seen.version:
                raise Refusal(
                    "proposal-outdated",
                    Text(
                        f"{seen.technician_id} has changed since: ask for a new proposal.",
                        f"{seen.technician_id} a changé depuis : demandez une nouvelle proposition.",
                    ),
                    technician_id=seen.technician_id,
                )
        for entry in proposal.entries():
            technician = unit.require(Technicians, entry.technician_id, as_="technician")
            person = Candidate(technician, limits_for(unit, technician))
            turn = (entry.from_at, entry.to_at)
            if told_too_late(person, turn, unit.now, exceptional=proposal.exceptional is not None):
                raise Refusal(
                    "told-too-late",
                    Text(
                        f"{technician.id} would be told too late of {entry.from_at.isoformat()}: "
                        "ask for a proposal of later days (L3121-12).",
                        f"{technician.id} serait prévenu trop tard pour le {entry.from_at.isoformat()} : "
                        "demandez une proposition pour plus tard (L3121-12).",
                    ),
                    technician_id=technician.id,
                )
        for entry in proposal.entries():
            PutRotaEntry(entry).decide(unit)
        unit.save(Proposals, replace(proposal, applied_at=unit.now))
        return proposal.id
