"""A proposed rota as the API shows it: who is on call when, and what everybody bears before and after."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from services.dispatch.domain.on_call_load import Load
from services.dispatch.domain.rota_proposal import RotaProposal, spread


class BarView(BaseModel):
    """Why somebody may not: ``rule`` is stable."""

    technician_id: str
    rule: str


class TurnView(BaseModel):
    """``technician_id`` null: nobody may have this turn, ``barred`` says why."""

    from_at: datetime = Field(serialization_alias="from")
    to_at: datetime = Field(serialization_alias="to")
    technician_id: str | None
    barred: tuple[BarView, ...]


class LoadView(BaseModel):
    """Minutes on call by night, at weekends and on holidays, minutes called out, and what they weigh."""

    night_minutes: int
    weekend_minutes: int
    holiday_minutes: int
    called_minutes: int
    weight: int


class BorneView(BaseModel):
    """Over the year that ends with the period; ``share`` is the part of it in which he was not away."""

    technician_id: str
    share: float
    before: LoadView
    after: LoadView


class ProposalView(BaseModel):
    """``spread``: how much more the most burdened bears than the least, in the unit of ``weight``."""

    id: str
    state: Literal["proposed", "applied"]
    territory: str | None
    respond_within_minutes: int | None
    exceptional: str | None
    author: str
    proposed_at: datetime
    applied_at: datetime | None
    turns: tuple[TurnView, ...]
    loads: tuple[BorneView, ...]
    spread_before: int
    spread_after: int


def proposal_view(proposal: RotaProposal) -> ProposalView:
    turns, borne = proposal.proposed.turns, proposal.proposed.borne
    return ProposalView(
        id=proposal.id,
        state="proposed" if proposal.applied_at is None else "applied",
        territory=proposal.territory,
        respond_within_minutes=proposal.respond_within_minutes,
        exceptional=proposal.exceptional,
        author=proposal.author,
        proposed_at=proposal.proposed_at,
        applied_at=proposal.applied_at,
        turns=tuple(
            TurnView(
                from_at=turn.from_at,
                to_at=turn.to_at,
                technician_id=turn.technician_id,
                barred=tuple(BarView(technician_id=b.technician_id, rule=b.rule) for b in turn.barred),
            )
            for turn in turns
        ),
        loads=tuple(
            BorneView(
                technician_id=each.technician_id,
                share=each.share,
                before=_load(each.before),
                after=_load(each.after),
            )
            for each in borne
        ),
        spread_before=spread(borne, after=False),
        spread_after=spread(borne, after=True),
    )


def _load(load: Load) -> LoadView:
    return LoadView(
        night_minutes=load.night_minutes,
        weekend_minutes=load.weekend_minutes,
        holiday_minutes=load.holiday_minutes,
        called_minutes=load.called_minutes,
        weight=load.weight,
    )
