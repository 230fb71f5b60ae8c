"""The mail that says that it is resolved asks how it went: one click gives the mark, a low one is told."""

import re

import pytest

from tests.flows.firm import Firm, Json, done, promise
from tests.flows.waiting import until


async def mail_to(firm: Firm, address: str, *saying: str) -> str:
    """The text of the first mail to somebody that says all of it, once it is there."""
    found: list[str] = []

    async def there() -> bool:
        mails = done(await firm.platform.client.get("/mail.json"))["items"]
        texts = [mail["text"] for mail in mails if address in mail["to"]]
        found[:] = [text for text in texts if all(words in text for words in saying)]
        return bool(found)

    await until(there, why=f"for a mail to {address} saying {saying}")
    return found[0]


@pytest.mark.parametrize(
    ("language", "question", "thanks"),
    [
        ("fr", "Comment cela s’est-il passé", "Merci, votre note 1 sur 5 est enregistrée."),
        ("en", "How did it go", "Thank you, your mark 1 out of 5 is recorded."),
    ],
)
async def test_a_client_clicks_on_a_low_mark_and_his_contracts_manager_is_told(
    firm: Firm, language: str, question: str, thanks: str
) -> None:
    acme, claire = await firm.customer(), firm.contract_manager("claire")
    who: Json = {"name": "Claire", "role": "contract-manager", "email": f"{claire.id}@firm.example"}
    done(await firm.admin.put(f"/v1/staff/{claire.id}", who))
    site, category = await firm.site(acme), await firm.work()
    contract = await firm.contract(acme, promise(), managers=[claire])
    lea = await firm.technician("lea")
    ann: Json = {"customer_id": acme.id, "name": "Ann", "email": acme.ann["email"], "language": language}
    done(await firm.agent.put(f"/v1/contacts/{firm.id('ann')}", ann))
    request = await firm.opens(category, site, by=acme.portal, requester=acme.ann)
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    await lea.closes(request.visit, work_done="Écran changé")
    await request.is_("resolved")
    text = await mail_to(firm, acme.ann["email"], question)
    links = re.findall(r"\S+/v1/satisfaction/\S+", text)
    assert [link[-1] for link in links] == ["1", "2", "3", "4", "5"]
    anybody = firm.platform.client
    headers = {"Accept": "text/html", "Accept-Language": language}
    assert 'data-mark="1"' in (await anybody.get(links[0], headers=headers)).text
    assert done(await firm.agent.get(f"/v1/tickets/{request.id}"))["satisfaction"] == []
    sent = await anybody.post(links[0].partition("?")[0], data={"mark": "1"}, headers=headers)
    assert thanks in sent.text
    [given] = done(await claire.get("/v1/satisfaction", contract=contract))["items"]
    assert (given["mark"], given["visit_id"], given["technician_id"]) == (1, request.visit.id, lea.id)
    ticket = done(await firm.agent.get(f"/v1/tickets/{request.id}"))
    assert "low-mark" in ticket["attention"]
    assert [each["mark"] for each in ticket["satisfaction"]] == [1]
    told = await mail_to(firm, who["email"], ticket["number"])
    assert "1 sur 5" in told
