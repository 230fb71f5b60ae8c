"""A dispatch that nobody answers: mail, then SMS, then the next technician, then the dispatcher."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.flows.firm import CESSON, RENNES, Firm, Json, Technician, done
from tests.flows.platform import Deployment
from tests.flows.test_live_streams import until_mailed
from tests.flows.waiting import until

NANTES = (47.218, -1.554)
PARIS = ZoneInfo("Europe/Paris")
PHONES = {"near": "06 39 98 00 01", "far": "06 39 98 00 02"}


async def with_phone(firm: Firm, technician: Technician, name: str) -> Technician:
    """The same technician, who now has a telephone."""
    body = done(await firm.dispatcher.get(f"/v1/technicians/{technician.id}"))
    kept = ("name", "skills", "home", "time_zone", "shifts", "email", "language")
    written = {**{field: body[field] for field in kept}, "phone": PHONES[name]}
    done(await firm.dispatcher.put(f"/v1/technicians/{technician.id}", written))

    async def notify_knows() -> bool:
        copy = await firm.platform.db("notify").technicians_copy.find_one({"_id": technician.id})
        return copy is not None and copy["phone"] == PHONES[name]

    await until(notify_knows, why="for notify to know the telephone")
    return technician


async def texts(firm: Firm, number: str) -> list[tuple[str, str]]:
    """To whom an SMS about a ticket went, and what it says, oldest first."""
    found: list[Json] = done(await firm.platform.client.get("/mail.json"))["sms"]["items"]
    return [(each["to"], each["text"]) for each in reversed(found) if number in each["text"]]


async def in_the_morning(platform: Deployment) -> None:
    """What is a technician's next thing is his next of the day: this story needs most of one."""
    now = datetime.fromisoformat((await platform.clock())["now"]).astimezone(PARIS)
    if now.hour >= 10:
        tomorrow = now.date() + timedelta(days=1)
        await platform.step(datetime.combine(tomorrow, time(7), PARIS))


def moment(told: Json, of: timedelta) -> datetime:
    return datetime.fromisoformat(told["dispatched_at"]) + of


async def test_mail_then_sms_then_the_next_technician_then_the_dispatcher(firm: Firm) -> None:
    await in_the_morning(firm.platform)
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near = await with_phone(firm, await firm.technician("near", near=RENNES), "near")
    far = await with_phone(firm, await firm.technician("far", near=NANTES), "far")
    desk = firm.id("sandrine")
    said = {"name": "Sandrine", "role": "dispatcher", "email": f"{desk}@firm.example", "on_duty": True}
    done(await firm.admin.put(f"/v1/staff/{desk}", said))
    work = await firm.work()
    request = await firm.opens(work, office, urgent=False)
    step, quiet = firm.platform.step, firm.platform.quiet

    told = await request.visit.is_("dispatched", to=near)
    number, answer_by = told["number"], datetime.fromisoformat(told["acknowledge_by"])
    await until_mailed(firm, f"{near.id}@firm.example", number)
    half = (answer_by - moment(told, timedelta())) / 2
    await quiet()
    await step(moment(told, half) - timedelta(seconds=10))
    assert await texts(firm, number) == []
    await step(moment(told, half))
    [(to, text)] = await texts(firm, number)
    assert to == "+33639980001"
    assert request.visit.id in text

    await step(answer_by)
    told = await request.visit.is_("dispatched", to=far)
    await until_mailed(firm, f"{far.id}@firm.example", number)
    await quiet()
    assert [to for to, _ in await texts(firm, number)] == ["+33639980001"] * 2, "he is told not to go"
    await step(moment(told, (datetime.fromisoformat(told["acknowledge_by"]) - moment(told, timedelta())) / 2))
    assert [to for to, _ in await texts(firm, number)][-1] == "+33639980002"

    await step(datetime.fromisoformat(told["acknowledge_by"]))
    await request.visit.is_("failed")
    await until_mailed(firm, f"{desk}@firm.example", number)
    done(await firm.admin.put(f"/v1/staff/{desk}", {**said, "on_duty": False}))


async def test_an_urgent_dispatch_goes_by_sms_at_once_and_a_prompt_answer_spares_another_his(
    firm: Firm,
) -> None:
    acme = await firm.customer()
    office = await firm.site(acme, near=CESSON)
    near = await with_phone(firm, await firm.technician("near", near=RENNES), "near")
    work = await firm.work()
    urgent = await firm.opens(work, office)
    number = (await urgent.visit.is_("dispatched", to=near))["number"]

    async def texted() -> bool:
        return len(await texts(firm, number)) == 1

    await until(texted, why="for an SMS at once")
    await near.works_on(urgent.visit)
    await near.closes(urgent.visit)

    calm = await firm.opens(work, office, urgent=False)
    told = await calm.visit.is_("dispatched", to=near)
    await near.does(calm.visit, "acknowledge")
    await firm.platform.quiet()
    await firm.platform.step(datetime.fromisoformat(told["acknowledge_by"]))
    assert await texts(firm, told["number"]) == []
