"""Questions of a diagnosis are answered after the opening, one by one or several at once."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.refusal import Refusal, illegal_transition
from contracts.text import Text
from infra.chassis.store.unit import Unit
from services.ticket.domain import qualifying
from services.ticket.domain.correcting import correct
from services.ticket.domain.diagnosis import Diagnosed, Filling, Given, QuestionKind, Tree
from services.ticket.domain.diagnosis_ending import Likely
from services.ticket.domain.diagnosis_walk import briefing, named_photos, walk, with_what_answers_say
from services.ticket.domain.qualifying import Judgement
from services.ticket.domain.replying import replied
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.domain.trying import briefed_in_vain
from services.ticket.store.attachments import Attachments
from services.ticket.store.diagnoses import DiagnosisRevisions
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.diagnosing import SPOKEN, as_walked, asset_of, begun_now, skill_of, work_with
from services.ticket.usecases.judging import judgement
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.put_diagnosis import revision_id


@dataclass(frozen=True, kw_only=True)
class AnswerQuestions(TicketCommand):
    """``diagnosis_id`` is for the first answer; a walk ends by the tree that it began with.

    A photo that was answered with null may be sent later, also when the rest is answered. The walk may end
    early by what is ``likely`` after these answers; who answers on goes on.

    At its end the ticket is judged by what the answers say, unless an agent has judged it himself.
    """

    given: tuple[Given, ...]
    diagnosis_id: str | None = None
    likely: Likely | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        if not ticket.is_open:
            raise illegal_transition("ticket", ticket.state, "answers", ticket.possible)
        begun, tree = self._begun(unit, ticket)
        before = tuple(each for each in begun.given if not self._comes_now(each, tree))
        photos = named_photos(tree, begun.given) | self._photos(unit, tree)
        walked = walk(tree, (*before, *self.given), photos)
        diagnosed, told = as_walked(unit, begun, tree, walked, self.likely)
        answers = briefing(tree, walked.given, SPOKEN, skill_of(unit, ticket.requester_id))
        answers = (*answers, *told, *briefed_in_vain(ticket.answers))
        changes: dict[str, Any] = {"diagnosed": diagnosed, "answers": answers}
        asset = asset_of(unit, walked.asset, ticket.customer_id, self.viewer)
        if ticket.asset_id is None and asset is not None:
            changes["asset_id"] = asset
        step = correct(ticket, changes, at)
        if not self.viewer.of_the_firm:
            step = replied(step, at)
        went_on = not begun.done or begun.early is not None
        if diagnosed.done and went_on and not ticket.judged:
            said = walk(with_what_answers_say(tree), walked.given, photos)
            step = _judged(unit, step, said.fills, at=at)
        return keep(unit, ticket, step, at=at) if step[1] else ticket

    def _comes_now(self, answer: Given, tree: Tree) -> bool:
        """Whether a photo that nobody had yet is sent now: it may come after the answers that follow it."""
        question = tree.question(answer.question)
        is_owed = answer.value is None and question is not None and question.kind is QuestionKind.PHOTO
        return is_owed and any(each.question == answer.question for each in self.given)

    def _photos(self, unit: Unit, tree: Tree) -> frozenset[str]:
        """Those of the answers that are pictures of this ticket, which the caller can see."""
        found = ((id, unit.get(Attachments, id)) for id in named_photos(tree, self.given))
        return frozenset(id for id, each in found if each and each.shows(self.ticket_id, self.viewer))

    def _begun(self, unit: Unit, ticket: Ticket) -> tuple[Diagnosed, Tree]:
        """The walk as it stands, and its tree."""
        begun = ticket.diagnosed
        if begun is not None and self.diagnosis_id in (None, begun.diagnosis_id):
            revision = unit.get(DiagnosisRevisions, revision_id(begun.diagnosis_id, begun.revision))
            assert revision is not None, "what was asked was published"
            return begun, revision.tree
        if begun is not None and not self.viewer.of_the_firm:
            raise Refusal(
                "another-diagnosis-begun",
                Text(
                    f"The diagnosis {begun.diagnosis_id!r} has begun: answer its next question.",
                    f"Le diagnostic {begun.diagnosis_id!r} est commencé : répondez à sa question suivante.",
                ),
                diagnosis=begun.diagnosis_id,
            )
        if self.diagnosis_id is None:
            raise Refusal(
                "no-diagnosis-begun",
                Text(
                    "Nobody has begun a diagnosis of this ticket: name one in `diagnosis`.",
                    "Aucun diagnostic n'est commencé pour ce ticket : nommez-en un dans `diagnosis`.",
                ),
            )
        return begun_now(unit, self.diagnosis_id)


def _judged(unit: Unit, step: Step, fills: Filling, *, at: datetime) -> Step:
    ticket, happened = step
    judged = judgement(unit, ticket, impact=fills.impact, urgency=fills.urgency, category=fills.category)
    judged = replace(judged, work=work_with(judged.work, fills))
    if judged == Judgement(ticket.impact, ticket.urgency, ticket.category, ticket.priority, ticket.work):
        return step
    after, more = qualifying.found_out(ticket, judged, at)
    return after, (*happened, *more)
