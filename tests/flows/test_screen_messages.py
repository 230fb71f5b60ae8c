"""What people are told: an administrator writes it in the firm's words, and a telephone shows it."""

from typing import Any

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done

PATH = "/v1/templates/visit-cancelled/sms/en"


async def test_an_administrator_writes_the_firms_words_and_sees_them_first(
    firm: Firm, screens: Screens
) -> None:
    async with screens.open(
        "/admin/notify/templates?kind=visit-cancelled&channel=sms&language=en", firm.admin
    ) as page:
        await expect(page.get_by_text("The original", exact=True)).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("textbox", name="Text").fill("Sorry {{ nobody }}")
        await expect(page.get_by_text("Line 1: there is no word nobody")).to_be_visible()
        await page.get_by_role("textbox", name="Text").fill("Sorry {{ name }}")
        await expect(page.locator("#seen-text")).to_have_text("Sorry Anne Martin")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_text("Your words, version 1")).to_be_visible()
        kept = done(await firm.admin.get(PATH))
        assert (kept["body"], kept["version"]) == ("Sorry {{ name }}", 1)
        await page.get_by_role("button", name="Back to the original").click()
        await expect(page.get_by_text("The original", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Refused addresses").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Refused addresses")
        assert await barriers(page) == []


async def test_a_telephone_shows_what_its_push_service_brings(firm: Firm, screens: Screens) -> None:
    lea = await firm.technician("lea")
    async with screens.open("/m", lea, size=PHONE, permissions=["notifications"]) as page:
        await expect(page.locator("#badge[data-offline=ready]")).to_be_visible()
        await expect(page.get_by_role("button", name="Tell me on this phone")).to_be_visible()
        assert await barriers(page) == []
        session = await page.context.new_cdp_session(page)
        registrations: list[dict[str, Any]] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: registrations.extend(event["registrations"]),
        )
        await session.send("ServiceWorker.enable")
        await page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        said = '{"title": "P1 INC-1", "body": "Depot", "url": "/m#v/1", "tag": "n1", "stays": true}'
        await session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": screens.http, "registrationId": registrations[-1]["registrationId"], "data": said},
        )
        shown = await page.evaluate(
            """async () => {
                const there = await navigator.serviceWorker.ready;
                for (let tries = 0; tries < 50; tries += 1) {
                    const found = await there.getNotifications();
                    const say = ({ title, body, tag, data }) => [title, body, tag, data.url];
                    if (found.length) return found.map(say);
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
                return [];
            }"""
        )
        assert shown == [["P1 INC-1", "Depot", "n1", "/m#v/1"]]
    assert screens.complaints == []
