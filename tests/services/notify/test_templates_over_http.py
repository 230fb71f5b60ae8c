"""An administrator writes the firm's words over HTTP, sees them first, and goes back."""

from tests.services.notify.serving import Notify

PATH = "/v1/templates/technician-dispatched/mail/fr"


async def test_a_template_is_seen_written_used_and_taken_back(notify: Notify) -> None:
    admin = notify.bearer("admin", subject="root")
    fresh = await notify.http.get(PATH, headers=admin)
    assert (fresh.status_code, fresh.json()["version"]) == (200, None), fresh.text
    assert "{{ name }}" in fresh.json()["body"]
    assert "site" in fresh.json()["words"]
    ours = {"subject": "{{ number }} chez {{ customer }}", "body": "Bonjour {{ name }} <3"}

    seen = await notify.http.post(f"{PATH}/preview", json=ours, headers=admin)
    assert seen.json()["subject"] == "INC-000042 chez Clinique Pasteur"
    assert "&lt;3" in seen.json()["html"]
    wrong = {"subject": "", "body": "{{ nom }}\n{% for x in range(9) %}{% endfor %}"}
    told = (await notify.http.post(f"{PATH}/preview", json=wrong, headers=admin)).json()["errors"]
    assert [(each["part"], each["line"]) for each in told] == [("body", 1), ("body", 2), ("subject", 1)]
    refused = await notify.http.put(PATH, json=wrong, headers=admin)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/template-wrong")
    assert refused.json()["errors"] == told

    put = await notify.http.put(PATH, json=ours, headers=admin)
    assert (put.status_code, put.json()["version"], put.json()["body"]) == (200, 1, ours["body"])
    stale = await notify.http.put(PATH, json=ours, headers=admin | {"If-Match": '"0"'})
    assert stale.status_code == 412
    await notify.bench.publish(notify.dispatch(1))
    await notify.settle()
    [mail] = [each for each in notify.mails.messages if "INC-1 chez" in each.subject]
    assert mail.subject == "INC-1 chez Clinique Pasteur"

    listed = (await notify.http.get("/v1/templates", headers=admin)).json()["items"]
    assert [(each["kind"], each["version"]) for each in listed] == [("technician-dispatched", 1)]
    back = await notify.http.delete(PATH, headers=admin)
    assert (back.json()["version"], len(back.json()["versions"])) == (None, 1)
    assert back.json()["body"] == fresh.json()["body"]
    for role in ("dispatcher", "contract-manager"):
        answer = await notify.http.get(PATH, headers=notify.bearer(role, subject="x"))
        assert answer.status_code == 403
