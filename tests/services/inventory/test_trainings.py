"""Trainings: put on a day by their visits, told to those who come, held, counted and marked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.checklists import ChecklistAnswer
from contracts.dispatch.events import DispatchRevoked, InterventionClosed, RevocationReason, VisitFact
from contracts.inventory.assets import TrainingAsked, TrainingNews, TrainingTold
from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.states import ContactChanged
from services.inventory.domain.advice import Advice, AdviceKind, AdviceState
from services.inventory.domain.asset import Asset
from services.inventory.domain.training import Guest, Origin, Training, TrainingState
from services.inventory.domain.training_offer import offers_of
from services.inventory.store.contacts import Contacts
from services.inventory.store.sites import Sites
from services.inventory.store.trainings import Trainings
from services.inventory.usecases.follow_training import SettleTraining, TellTraining
from services.inventory.usecases.train import AskTraining, DescribeTraining, MarkTraining, TakeAttendance
from services.inventory.views.trainings import figures_of
from tests.services.inventory.facts import Visits, closed, planned, rescheduled
from tests.services.inventory.test_maintenance import CLINIC
from tests.world import MONDAY_NINE, World

THURSDAY = (MONDAY_NINE + timedelta(days=3)).date()
POSTS = Training(
    "posts",
    "pasteur",
    "nord",
    "Nouveaux postes",
    "training",
    THURSDAY.isoformat(),
    "agent-paul",
    programme="Prise en main",
    materials=("un vidéoprojecteur",),
    room="Salle Ampère",
    places=3,
    contact_ids=("anne", "bruno"),
    guests=(Guest("guest-1", "Une remplaçante"),),
)
VISIT = "tr-posts-1"
IN_THREE_DAYS = timedelta(days=3)


def of_the_training(fact: VisitFact) -> VisitFact:
    return fact.model_copy(update={"ticket_id": "tr-posts", "visit_id": VISIT, "site_id": "nord"})


class Session:
    """A training that was asked for, with what happens to its visit."""

    def __init__(self, training: Training = POSTS) -> None:
        self.world = World()
        self.world.give(Sites, CLINIC)
        for id, customer in (("anne", "pasteur"), ("bruno", "pasteur"), ("eve", "other")):
            self.world.give(Contacts, ContactChanged(contact_id=id, customer_id=customer, name=id), id)
        self.visits = Visits(self.world)
        self.world.do(AskTraining(training))

    @property
    def now(self) -> Training:
        return self.world.have(Trainings, "posts")

    @property
    def told(self) -> list[tuple[TrainingNews, tuple[str, ...]]]:
        return [(each.news, each.contact_ids) for each in self.world.told(TrainingTold)]

    def is_planned(self, starts_in: timedelta = IN_THREE_DAYS, technician: str = "lea") -> None:
        self.visits.tell(of_the_training(planned(VISIT, technician, starts_in=starts_in)))

    def is_moved(self, starts_in: timedelta, technician: str = "lea") -> None:
        self.visits.tell(of_the_training(rescheduled(VISIT, technician, starts_in=starts_in)))

    def passes(self, step: timedelta = timedelta(minutes=10)) -> None:
        """Time, with what the timer fires."""
        self.world.advance(step)
        self.world.do(TellTraining("posts"))

    def is_closed(self, *answers: tuple[str, str]) -> None:
        fact = of_the_training(closed(VISIT, "lea"))
        assert isinstance(fact, InterventionClosed)
        said = tuple(ChecklistAnswer(item=item, answer=answer) for item, answer in answers)
        self.visits.tell(fact.model_copy(update={"checklist": said}))


def test_it_opens_a_ticket_that_says_what_to_bring_and_names_nobody() -> None:
    session = Session()
    [asked] = session.world.told(TrainingAsked)
    assert (asked.ticket_id, asked.category, asked.summary) == (
        "tr-posts", "training", "Formation : Nouveaux postes"
    )  # fmt: skip
    assert "À apporter : un vidéoprojecteur" in asked.detail
    assert "Une remplaçante" not in asked.detail
    assert asked.window is not None
    assert asked.window.from_at.date() == THURSDAY


def test_people_are_invited_once_its_plan_rests_and_told_only_what_changes() -> None:
    session = Session()
    session.is_planned()
    session.is_moved(timedelta(days=3, hours=2))
    assert not session.told, "a plan that has just changed may change again"
    session.passes()
    assert session.told == [(TrainingNews.INVITED, ("anne", "bruno"))]
    session.is_moved(timedelta(days=3, hours=2), technician="marc")
    session.passes()
    assert len(session.told) == 1, "another technician is no other appointment"
    session.is_moved(timedelta(days=4))
    session.passes()
    assert session.told[1:] == [(TrainingNews.MOVED, ("anne", "bruno"))]
    first, second = session.world.told(TrainingTold)
    assert second.sequence > first.sequence


def test_who_joins_later_is_invited_alone_and_who_leaves_is_told() -> None:
    session = Session()
    session.is_planned()
    session.passes()
    session.world.give(Contacts, ContactChanged(contact_id="chloe", customer_id="pasteur", name="C"), "chloe")
    changed = Training(**{**vars(POSTS), "contact_ids": ("bruno", "chloe")})
    session.world.do(DescribeTraining(changed))
    session.passes()
    assert session.told[1:] == [(TrainingNews.INVITED, ("chloe",)), (TrainingNews.CALLED_OFF, ("anne",))]


def test_another_room_is_told_to_those_who_were_invited() -> None:
    session = Session()
    session.is_planned()
    session.passes()
    session.world.do(DescribeTraining(Training(**{**vars(POSTS), "room": "Salle Volta"})))
    session.passes()
    assert session.told[1:] == [(TrainingNews.MOVED, ("anne", "bruno"))]
    assert session.world.told(TrainingTold)[-1].room == "Salle Volta"


def test_everybody_is_reminded_the_working_day_before_and_once() -> None:
    monday = MONDAY_NINE + timedelta(days=7)
    session = Session()
    session.is_planned(starts_in=monday - MONDAY_NINE)
    session.passes()
    friday = session.now.remind_at
    assert friday is not None
    assert (friday.date() - MONDAY_NINE.date()).days == 4, "the site is closed at the weekend"
    session.passes(friday - session.world.clock.now())
    session.passes(timedelta(hours=1))
    assert session.told == [
        (TrainingNews.INVITED, ("anne", "bruno")),
        (TrainingNews.REMINDED, ("anne", "bruno")),
    ]


def test_a_visit_that_is_taken_away_is_taken_out_of_their_calendars() -> None:
    session = Session()
    session.is_planned()
    session.passes()
    session.world.do(SettleTraining("posts", session.world.clock.now(), held=False))
    session.passes(timedelta(0))
    assert session.told[1:] == [(TrainingNews.CALLED_OFF, ("anne", "bruno"))]
    assert session.now.state is TrainingState.CANCELLED
    session.is_moved(timedelta(days=5))
    session.passes()
    assert len(session.told) == 2, "what is cancelled is not planned again"


def test_a_visit_given_to_another_technician_calls_nothing_off() -> None:
    session = Session()
    session.is_planned()
    session.passes()
    taken = DispatchRevoked(
        visit_id=VISIT,
        ticket_id="tr-posts",
        number="INC-000001",
        customer_id="pasteur",
        site_id="nord",
        technician_id="lea",
        reason=RevocationReason.REASSIGNED,
    )
    session.visits.tell(taken)
    session.is_moved(IN_THREE_DAYS, technician="marc")
    session.passes()
    assert [news for news, _ in session.told] == [TrainingNews.INVITED]
    assert session.now.technician_id == "marc"


def test_an_older_fact_that_comes_late_changes_nothing() -> None:
    session = Session()
    late = of_the_training(planned(VISIT, "lea", starts_in=timedelta(days=1)))
    session.is_planned()
    session.is_planned(starts_in=timedelta(days=4))
    session.visits.tell(late, sequence=1)
    assert session.now.start_at == MONDAY_NINE + timedelta(days=4)


def test_once_it_was_held_those_who_came_are_asked_how_it_was() -> None:
    session = Session()
    session.is_planned()
    session.passes()
    session.is_closed(("present", "2"))
    assert (session.now.state, session.now.attended) == (TrainingState.HELD, 2)
    assert session.told[-1] == (TrainingNews.HELD, ("anne", "bruno"))
    session.world.do(SettleTraining("posts", session.world.clock.now(), held=True))
    assert [news for news, _ in session.told].count(TrainingNews.HELD) == 1


def test_who_is_noted_as_absent_is_not_asked() -> None:
    session = Session()
    session.is_planned(starts_in=timedelta(hours=1))
    session.passes(timedelta(hours=2))
    session.world.do(TakeAttendance("posts", ("bruno", "guest-1"), "Comment trier ses mails ?"))
    session.is_closed()
    assert session.told[-1] == (TrainingNews.HELD, ("bruno",))
    assert (session.now.attended, session.now.questions) == (2, "Comment trier ses mails ?")


def test_attendance_is_taken_once_it_has_begun_and_of_those_who_were_expected() -> None:
    session = Session()
    session.is_planned()
    with pytest.raises(Refusal, match="training-not-begun"):
        session.world.do(TakeAttendance("posts", ("anne",)))
    session.is_closed()
    with pytest.raises(UnknownReference):
        session.world.do(TakeAttendance("posts", ("eve",)))


def test_marks_count_once_for_each_and_can_be_changed() -> None:
    session = Session()
    session.is_planned()
    session.is_closed(("present", "1"))
    session.world.do(MarkTraining("posts", "anne", 2))
    session.world.do(MarkTraining("posts", "bruno", 5))
    session.world.do(MarkTraining("posts", "anne", 4, "Mieux que prévu"))
    figures = figures_of(session.world.all(Trainings))
    assert (figures.held, figures.invited, figures.attended, figures.marks) == (1, 3, 1, 2)
    assert (figures.attendance, figures.mean_mark) == (0.333, 4.5)
    with pytest.raises(UnknownReference):
        session.world.do(MarkTraining("posts", "eve", 1))


def test_figures_say_nothing_where_nothing_is_known() -> None:
    figures = figures_of([])
    assert (figures.held, figures.attendance, figures.mean_mark) == (0, None, None)


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"places": 2}, "too-many-participants"),
        ({"wished_on": MONDAY_NINE.date().isoformat()}, "day-passed"),
        ({"wished_on": date(2026, 3, 7).isoformat()}, "site-closed"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], slug: str) -> None:
    with pytest.raises(Refusal, match=slug):
        Session(Training(**{**vars(POSTS), **changes}))


@pytest.mark.parametrize("contact", ["eve", "nobody"])
def test_only_the_customers_own_people_are_invited(contact: str) -> None:
    with pytest.raises(UnknownReference):
        Session(Training(**{**vars(POSTS), "contact_ids": (contact,)}))


def renewed(n: int, **changes: Any) -> Advice:
    advice = Advice(f"a{n}", "pasteur", AdviceKind.REPLACE, "2026-04-01", f"PC {n}", f"pc{n}", "nord")
    return replace(
        advice, **{"state": AdviceState.ACCEPTED, "ticket_id": "t", "decided_at": MONDAY_NINE, **changes}
    )


LAPTOPS = {
    f"pc{n}": Asset(f"pc{n}", "pasteur", "nord", f"PC {n}", "laptop", owner_id="anne") for n in range(4)
}


def offered(
    advices: list[Advice], trainings: tuple[Training, ...] = (), days: int = 0
) -> list[tuple[str, int]]:
    now = MONDAY_NINE + timedelta(days=days)
    found = offers_of(advices, LAPTOPS, trainings, ("anne",), now)
    return [(each.kind, each.machines) for each in found]


def test_three_machines_of_a_kind_at_a_site_are_worth_a_training() -> None:
    assert offered([renewed(n) for n in range(3)]) == [("laptop", 3)]
    assert offered([renewed(n) for n in range(2)]) == []
    assert offered([renewed(0), renewed(1), renewed(1, id="twice")]) == [], "two advices of one machine"


@pytest.mark.parametrize(
    "changes",
    [
        {"site_id": "sud"},
        {"ticket_id": None},
        {"state": AdviceState.DECLINED},
        {"kind": AdviceKind.WARRANTY_ENDS},
    ],
)
def test_what_changes_nothing_for_people_or_is_elsewhere_counts_not(changes: dict[str, Any]) -> None:
    assert offered([renewed(0), renewed(1), replace(renewed(2), **changes)]) == []


def test_it_is_offered_once_and_not_for_ever() -> None:
    three = [renewed(n) for n in range(3)]
    made = replace(POSTS, origin=Origin("t", "laptop"))
    assert offered(three, (made,)) == []
    assert offered(three, (replace(made, site_id="sud"),)) == [("laptop", 3)]
    assert offered(three, days=91) == []
