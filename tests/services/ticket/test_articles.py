"""Known repairs: written and published, counted by what really fixed it, and proposed by a closing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from contracts.refusal import Refusal, UnknownReference
from contracts.ticket.events import TicketClosed, TicketNoted, TicketResolved, VisitsWithdrawn
from contracts.values import Language, Outcome, PartUsed, ServiceHealth, TicketState, WorkMode
from infra.chassis.store.collection import Collection
from infra.chassis.store.unit import UseCase
from services.ticket.api.article_body import RepairBody
from services.ticket.domain.article import Article, ArticleState, Repair
from services.ticket.domain.article_record import ArticleRecord
from services.ticket.store.articles import ArticleRecords, ArticleRevisions, Articles
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.put_article import PublishArticle, PutArticle, RetireArticle, ReviewArticle
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.try_article import TryArticle
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, opened, timeline
from tests.services.ticket.visits import end, plan
from tests.world import World

A = TypeVar("A")
HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


def repair(title: str = "Écran débranché", **changes: Any) -> Repair:
    said = {Language.FR: title, Language.EN: f"{title} (en)"}
    told = Repair(title=said, symptom=said, steps=(said,), minutes=5, mode=WorkMode.REMOTE, self_service=True)
    return replace(told, **changes)


def write(world: World, id: str = "cable", **changes: Any) -> None:
    world.do(PutArticle(id, repair(**changes), "sam"))
    world.do(ReviewArticle(id=id, by="kim"))
    world.do(PublishArticle(id=id, by="kim"))


def got(world: World, kind: Collection[A], id: str) -> A | None:
    return next((each for each in world.all(kind) if each.id == id), None)  # type: ignore[attr-defined]


def refused(world: World, command: UseCase[Any]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        world.do(command)
    return caught.value


def record(world: World, id: str = "cable") -> tuple[int, int]:
    found = got(world, ArticleRecords, id) or ArticleRecord(id)
    return found.worked, found.tried


def resolve(world: World, **changes: Any) -> None:
    world.do(ResolveTicket(**{**HIS, "work_done": "Rebranché", **changes}))


def test_nobody_publishes_what_nobody_reviewed() -> None:
    world = a_world()
    world.do(PutArticle("cable", repair(), "sam"))
    assert refused(world, PublishArticle(id="cable", by="kim")).slug == "not-reviewed"
    world.do(ReviewArticle(id="cable", by="kim"))
    world.do(PutArticle("cable", repair("Écran mal branché"), "sam"))
    assert refused(world, PublishArticle(id="cable", by="kim")).slug == "not-reviewed", (
        "it says another thing"
    )
    world.do(ReviewArticle(id="cable", by="kim"))
    world.do(PublishArticle(id="cable", by="kim"))
    article = world.have(Articles, "cable")
    assert (article.state, article.revision, article.author, article.reviewer) == (
        ArticleState.PUBLISHED,
        1,
        "sam",
        "kim",
    )
    assert world.have(ArticleRevisions, "cable:1").repair == article.published


def test_what_is_published_is_found_until_its_next_version_is() -> None:
    world = a_world()
    write(world)
    world.do(PutArticle("cable", repair("Écran mal branché"), "sam"))
    article = world.have(Articles, "cable")
    assert (article.state, article.draft_state, article.found) == (
        ArticleState.PUBLISHED,
        ArticleState.DRAFT,
        repair(),
    )
    world.do(PutArticle("cable", repair(), "sam"))
    assert world.have(Articles, "cable").draft is None, "it says what is published: there is no next version"


def test_a_retired_article_is_not_found_and_comes_back_as_it_was() -> None:
    world = a_world()
    write(world)
    world.do(RetireArticle(id="cable", by="kim"))
    assert world.have(Articles, "cable").found is None
    world.do(PublishArticle(id="cable", by="kim"))
    back = world.have(Articles, "cable")
    assert (back.found, back.revision) == (repair(), 1)


@pytest.mark.parametrize("command", [ReviewArticle, PublishArticle])
def test_there_is_nothing_to_review_nor_to_publish_without_a_draft(command: Any) -> None:
    world = a_world()
    world.give(Articles, Article("cable"))
    assert refused(world, command(id="cable", by="kim")).slug == "nothing-drafted"


def test_an_article_names_work_types_that_there_are() -> None:
    world = a_world()
    with pytest.raises(UnknownReference, match="work-type"):
        world.do(PutArticle("cable", repair(categories=("nowhere",)), "sam"))


@pytest.mark.parametrize(("worked", "count", "used"), [(True, (1, 1), "cable"), (False, (0, 1), None)])
def test_a_resolution_says_which_article_was_used_and_whether_that_was_it(
    worked: bool, count: tuple[int, int], used: str | None
) -> None:
    world = a_world()
    write(world)
    opened(world)
    resolve(world, article_id="cable", article_worked=worked)
    assert record(world) == count
    [told] = world.told(TicketResolved)
    assert told.article_id == used


def test_a_resolution_by_an_article_that_there_is_not_is_refused() -> None:
    world = a_world()
    opened(world)
    with pytest.raises(UnknownReference, match="article"):
        resolve(world, article_id="nowhere")


@pytest.mark.parametrize(
    ("outcome", "said", "count"),
    [
        (Outcome.FIXED, None, (1, 1)),
        (Outcome.WORKAROUND, None, (0, 1)),
        (Outcome.NOT_FIXED, None, (0, 1)),
        (Outcome.NO_ACCESS, None, (0, 0)),
        (Outcome.FIXED, False, (0, 1)),
        (Outcome.WORKAROUND, True, (1, 1)),
    ],
)
def test_a_closing_counts_by_what_the_technician_says_or_by_how_it_ended(
    outcome: Outcome, said: bool | None, count: tuple[int, int]
) -> None:
    world = a_world()
    write(world)
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    end(world, ticket, 1, outcome, at(11), started=at(10), article_id="cable", article_worked=said)
    assert record(world) == count


def test_a_closing_by_an_article_that_there_is_not_is_taken_in_all_the_same() -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10), article_id="nowhere")
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED
    assert record(world, "nowhere") == (0, 0)


def test_what_a_reopening_shows_to_have_fixed_nothing_counts_as_such() -> None:
    world = a_world()
    write(world)
    opened(world)
    resolve(world, article_id="cable")
    world.do(ReopenTicket(**HIS, reason="encore", service=ServiceHealth.DOWN))
    assert record(world) == (0, 1)
    resolve(world, article_id="cable")
    assert record(world) == (1, 1), "one ticket counts once"


def test_what_was_fixed_before_the_client_said_no_fixed_nothing() -> None:
    """The technician was offline meanwhile."""
    world = a_world()
    write(world)
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    world.clock.set(at(12))
    resolve(world)
    world.do(ReopenTicket(**HIS, reason="encore", service=ServiceHealth.DOWN))
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10), article_id="cable")
    assert record(world) == (0, 1)


def test_that_fixed_it_closes_the_ticket_with_no_visit() -> None:
    world = a_world()
    write(world)
    opened(world)
    world.do(TryArticle(ticket_id="t1", viewer=PORTAL, article_id="cable", worked=True))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, record(world)) == (TicketState.CLOSED, (1, 1))
    assert ticket.resolution is not None
    assert (ticket.resolution.work_done, ticket.resolution.article_id) == ("Écran débranché", "cable")
    assert len(world.told(VisitsWithdrawn)) == len(world.told(TicketClosed)) == 1


def test_said_by_an_agent_the_client_still_has_to_accept_it() -> None:
    world = a_world()
    write(world)
    opened(world)
    world.do(TryArticle(**HIS, article_id="cable", worked=True))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED


def test_what_did_not_help_is_told_to_the_technician_once() -> None:
    world = a_world()
    write(world)
    opened(world)
    for _ in range(2):
        world.do(TryArticle(ticket_id="t1", viewer=PORTAL, article_id="cable", worked=False))
    ticket = world.have(Tickets, "t1")
    assert (ticket.is_open, record(world)) == (True, (0, 1))
    [noted] = world.told(TicketNoted)
    assert noted.change is not None
    [line] = noted.change.answers or ()
    assert (line.question, line.answer) == ("Déjà essayé sans succès", "Écran débranché")


def test_what_clients_are_not_shown_they_do_not_read_of_in_their_tickets() -> None:
    world = a_world()
    write(world, title="Réinitialiser par le compte de service", self_service=False)
    opened(world)
    world.do(TryArticle(**HIS, article_id="cable", worked=False))
    [noted] = world.told(TicketNoted)
    assert not noted.public
    assert [line.public for line in timeline(world)] == [False]


def retired(world: World) -> None:
    world.do(RetireArticle(id="cable", by="kim"))


def for_technicians(world: World) -> None:
    write(world, title="Dalle à changer", self_service=False)


@pytest.mark.parametrize("hide", [retired, for_technicians])
def test_a_client_tries_nothing_that_he_is_not_shown(hide: Callable[[World], None]) -> None:
    world = a_world()
    write(world)
    hide(world)
    opened(world)
    with pytest.raises(UnknownReference, match="article"):
        world.do(TryArticle(ticket_id="t1", viewer=PORTAL, article_id="cable", worked=True))


def test_nothing_is_tried_on_a_ticket_that_has_ended() -> None:
    world = a_world()
    write(world)
    opened(world)
    resolve(world)
    refusal = refused(world, TryArticle(**HIS, article_id="cable", worked=True))
    assert refusal.slug == "illegal-transition"


def test_a_new_cause_proposes_a_draft_filled_in_from_the_closing() -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    end(
        world,
        ticket,
        1,
        Outcome.FIXED,
        at(10, 40),
        started=at(10),
        work_done="Condensateur gonflé, alimentation changée",
        cause="Alimentation grillée",
        parts_used=(PartUsed(sku="psu-550", quantity=1),),
    )
    draft = world.have(Articles, "case-t1")
    assert (draft.state, draft.seen_on, draft.draft_state) == (
        ArticleState.DRAFT,
        ("t1",),
        ArticleState.DRAFT,
    )
    filled = draft.draft
    assert filled is not None
    assert filled.title == filled.cause == {Language.FR: "Alimentation grillée"}
    assert filled.steps == ({Language.FR: "Condensateur gonflé, alimentation changée"},)
    assert [(part.sku, part.quantity) for part in filled.parts] == [("psu-550", 1)]
    assert (filled.minutes, filled.mode, filled.categories) == (40, WorkMode.ONSITE, ("laptop",))
    assert ticket.summary in filled.symptom[Language.FR]
    assert not filled.self_service


def test_a_visit_left_open_over_a_weekend_makes_a_draft_that_can_be_read() -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    world.clock.set(at(9, day=9))
    pieces = tuple(PartUsed(sku=f"sku-{n % 60}", quantity=1, serial_in=f"s{n}") for n in range(90))
    end(
        world,
        ticket,
        1,
        Outcome.FIXED,
        at(8, day=9),
        started=at(10),
        cause="Onduleur\nmort",
        parts_used=pieces,
    )
    draft = world.have(Articles, "case-t1").draft
    assert draft is not None
    shown = RepairBody.of(draft)
    assert (shown.minutes, len(shown.parts), shown.title.words()) == (
        1440,
        50,
        {Language.FR: "Onduleur mort"},
    )


@pytest.mark.parametrize("wording", ["L'alimentation est grillée", "alimentation GRILLEE"])
def test_the_same_cause_in_other_words_is_seen_on_one_more_ticket(wording: str) -> None:
    world = a_world()
    opened(world)
    resolve(world, cause="Alimentation grillée")
    opened(world, id="t2")
    world.do(ResolveTicket(ticket_id="t2", viewer=AGENT, work_done="Changée", cause=wording))
    assert got(world, Articles, "case-t2") is None
    assert world.have(Articles, "case-t1").seen_on == ("t1", "t2")


def test_a_cause_that_an_article_knows_proposes_nothing() -> None:
    world = a_world()
    write(world, cause={Language.FR: "Câble débranché", Language.EN: "Unplugged"})
    opened(world)
    resolve(world, cause="câbles débranchés")
    assert got(world, Articles, "case-t1") is None
    assert world.have(Articles, "cable").seen_on == ()


@pytest.mark.parametrize(
    ("ticket", "resolution"),
    [
        ({}, {"cause": None}),
        ({}, {"cause": "!"}),
        ({}, {"cause": "Débranché", "article_id": "cable"}),
        ({"confidential": True}, {"cause": "Débranché"}),
    ],
    ids=["no cause", "a cause that says nothing", "an article was it", "confidential"],
)
def test_nothing_is_proposed_where_nothing_is_to_be_learned(
    ticket: dict[str, Any], resolution: dict[str, Any]
) -> None:
    world = a_world()
    write(world)
    opened(world, **ticket)
    resolve(world, **resolution)
    assert got(world, Articles, "case-t1") is None
