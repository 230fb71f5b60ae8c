"""A client answers the questions set beforehand, and the technician knows the answers before he leaves."""

import pytest

from tests.flows.firm import Firm, Json, Request, done
from tests.flows.waiting import until


def words(fr: str, en: str) -> Json:
    return {"fr": fr, "en": en}


def dark_screen(category: str, skill: str) -> Json:
    return {
        "name": words("Écran noir", "Dark screen"),
        "categories": [category],
        "first": "plugged",
        "fills": {"category": category, "impact": "low", "urgency": "medium"},
        "questions": [
            {
                "id": "plugged",
                "kind": "yes-no",
                "text": words("Le câble est-il branché ?", "Is the cable plugged in?"),
                "branches": [{"when": [{"is": ["no"]}], "fills": {"urgency": "low"}}, {"next": "users"}],
            },
            {
                "id": "users",
                "kind": "number",
                "text": words("Combien de personnes ?", "How many people?"),
                "branches": [
                    {"when": [{"at_least": 5}], "fills": {"impact": "high", "skills": {skill: 2}}},
                    {},
                ],
            },
        ],
    }


async def published(firm: Firm, category: str, skill: str) -> str:
    id = firm.id("dark")
    done(await firm.agent.put(f"/v1/diagnoses/{id}", dark_screen(category, skill)))
    done(await firm.agent.post(f"/v1/diagnoses/{id}/publish"))
    return id


async def test_the_answers_of_a_portal_decide_who_comes_and_what_he_knows(firm: Firm) -> None:
    acme, skill = await firm.customer(), firm.id("screens")
    site, category = await firm.site(acme), await firm.work()
    await firm.technician("max")
    lea = await firm.technician("lea", can=["repair", "screens"])
    id = await published(firm, category, skill)

    asked = done(await acme.portal.post(f"/v1/diagnoses/{id}/walk", {}))["next"]
    assert asked["text"] == words("Le câble est-il branché ?", "Is the cable plugged in?")
    answers = {"plugged": "yes", "users": "12"}
    assert done(await acme.portal.post(f"/v1/diagnoses/{id}/walk", {"answers": answers}))["next"] is None
    body = firm.request(category, site, diagnosis={"id": id, "answers": answers})
    for field in ("category", "impact", "urgency"):
        del body[field]
    answer = await acme.portal.post("/v1/tickets", body)
    ticket = done(answer)
    assert (ticket["priority"], ticket["diagnosis"]["done"]) == ("P2", True)
    visit = await Request(firm, ticket["id"], answer).visit.is_("dispatched", to=lea)
    assert [(each["question"], each["answer"]) for each in visit["briefing"]] == [
        ("Le câble est-il branché ?", "oui"),
        ("Combien de personnes ?", "12"),
    ]


async def test_answers_given_later_reach_the_visit_and_judge_the_ticket(firm: Firm) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    id = await published(firm, category, firm.id("repair"))
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    await request.visit.is_("dispatched", to=lea)
    where = f"/v1/tickets/{request.id}/answers"
    assert id in done(await acme.portal.get(where))["diagnoses"]
    done(await acme.portal.post(where, {"diagnosis": id, "answers": {"plugged": None}}))
    walk = done(await firm.agent.get(where))["walk"]
    assert (walk["answers"], walk["next"]["id"]) == ({"plugged": None}, "users")
    judged = done(await acme.portal.post(where, {"answers": {"users": "7"}}))
    assert (judged["impact"], judged["diagnosis"]["done"]) == ("high", True)

    async def he_knows() -> bool:
        briefing = (await request.visit.now())["briefing"]
        return [each["answer"] for each in briefing] == ["ne sait pas", "7"]

    await until(he_knows, why="for the briefing to reach the visit")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Personne n'arrive à la question 'alone' : menez-y ou retirez-la."),
        ("en", "Nobody ever comes to the question 'alone': lead to it or leave it out."),
    ],
)
async def test_a_tree_with_a_question_that_nobody_is_asked_is_refused_in_the_authors_language(
    firm: Firm, language: str, sentence: str
) -> None:
    tree = dark_screen(await firm.work(), firm.id("repair"))
    tree["questions"].append({**tree["questions"][1], "id": "alone"})
    answer = await firm.agent.put(f"/v1/diagnoses/{firm.id('alone')}", tree, **{"Accept-Language": language})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/diagnosis-invalid")
    assert (answer.json()["detail"], answer.json()["path"]) == (sentence, ["alone"])
