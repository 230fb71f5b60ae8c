"""Maintenance against a known fault is proposed for the machines of its model, and accepted or declined."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.inventory.states import CurrentAssetChanged
from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.jobs import contended
from infra.chassis.store.unit import Unit
from services.ticket.domain.prevention import Prevention, PreventionState, Spot
from services.ticket.domain.problem import OVER, Problem
from services.ticket.store.copies import Assets
from services.ticket.store.problems import Problems
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.problems import ProblemCommand

MOST_ASSETS = 2_000


@dataclass(frozen=True, kw_only=True)
class ProposePrevention(ProblemCommand):
    """A proposal that nobody has accepted is replaced."""

    category: str
    text: str
    summary: str | None = None

    def decide(self, unit: Unit) -> None:
        problem, at = self.addressed(unit)
        unit.require(WorkTypes, self.category, as_="work-type")
        if problem.state in OVER:
            raise _over()
        _undecided(problem)
        found = machines_of(unit, problem)
        if not found:
            raise _nothing_to_prevent()
        spots, left_out = spots_of(found)
        prevention = Prevention(
            category=self.category,
            summary=self.summary or problem.title,
            text=self.text,
            spots=spots,
            proposed_at=at,
            proposed_by=self.viewer.subject,
            left_out=left_out,
        )
        unit.save(Problems, replace(problem, prevention=prevention))


@dataclass(frozen=True, kw_only=True)
class TakeUp(ProblemCommand):
    """Open a problem; where it is about a model of which there are machines, maintenance is proposed."""

    def decide(self, unit: Unit) -> None:
        problem, at = self.addressed(unit)
        after = problem.moved("open", at)
        if problem.prevention is None and problem.linked:
            spots, left_out = spots_of(machines_of(unit, problem))
            prevention = Prevention(
                category=problem.linked[-1].category,
                summary=problem.title,
                text=f"Maintenance préventive : {problem.cause}",
                spots=spots,
                proposed_at=at,
                proposed_by=unit.cause.actor,
                left_out=left_out,
            )
            after = replace(after, prevention=prevention if spots else None)
        unit.save(Problems, after)


@dataclass(frozen=True, kw_only=True)
class AcceptPrevention(ProblemCommand):
    """With a ticket's id of ``ids`` for each customer; what was accepted before stays as it was then."""

    ids: tuple[str, ...]

    def decide(self, unit: Unit) -> None:
        problem, at = self.addressed(unit)
        prevention = _proposal(problem)
        if prevention.state is PreventionState.ACCEPTED:
            return
        if len(prevention.customer_ids) > len(self.ids):
            raise contended()
        accepted = replace(
            prevention,
            state=PreventionState.ACCEPTED,
            decided_by=self.viewer.subject,
            decided_at=at,
            tickets=dict(zip(prevention.customer_ids, self.ids, strict=False)),
        )
        unit.save(Problems, replace(problem, prevention=accepted))


@dataclass(frozen=True, kw_only=True)
class DeclinePrevention(ProblemCommand):
    def decide(self, unit: Unit) -> None:
        problem, at = self.addressed(unit)
        prevention = _proposal(problem)
        _undecided(problem)
        if prevention.state is PreventionState.DECLINED:
            return
        declined = replace(
            prevention, state=PreventionState.DECLINED, decided_by=self.viewer.subject, decided_at=at
        )
        unit.save(Problems, replace(problem, prevention=declined))


def machines_of(unit: Unit, problem: Problem) -> Sequence[CurrentAssetChanged]:
    """Those of the problem's model, at its customer where it has one."""
    about = problem.about
    if about.key is None:
        return ()
    found = unit.where(Assets, "model_key", about.key)
    return [each for each in found if about.customer_id in (None, each.customer_id)]


def spots_of(machines: Sequence[CurrentAssetChanged]) -> tuple[tuple[Spot, ...], int]:
    """The machines by site, and how many more there are than one proposal names."""
    ordered = sorted(machines, key=lambda each: (each.customer_id, each.site_id, each.asset_id))
    by_site = defaultdict[tuple[str, str], list[str]](list)
    for each in ordered[:MOST_ASSETS]:
        by_site[each.customer_id, each.site_id].append(each.asset_id)
    spots = tuple(Spot(customer, site, tuple(ids)) for (customer, site), ids in by_site.items())
    return spots, max(0, len(ordered) - MOST_ASSETS)


def _proposal(problem: Problem) -> Prevention:
    if problem.prevention is None:
        raise Refusal(
            "nothing-proposed",
            Text(
                "No prevention is proposed: POST …/prevention proposes one.",
                "Aucune prévention n'est proposée : POST …/prevention en propose une.",
            ),
        )
    return problem.prevention


def _undecided(problem: Problem) -> None:
    """Refuse what would change a proposal that tickets were opened for."""
    prevention = problem.prevention
    if prevention is not None and prevention.state is PreventionState.ACCEPTED:
        raise Refusal(
            "prevention-accepted",
            Text(
                "It is accepted, and `tickets` are open for it: cancel them where the work is not wanted.",
                "Elle est acceptée, et les tickets `tickets` sont ouverts : annulez-les si c'est sans objet.",
            ),
            tickets=dict(prevention.tickets),
        )


def _over() -> Refusal:
    return Refusal(
        "problem-over",
        Text(
            "The problem is over: open another one for what is still to be prevented.",
            "Le problème est terminé : ouvrez-en un autre pour ce qui reste à prévenir.",
        ),
    )


def _nothing_to_prevent() -> Refusal:
    return Refusal(
        "nothing-to-prevent",
        Text(
            "No machine of its model is known: name the model when opening a problem, or correct the park.",
            "Aucune machine de son modèle n'est connue : nommez le modèle à l'ouverture du problème, "
            "ou corrigez le parc.",
        ),
    )
