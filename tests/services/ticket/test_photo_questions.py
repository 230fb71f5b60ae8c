"""A question whose answer is a picture: it is attached to the ticket first, and may come late."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.ticket.events import TicketNoted, TicketOpened
from services.ticket.domain.attachment import Attachment
from services.ticket.domain.diagnosis import YES, Filling, Given, Question, QuestionKind, Tree
from services.ticket.domain.diagnosis_checks import checked
from services.ticket.store.attachments import Attachments
from services.ticket.usecases.answer_questions import AnswerQuestions
from tests.services.ticket.sample import PORTAL
from tests.services.ticket.test_answering import answer, asked
from tests.services.ticket.test_diagnosis import asks, both, if_, otherwise
from tests.world import MONDAY_NINE, World


def shows(id: str = "message", *branches: Any, next: str | None = "power") -> Question:
    return asks(id, *branches, otherwise(next), kind=QuestionKind.PHOTO)


TREE = Tree(both("shows"), "message", (shows(), asks("power", otherwise())), categories=("laptop",))
PICTURE = Attachment(
    id="a1",
    ticket_id="t1",
    file_id="f1",
    name="écran.jpg",
    media_type="image/jpeg",
    size=48_211,
    sha256="0" * 64,
    public=True,
    added_by="portal:pasteur",
    added_at=MONDAY_NINE,
)


def with_(picture: Attachment = PICTURE, **changes: Any) -> World:
    world, _ = asked(TREE, **changes)
    world.give(Attachments, picture)
    return world


def told(world: World) -> list[str]:
    """The answers of the last briefing."""
    notes = [note.change.answers or () for note in world.told(TicketNoted) if note.change is not None]
    return [each.answer for each in notes[-1]]


def test_the_answer_is_an_attachment_and_its_id_travels_in_the_briefing() -> None:
    world = with_()
    answer(world, "message", "a1", diagnosis_id="prints")
    after = answer(world, "power", YES)
    assert after.diagnosed is not None
    assert after.diagnosed.given[0] == Given("message", "a1")
    assert told(world) == ["pièce jointe a1", "oui"]


@pytest.mark.parametrize("viewer", [PORTAL])
@pytest.mark.parametrize(
    "picture",
    [
        replace(PICTURE, id="other"),
        replace(PICTURE, ticket_id="t2"),
        replace(PICTURE, media_type="application/pdf"),
        replace(PICTURE, media_type="image/svg+xml"),
        replace(PICTURE, removed_by="agent:paul", removed_at=MONDAY_NINE),
        replace(PICTURE, public=False),
    ],
)
def test_what_is_no_picture_of_the_ticket_for_him_is_refused(picture: Attachment, viewer: Any) -> None:
    world = with_(picture)
    with pytest.raises(Refusal) as refused:
        answer(world, "message", "a1", diagnosis_id="prints", viewer=viewer)
    assert (refused.value.slug, refused.value.members["question"]) == ("not-a-photo", "message")
    assert "POST …/attachments" in refused.value.detail.en
    assert "POST …/attachments" in refused.value.detail.fr
    assert world.told(TicketNoted) == []


def test_at_the_opening_it_is_owed_and_it_may_come_when_all_the_rest_is_answered() -> None:
    world = with_(given=(Given("message", None), Given("power", YES)), diagnosis_id="prints")
    assert [each.answer for each in world.told(TicketOpened)[0].answers] == ["ne sait pas", "oui"]
    after = answer(world, "message", "a1", viewer=PORTAL)
    assert after.diagnosed is not None
    assert (after.diagnosed.done, told(world)) == (True, ["pièce jointe a1", "oui"])


def test_at_the_opening_nothing_is_attached_yet() -> None:
    with pytest.raises(Refusal) as refused:
        asked(TREE, given=(Given("message", "a1"),), diagnosis_id="prints")
    assert refused.value.slug == "not-a-photo"


def test_a_photo_that_is_there_is_not_answered_again_and_stays_when_it_is_removed() -> None:
    world = with_()
    answer(world, "message", "a1", diagnosis_id="prints")
    world.give(Attachments, replace(PICTURE, removed_by="agent:paul", removed_at=MONDAY_NINE))
    assert answer(world, "power", YES).diagnosed is not None
    with pytest.raises(Refusal) as refused:
        world.do(AnswerQuestions(ticket_id="t1", viewer=PORTAL, given=(Given("message", None),)))
    assert refused.value.slug == "answered-twice"


@pytest.mark.parametrize(
    "question",
    [
        shows("message", if_("a1"), next=None),
        replace(shows(next=None), branches=(otherwise(fills=Filling(asset=True)),)),
    ],
)
def test_nothing_can_depend_on_which_photo_comes(question: Question) -> None:
    with pytest.raises(Refusal) as refused:
        checked(Tree(both("t"), "message", (question,)))
    assert refused.value.slug == "diagnosis-invalid"
