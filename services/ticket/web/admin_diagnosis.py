"""``/admin/ticket/diagnoses``: the questions that are asked first, drawn, tried and published."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.values import Language
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.web.forms import N_, Choices, Form, Say
from infra.chassis.web.references import Reference, options_of, reference_router
from services.ticket.api.diagnoses import diagnosis_view
from services.ticket.api.diagnosis_body import TreeBody
from services.ticket.domain.diagnosis import Diagnosis
from services.ticket.store.articles import Articles
from services.ticket.store.diagnoses import Diagnoses
from services.ticket.store.work_types import WorkTypes
from services.ticket.web.admin import dumped
from services.ticket.web.admin_more_words import TREE
from services.ticket.web.pages import PAGES

START: Mapping[str, Any] = {
    "first": "begins",
    "questions": [
        {
            "id": "begins",
            "kind": "yes-no",
            "text": {"fr": "", "en": ""},
            "branches": [{"when": [{"is": ["yes"]}], "next": None}, {"next": None}],
        }
    ],
}
FILLS = ("fills", "questions.[].branches.[].fills")


def _values(kept: Kept[Diagnosis], principal: Principal) -> Mapping[str, Any]:
    shown = dumped(diagnosis_view(kept))
    return shown["draft"] or shown["published"] or {}


async def _choices(run: Runtime, principal: Principal, kept: Kept[Diagnosis] | None) -> Choices:
    types = await options_of(run, WorkTypes, {}, lambda each: (each.id, next(iter(each.name.values()))))
    published = await run.find(Articles, {"published": {"$ne": None}}, limit=200)
    articles = [(kept.value.id, kept.value.id) for kept in published]
    return {
        "categories": types,
        **{f"{place}.category": types for place in FILLS},
        **{f"{place}.articles": articles for place in FILLS if articles},
    }


async def _standing(
    run: Runtime, principal: Principal, kept: Kept[Diagnosis] | None, say: Say
) -> Mapping[str, Any]:
    return {
        "revision": 0 if kept is None else kept.value.revision,
        "is_draft": kept is not None and kept.value.draft is not None,
    }


def _cells(kept: Kept[Diagnosis], say: Say, language: str) -> Sequence[str]:
    found = kept.value
    tree = found.draft or found.published
    called = "" if tree is None else tree.name[Language(language)]
    standing = say("Published") if found.published is not None else ""
    draft = say("Draft to be published") if found.draft is not None else ""
    questions = "" if tree is None else str(len(tree.questions))
    return (called or found.id, ", ".join(each for each in (standing, draft) if each), questions)


DIAGNOSES = Reference(
    service="ticket",
    name="diagnoses",
    title=N_("Diagnosis trees"),
    new=N_("New diagnosis tree"),
    empty=N_("Write the questions that tell a paper jam from a broken printer before anybody drives."),
    collection=Diagnoses,
    form=Form(
        TreeBody,
        TREE,
        suggests={
            "first": "questions",
            "questions.[].branches.[].next": "questions",
            "questions.[].branches.[].when.[].question": "questions",
        },
        start=START,
        short=frozenset({"name.fr", "name.en", "questions.[].choices.*.fr", "questions.[].choices.*.en"}),
        rare=frozenset({"questions.[].help", "questions.[].branches.[].fills"}),
    ),
    verb="diagnoses:write",
    values=_values,
    heads=(N_("Diagnosis tree"), N_("State"), N_("Questions")),
    cells=_cells,
    called="draft.name.fr",
    choices=_choices,
    more=_standing,
    template="admin-diagnosis.html",
)
SAID = (N_("Published"), N_("Draft to be published"))

router = reference_router(PAGES, DIAGNOSES)
