"""The park manager's pages of stock: what is on the way, what is ordered, what comes back, what to load."""

from datetime import timedelta

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.clocks import now
from tests.flows.firm import Firm, done


async def test_parts_are_sent_received_short_ordered_and_claimed_on_the_pages(
    firm: Firm, screens: Screens
) -> None:
    keeper, acme = firm.stock_keeper, await firm.customer()
    site = await firm.site(acme)
    disk = await firm.part("Disk")
    part = {"name": firm.id("Disk"), "reorder_point": 9, "supplier": firm.id("Western"), "repairable": True}
    done(await keeper.put(f"/v1/parts/{disk}", part))
    await firm.stock("depot:west", disk, 4)
    lent = {"sku": disk, "location": "depot:west", "site_id": site, "due_on": "2020-01-01"}
    done(await keeper.post("/v1/stock/loans", lent))
    back = {"sku": disk, "location": "quarantine:west", "fault": "Clicks", "serial": firm.id("SN")}
    done(await keeper.post("/v1/stock/returns", back))
    async with screens.open("/parc/stock/transfers", keeper, size=PHONE) as page:
        await page.get_by_text("Send parts to another place").click()
        for label, said in (("From", "depot:west"), ("Whereto", "depot:east"), ("Part", disk)):
            await page.get_by_label(label, exact=True).fill(said)
        await page.get_by_label("How many").fill("5")
        await page.get_by_role("button", name="Send").click()
        await expect(page.get_by_role("alert").filter(has_text="can give 3")).to_be_visible()
        await page.get_by_label("How many").fill("3")
        await page.get_by_role("button", name="Send").click()
        card = page.get_by_role("region", name="Depot west → Depot east")
        await expect(card).to_contain_text("of 3")
        assert await barriers(page) == []
        await card.get_by_role("spinbutton", name="Came").fill("2")
        await card.get_by_text("Something is missing").click()
        await card.get_by_label("Reason").select_option("lost on the way")
        await card.get_by_label("What is known of it").fill("One box was open")
        await card.get_by_role("button", name="Receive").click()
        await expect(page.get_by_text("Nothing is on the way")).to_be_visible()
    async with screens.open("/parc/stock/orders", keeper) as page:
        row = page.get_by_role("row", name=firm.id("Disk"))
        await expect(row).to_contain_text("runs short")
        await page.get_by_role("button", name="Draft the orders").click()
        card = page.get_by_role("region", name=firm.id("Western"))
        await card.get_by_label("How many").fill("8")
        async with page.expect_response(lambda answer: answer.url.endswith("/parc/stock/orders")):
            await card.get_by_role("button", name="Keep these quantities").click()
        await expect(card.get_by_label("How many")).to_have_value("8")
        await card.get_by_role("button", name="Approve").click()
        await card.get_by_label("Order number").fill("PO-1")
        assert await barriers(page) == []
        await card.get_by_role("button", name="Ordered").click()
        await card.get_by_label("How many").fill("8")
        await card.get_by_label("Where").fill("depot:east")
        await card.get_by_role("button", name="Receive").click()
        await expect(card).to_have_count(0)
        await expect(row).to_have_count(0)
    async with screens.open("/parc/stock/returns", keeper) as page:
        card = page.get_by_role("region", name=firm.id("Disk")).filter(has_text="Clicks")
        await card.get_by_role("button", name="Claim it").click()
        await expect(card.get_by_text("claimed", exact=True)).to_be_visible()
        await expect(page.get_by_text("late", exact=True)).to_be_visible()
        assert await barriers(page) == []
        await card.get_by_text("Nothing is wrong with it").click()
        await card.get_by_label("Put into").fill("depot:east")
        await card.get_by_role("button", name="Back into stock").click()
        await expect(card).to_have_count(0)
    assert [each for each in screens.complaints if "409" not in each] == []
    screens.complaints.clear()


async def test_pieces_with_serials_are_received_and_sent_on_the_pages(firm: Firm, screens: Screens) -> None:
    keeper = firm.stock_keeper
    screen = await firm.part("Screen")
    done(await keeper.put(f"/v1/parts/{screen}", {"name": firm.id("Screen"), "tracking": "serial"}))
    asked = {"supplier": firm.id("Eizo"), "lines": [{"sku": screen, "quantity": 2}]}
    path = f"/v1/purchase-requests/{done(await keeper.post('/v1/purchase-requests', asked))['id']}"
    done(await keeper.post(f"{path}/approve", {}))
    done(await keeper.post(f"{path}/order", {}))
    first, second = firm.id("S1"), firm.id("S2")
    async with screens.open("/parc/stock/orders", keeper) as page:
        card = page.get_by_role("region", name=firm.id("Eizo"))
        await card.get_by_label("How many").fill("2")
        await card.get_by_label("Serial numbers").fill(f"{first}\n{second}\n")
        await card.get_by_label("Where").fill("depot:west")
        assert await barriers(page) == []
        await card.get_by_role("button", name="Receive").click()
        await expect(card).to_have_count(0)
    async with screens.open("/parc/stock/transfers", keeper, size=PHONE) as page:
        await page.get_by_text("Send parts to another place").click()
        for label, said in (("From", "depot:west"), ("Whereto", "depot:east"), ("Part", screen)):
            await page.get_by_label(label, exact=True).fill(said)
        await page.get_by_label("How many").fill("2")
        await page.get_by_label("Serial numbers").fill(f"{first}, {second}")
        await page.get_by_role("button", name="Send").click()
        card = page.get_by_role("region").filter(has_text=first)
        await card.get_by_label(first).uncheck()
        await expect(card.get_by_role("spinbutton", name="Came")).to_have_value("1")
        assert await barriers(page) == []
        await card.get_by_role("button", name="Receive").click()
        await expect(card.get_by_label(second)).to_have_count(0)
        await expect(card.get_by_label(first)).to_be_checked()


async def test_the_van_list_of_tomorrow_is_made_to_be_printed_and_kept_from_clients(
    firm: Firm, screens: Screens
) -> None:
    ann = await firm.technician("ann")
    toner = await firm.part("Toner")
    done(await firm.stock_keeper.put(f"/v1/parts/{toner}", {"name": firm.id("Toner"), "van_minimum": 2}))
    await firm.stock("depot:west", toner, 5)
    tomorrow = f"{await now(firm) + timedelta(days=1):%Y-%m-%d}"
    async with screens.open(f"/parc/stock/van-lists/{ann.id}?date={tomorrow}", firm.stock_keeper) as page:
        await expect(page.get_by_role("row", name=firm.id("Toner"))).to_contain_text("0 of 2")
        assert await barriers(page) == []
        await page.emulate_media(media="print")
        await expect(page.get_by_role("navigation").first).to_be_hidden()
        await expect(page.get_by_role("button", name="Print")).to_be_hidden()
    await firm.technician("ben")
    async with screens.open("/parc/stock/van-lists", firm.person("technician", "ann")) as page:
        await expect(page.get_by_role("main").get_by_role("link")).to_have_count(1)
        await page.get_by_role("main").get_by_role("link").click()
        await expect(page.get_by_role("row", name=firm.id("Toner"))).to_contain_text("0 of 2")
    manager = (await firm.customer()).manager
    async with screens.open("/parc/stock/orders", manager) as page:
        await expect(page.get_by_role("main")).to_contain_text("may not")
    assert [each for each in screens.complaints if "403" not in each] == []
    screens.complaints.clear()
