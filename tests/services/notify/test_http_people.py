"""The firm's staff and everybody's wishes over real HTTP."""

from tests.services.notify.serving import Notify


async def test_a_staff_member_reads_back_as_he_was_put_and_putting_him_again_changes_nothing(
    notify: Notify,
) -> None:
    admin, path = notify.bearer("admin"), f"/v1/staff/{notify.mine('sandrine')}"
    said = {"name": "Sandrine Roy", "role": "dispatcher", "email": "s@firm.example", "on_duty": True}
    put = await notify.http.put(path, json=said, headers=admin)
    again = await notify.http.put(path, json=said, headers=admin)
    read = await notify.http.get(path, headers=notify.bearer("agent"))
    assert (put.status_code, put.headers["Location"], again.status_code) == (201, path, 200)
    assert read.json() == put.json() == again.json()
    assert read.json().items() >= {**said, "phone": None, "language": "fr"}.items()
    assert read.headers["ETag"] == put.headers["ETag"] == again.headers["ETag"]
    once = await notify.http.put(path, json=said, headers=admin | {"If-None-Match": "*"})
    assert (once.status_code, once.json()["type"]) == (412, "/problems/precondition-failed")


async def test_staff_are_listed_page_by_page_by_what_is_asked_of_them(notify: Notify) -> None:
    admin = notify.bearer("admin")
    for name, role, duty in (("a", "agent", True), ("d", "dispatcher", True), ("e", "dispatcher", False)):
        body = {"name": name, "role": role, "on_duty": duty}
        await notify.http.put(f"/v1/staff/{notify.mine(name)}", json=body, headers=admin)
    found, query = [], {"limit": "1"}
    while True:
        page = (await notify.http.get("/v1/staff", params=query, headers=admin)).json()
        found += [each["id"] for each in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert found == [notify.mine(name) for name in "ade"]
    asked = {"role": "dispatcher", "on_duty": "true"}
    on = await notify.http.get("/v1/staff", params=asked, headers=notify.bearer("technician", subject="x"))
    assert [each["id"] for each in on.json()["items"]] == [notify.mine("d")]


async def test_staff_are_written_by_an_administrator_and_read_within_the_firm(notify: Notify) -> None:
    path, body = f"/v1/staff/{notify.mine('x')}", {"name": "X", "role": "agent"}
    answer = await notify.http.put(path, json=body, headers=notify.bearer("dispatcher"))
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    portal = notify.bearer("portal", notify.mine("clinic"))
    assert (await notify.http.get("/v1/staff", headers=portal)).status_code == 403
    nobody = await notify.http.get(path, headers=notify.bearer("dispatcher"))
    assert (nobody.status_code, nobody.json()["type"]) == (404, "/problems/not-found")
    wrong = {"name": "X", "role": "customer-manager", "email": "none"}
    refused = await notify.http.put(path, json=wrong, headers=notify.bearer("admin"))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-body")
    assert {each["pointer"] for each in refused.json()["errors"]} == {"/role", "/email"}


async def test_everybody_chooses_for_himself_and_an_administrator_for_anybody(notify: Notify) -> None:
    anne, path = notify.mine("anne"), "/v1/preferences"
    hers = notify.bearer("requester", notify.mine("clinic"), anne)
    fresh = (await notify.http.get(path, headers=hers)).json()
    assert (fresh["told_as"], set(fresh["kinds"].values())) == ("contact", {"at-once"})
    put = await notify.http.put(path, json={"kinds": {"ticket-closed": "off"}}, headers=hers)
    assert put.status_code == 200
    assert (put.json()["person"], put.json()["kinds"]["ticket-closed"]) == (anne, "off")
    read = await notify.http.get(path, headers=hers)
    assert (read.json(), read.headers["ETag"]) == (put.json(), put.headers["ETag"])
    admin, whose = notify.bearer("admin"), {"person": anne, "as": "contact"}
    assert (await notify.http.get(path, params=whose, headers=admin)).json() == put.json()
    stale = await notify.http.put(path, json={"kinds": {}}, headers=hers | {"If-Match": '"9"'})
    assert stale.status_code == 412
    other = notify.bearer("requester", notify.mine("clinic"), notify.mine("luc"))
    assert (await notify.http.get(path, params=whose, headers=other)).status_code == 404
    lea = notify.bearer("technician", subject=notify.mine("lea"))
    urgent = await notify.http.put(path, json={"kinds": {"technician-dispatched": "digest"}}, headers=lea)
    assert (urgent.status_code, urgent.json()["type"]) == (422, "/problems/message-cannot-wait")
    nobody = await notify.http.get(path, headers=admin)
    assert (nobody.status_code, nobody.json()["type"]) == (422, "/problems/token-without-subject")
    wrong = await notify.http.put(path, json={"kinds": {"ticket-closed": "never"}}, headers=hers)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/problems/invalid-body")


async def test_somebody_chooses_to_be_told_by_sms_too(notify: Notify) -> None:
    lea, path = notify.bearer("technician", subject=notify.mine("lea")), "/v1/preferences"
    wish = {"kinds": {"technician-dispatched": "sms", "technician-rescheduled": "off"}}
    put = await notify.http.put(path, json=wish, headers=lea)
    assert put.status_code == 200, "what cannot be turned off can be told by SMS as well"
    kinds = put.json()["kinds"]
    others = dict.fromkeys(("technician-revoked", "lone-work-asked", "work-not-reported"), "at-once")
    assert kinds == {**wish["kinds"], **others}
    assert (await notify.http.get(path, headers=lea)).json() == put.json()


async def test_everybody_says_when_he_is_left_alone(notify: Notify) -> None:
    lea, path = notify.bearer("technician", subject=notify.mine("lea")), "/v1/preferences"
    quiet = {"begins": "21:00", "ends": "06:30", "zone": "Indian/Reunion"}
    put = await notify.http.put(path, json={"kinds": {}, "quiet": quiet}, headers=lea)
    assert (put.status_code, put.json()["quiet"]) == (200, quiet)
    assert (await notify.http.get(path, headers=lea)).json() == put.json()
    here = await notify.http.put(
        path, json={"kinds": {}, "quiet": {"begins": "22:00", "ends": "07:00"}}, headers=lea
    )
    assert here.json()["quiet"]["zone"] == "Europe/Paris"
    none = await notify.http.put(path, json={"kinds": {}}, headers=lea)
    assert none.json()["quiet"] is None
    wrong = ({**quiet, "zone": "Mars/Olympus"}, {**quiet, "ends": "21:00"}, {**quiet, "begins": "24:00"})
    for each in wrong:
        refused = await notify.http.put(path, json={"kinds": {}, "quiet": each}, headers=lea)
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/invalid-body")
