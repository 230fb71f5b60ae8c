"""An administrator takes sites in by the table: with errors, mended, applied, and nothing left to do."""

from typing import Any

from playwright.async_api import FilePayload, Page, expect

from infra.chassis.workbook import XLSX
from tests.flows.browser import Screens, barriers
from tests.flows.firm import Firm, done
from tests.services.inventory.test_imports import HEADINGS, site
from tests.tables import workbook_of


def file_of(*rows: list[Any]) -> FilePayload:
    return {"name": "sites.xlsx", "mimeType": XLSX, "buffer": workbook_of(HEADINGS, *rows)}


async def send(page: Page, *rows: list[Any]) -> None:
    await page.get_by_label("Workbook or table").set_input_files(file_of(*rows))
    await page.get_by_role("button", name="Show what would change").click()
    await expect(page.get_by_role("heading", name="sites.xlsx")).to_be_visible()


async def test_a_file_with_errors_is_mended_applied_and_changes_nothing_again(
    firm: Firm, screens: Screens
) -> None:
    acme, admin = await firm.customer(), firm.admin
    nord, sud = firm.id("nord"), firm.id("sud")
    async with screens.open("/admin/inventory/imports", admin) as page:
        assert await barriers(page) == []
        async with page.expect_download() as download:
            await page.get_by_role("link", name="Download the template").click()
        assert (await download.value).suggested_filename == "sites.xlsx"

        await send(page, site(nord, acme.id), site(sud, acme.id, postcode=7500))
        await page.get_by_role("link", name="Errors only").click()
        await expect(page.get_by_role("row", name=sud)).to_contain_text("'7500' is no French postcode")
        await expect(page.get_by_role("row", name=nord)).to_have_count(0)
        assert await barriers(page) == []

        await page.get_by_role("link", name="Send another file").click()
        mended = (site(nord, acme.id), site(sud, acme.id, postcode="07500"))
        await send(page, *mended)
        await page.get_by_role("button", name="Apply 2 lines").click()
        await expect(page.get_by_text("2 lines were applied.")).to_be_visible()
        assert done(await admin.get(f"/v1/sites/{sud}"))["postcode"] == "07500"

        await page.get_by_role("link", name="Send another file").click()
        await send(page, *mended)
        await expect(page.get_by_text("This file changes nothing.")).to_be_visible()
        await expect(page.get_by_role("button", name="Apply")).to_have_count(0)
