"""Which tickets words find, whatever is written in them."""

import asyncio
import re
from dataclasses import replace
from typing import Any, cast

import pytest
from bson import Regex
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.audience import Viewer
from contracts.values import Language
from infra.chassis.runtime import Runtime
from services.ticket.api.searching import Search, search_of
from services.ticket.domain.noted import MOST, Noted
from services.ticket.domain.ticket import Ticket
from services.ticket.lookup.terms import terms
from services.ticket.lookup.words import compact, kept_of, sought
from services.ticket.store.searched import serial_of, words_of
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.note import NoteTicket
from services.ticket.views.visibility import TICKET
from tests.services.ticket.sample import AGENT, MANAGER, PORTAL, a_world, opened

STRANGER = replace(PORTAL, customer_id="mairie", subject="portal-mairie")
WORDS = "écran noir pc mon imprimante bourrage wifi lent password le déjà boîte mail".split()  # noqa: SIM905
A_TEXT = st.text(max_size=160)
SAID = st.lists(
    st.sampled_from(WORDS) | st.text(min_size=1, max_size=12),
    min_size=1,
    max_size=6,
).map(" ".join)


class Nowhere:
    """A service that knows no site, asset or contact: what is found is found by texts."""

    def collection(self, _: str) -> "Nowhere":
        return self

    def find(self, *_: Any) -> "Nowhere":
        return self

    def limit(self, _: int) -> "Nowhere":
        return self

    async def to_list(self, _: None) -> list[Any]:
        return []


def search(viewer: Viewer, query: str) -> Search:
    return asyncio.run(search_of(cast(Runtime, Nowhere()), viewer, viewer.customer_id, query))


def meets(document: dict[str, Any], query: dict[str, Any]) -> bool:
    """Whether MongoDB would give the document, for the operators that searches use."""
    return all(_meets(document, name, wanted) for name, wanted in query.items())


def _meets(document: dict[str, Any], name: str, wanted: Any) -> bool:
    match name:
        case "$and":
            return all(meets(document, each) for each in wanted)
        case "$or":
            return any(meets(document, each) for each in wanted)
        case "$nor":
            return not any(meets(document, each) for each in wanted)
    held = document.get(name)
    values = held if isinstance(held, list | tuple) else [held]
    if isinstance(wanted, dict) and "$ne" in wanted:
        return wanted["$ne"] not in values
    among = wanted["$in"] if isinstance(wanted, dict) else [wanted]
    return any(
        isinstance(value, str) and bool(re.search(each.pattern, value))
        if isinstance(each, Regex)
        else each == value
        for each in among
        for value in values
    )


def finds(viewer: Viewer, query: str, ticket: Ticket) -> bool:
    document = {"_id": ticket.id, **Tickets.encode(ticket)}
    found = search(viewer, query)
    levels = [meets(document, level) for level in found.levels]
    anywhere = meets(document, found.anywhere)
    assert sum(levels) == anywhere, "a ticket that is found has one place in the order"
    return anywhere and meets(document, TICKET.among(viewer))


A_TICKET = opened(a_world())


@settings(deadline=None)
@given(summary=SAID | A_TEXT, description=SAID | A_TEXT, data=st.data())
def test_any_word_of_the_summary_finds_it_for_its_customer_and_never_for_another(
    summary: str, description: str, data: st.DataObject
) -> None:
    ticket = replace(A_TICKET, summary=summary, description=description)
    words = [word for word in summary.split() if sought(word)]
    if not words:
        assert not finds(STRANGER, summary or "x", ticket)
        return
    word = data.draw(st.sampled_from(words))
    assert finds(PORTAL, word, ticket)
    assert finds(AGENT, word, ticket)
    assert not finds(STRANGER, word, ticket)


@settings(deadline=None)
@given(summary=SAID, data=st.data())
def test_some_of_its_words_in_any_order_find_it(summary: str, data: st.DataObject) -> None:
    ticket = replace(A_TICKET, summary=summary)
    words = [word for word in summary.split() if sought(word)]
    if words:
        asked = " ".join(data.draw(st.permutations(words))[:3])
        phrase = any(len(each.terms & set(kept_of(summary, silent=True))) == 0 for each in sought(asked))
        assert finds(PORTAL, asked, ticket) or phrase


@settings(deadline=None)
@given(text=SAID)
def test_what_only_a_private_note_says_is_found_by_the_firm_alone(text: str) -> None:
    kept = kept_of(text)
    if not kept:
        return
    noted = Noted().with_note(kept, public=False)
    silent = replace(A_TICKET, summary="—", description="—")
    ticket = replace(silent, noted=noted)
    assert finds(AGENT, text, ticket)
    for viewer in (PORTAL, MANAGER, STRANGER):
        assert finds(viewer, text, ticket) == finds(viewer, text, silent)


@pytest.mark.parametrize(
    "word", ["ordinateur", "imprimante", "connexion", "réunions", "mot de passe", "printers"]
)
def test_a_word_is_found_while_it_is_being_written(word: str) -> None:
    ticket = replace(A_TICKET, summary=word, description="")
    for letters in range(3, len(word) + 1):
        *_, last = word[:letters].split(" ")
        if len(last) < 3:
            continue
        assert finds(PORTAL, word[:letters], ticket), word[:letters]
    assert not finds(PORTAL, f"{word}zzz", ticket)


def test_two_letters_are_no_beginning() -> None:
    ticket = replace(A_TICKET, summary="Zèbre", description="")
    assert not finds(PORTAL, "zè", ticket)


def test_words_that_say_nothing_are_not_wanted_unless_nothing_else_is() -> None:
    ticket = replace(A_TICKET, summary="PC de la compta", description="")
    assert finds(PORTAL, "le PC dans votre compta", ticket)
    assert finds(PORTAL, "compta", ticket)
    assert [word.written for word in sought("de la")] == ["de", "la"]


def test_other_alphabets_have_words_too() -> None:
    ticket = replace(A_TICKET, summary="Компьютер 打印机", description="")
    for word in ("компьютер", "打印机", "компь"):
        assert finds(PORTAL, word, ticket)
    assert terms("Компьютер", Language.FR)


def test_a_word_stands_once_where_it_stands_best() -> None:
    noted = (
        Noted().with_note(kept_of("girafe zèbre lion"), public=False).with_note(kept_of("lion"), public=True)
    )
    words = words_of(replace(A_TICKET, summary="Girafe", description="Zèbre", noted=noted))
    stems = [word for word in words if word[1:] in {*kept_of("girafe zèbre lion")}]
    assert len(stems) == len({word[1:] for word in stems})
    assert {word[0] for word in stems} == {"S", "T"}


def test_notes_of_a_hot_ticket_are_kept_up_to_a_bound() -> None:
    noted = Noted()
    for n in range(2 * MOST):
        noted = noted.with_note(kept_of(f"n{n}"), public=False)
    assert len(noted.private) == MOST


def test_a_note_adds_its_words_where_their_reader_looks() -> None:
    world = a_world()
    opened(world)
    for text, public in (("Bruit de ventilateur", True), ("Client difficile", False)):
        world.do(NoteTicket(ticket_id="t1", viewer=AGENT, text=text, public=public))
    ticket = world.have(Tickets, "t1")
    assert finds(PORTAL, "ventilateur", ticket)
    assert finds(AGENT, "difficile", ticket)
    assert not finds(PORTAL, "difficile", ticket)


def test_numbers_are_in_the_order_of_years_and_references_lose_their_punctuation() -> None:
    assert serial_of("T-2026-000002") > serial_of("T-2026-000001") > serial_of("T-2025-000009")
    assert serial_of("without") == 0
    assert compact("INC-0042/É") == "inc0042e"
