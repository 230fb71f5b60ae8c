"""A training is asked for and described anew; who came is taken down, and how it was."""

from dataclasses import dataclass
from datetime import date

from contracts.inventory.assets import TrainingAsked
from contracts.refusal import NotFound, Refusal, UnknownReference
from contracts.text import Text
from contracts.values import SUMMARY_LENGTH
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import AlreadyExists, Unit
from services.inventory.domain.site import Site
from services.inventory.domain.training import CHECKLIST, Training, seated
from services.inventory.store.contacts import Contacts
from services.inventory.store.sites import Sites
from services.inventory.store.trainings import Trainings


@dataclass(frozen=True)
class AskTraining:
    """What is another customer's counts as unknown."""

    training: Training

    def loads(self) -> Loads:
        it = self.training
        people = (Ref(Contacts, each) for each in it.contact_ids)
        return (Ref(Trainings, it.id), Ref(Sites, it.site_id), *people)

    def decide(self, unit: Unit) -> None:
        it = self.training
        if unit.get(Trainings, it.id) is not None:
            raise AlreadyExists(Trainings.name, it.id)
        site = unit.require(Sites, it.site_id, as_="site")
        if site.customer_id != it.customer_id:
            raise UnknownReference("site", it.site_id)
        _require_contacts(unit, it)
        seated(it)
        if date.fromisoformat(it.wished_on) <= unit.now.date():
            raise Refusal(
                "day-passed",
                Text("Wish for a day to come.", "Souhaitez un jour à venir."),
            )
        unit.add(Trainings, it, _asked(it, site))


@dataclass(frozen=True)
class DescribeTraining:
    """``training`` says what it is to be; site, work type and wished day stay as its ticket has them."""

    training: Training
    expected: Expected = None

    def loads(self) -> Loads:
        it = self.training
        return (Ref(Trainings, it.id), *(Ref(Contacts, each) for each in it.contact_ids))

    def decide(self, unit: Unit) -> None:
        before = _there(unit, self.training.id)
        check_version(unit.version(Trainings, before.id), self.expected)
        after = before.described(self.training, unit.now)
        # Who left since he was invited does not keep it from being described.
        _require_contacts(unit, after, known=before.contact_ids)
        if after != before:
            unit.save(Trainings, after)


@dataclass(frozen=True)
class TakeAttendance:
    """``came`` are ids of contacts and of guests; ``questions`` None leaves them as they are."""

    id: str
    came: tuple[str, ...]
    questions: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Trainings, self.id),)

    def decide(self, unit: Unit) -> None:
        before = _there(unit, self.id)
        check_version(unit.version(Trainings, self.id), self.expected)
        after = before.attendance(self.came, self.questions, unit.now)
        if after != before:
            unit.save(Trainings, after)


@dataclass(frozen=True)
class MarkTraining:
    """Who has the link may: it is signed for one of the contacts."""

    id: str
    contact_id: str
    mark: int
    comment: str | None = None

    def loads(self) -> Loads:
        return (Ref(Trainings, self.id),)

    def decide(self, unit: Unit) -> Training:
        before = _there(unit, self.id)
        known = before.mark_of(self.contact_id)
        if known is not None and (known.mark, known.comment) == (self.mark, self.comment):
            return before
        after = before.marked(self.contact_id, self.mark, self.comment, unit.now)
        unit.save(Trainings, after)
        return after


def _there(unit: Unit, id: str) -> Training:
    training = unit.get(Trainings, id)
    if training is None:
        raise NotFound("training", id)
    return training


def _require_contacts(unit: Unit, it: Training, known: tuple[str, ...] = ()) -> None:
    for id in it.contact_ids:
        if id in known:
            continue
        if unit.require(Contacts, id, as_="contact").customer_id != it.customer_id:
            raise UnknownReference("contact", id)


def _asked(it: Training, site: Site) -> TrainingAsked:
    window = site.open_on(date.fromisoformat(it.wished_on))
    if window is None:
        raise Refusal(
            "site-closed",
            Text(
                f"{site.name} is closed on {it.wished_on}: wish for another day.",
                f"{site.name} est fermé le {it.wished_on} : souhaitez un autre jour.",
            ),
        )
    lines = [
        it.programme,
        f"Salle : {it.room}" if it.room else "",
        f"Participants attendus : {it.invited} (places : {it.places})",
        *(f"À apporter : {each}" for each in it.materials),
    ]
    return TrainingAsked(
        training_id=it.id,
        ticket_id=it.ticket_id,
        customer_id=it.customer_id,
        site_id=it.site_id,
        category=it.category,
        summary=f"Formation : {it.title}"[:SUMMARY_LENGTH],
        detail="\n".join(line for line in lines if line)[:4000],
        window=window,
        checklist=CHECKLIST,
    )
