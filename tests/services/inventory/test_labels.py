"""Labels of machines: where they are printed, and what their codes open to whom."""

import re
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader

from services.inventory.api.labels import label_path
from services.inventory.domain.label_sheets import SHEETS, SheetName
from services.inventory.views.labels import code_of
from tests.services.inventory.agent_park import Park
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import problem
from tests.services.inventory.test_asset_verbs import put

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


@pytest.mark.parametrize("name", SheetName)
def test_a_sheets_labels_lie_on_its_paper_and_not_on_each_other(name: SheetName) -> None:
    sheet = SHEETS[name]
    width, height = A4 if sheet.paper == "a4" else LETTER
    placed = list(sheet.placed(sheet.places))
    assert {page for page, _, _ in placed} == {0}
    assert all(x >= 0 and x + sheet.width <= width for _, x, _ in placed)
    assert all(y >= 0 and y + sheet.height <= height for _, _, y in placed)
    assert sheet.across >= sheet.width
    assert sheet.down >= sheet.height
    left = width - max(x for _, x, _ in placed) - sheet.width
    assert left == pytest.approx(sheet.left, abs=0.5), "the sheet is the same from both sides"


def test_a_sheet_that_was_begun_is_gone_on_with_and_the_next_one_begins_at_its_first_place() -> None:
    sheet = SHEETS[SheetName.L7160]
    placed = list(sheet.placed(3, start=20))
    assert [page for page, _, _ in placed] == [0, 0, 1]
    assert placed[2][1:] == (sheet.left, sheet.top)
    assert placed[0][1:] == (sheet.left + sheet.across, sheet.top + 6 * sheet.down)


def test_a_code_is_a_drawing_that_says_nothing_but_its_address() -> None:
    assert code_of("https://a.example/x") != code_of("https://a.example/y")
    assert code_of("https://a.example/x").startswith("<svg")


async def pdf(client: httpx.AsyncClient, **asked: object) -> httpx.Response:
    return await client.get("/v1/assets/labels", params=asked)  # type: ignore[arg-type]


async def test_a_sites_labels_are_printed_by_name_from_the_first_free_place(park: Park, unique: str) -> None:
    for name in ("b", "a"):
        await put(park, f"{unique}-{name}", name=f"Poste {name}", asset_tag=f"CLP-{name}")
    answer = await pdf(park.keeper, site=park.site, sheet="l7651", start=65)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.text
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    assert ["Poste a" in pages[0], "Poste b" in pages[1], len(pages)] == [True, True, 2]
    assert "CLP-a" in pages[0]
    one = await pdf(park.keeper, asset=f"{unique}-b")
    assert "Poste a" not in PdfReader(BytesIO(one.content)).pages[0].extract_text()


async def test_what_cannot_be_printed_says_why(park: Park, unique: str, inventory: Running) -> None:
    await put(park, f"{unique}-pc")
    problem(await pdf(park.keeper), 422, "no-assets-named")
    beyond = await pdf(park.keeper, asset=f"{unique}-pc", start=22)
    assert problem(beyond, 422, "no-such-place")["places"] == 21
    async with inventory.as_("customer-manager", f"{unique}-other") as other:
        problem(await pdf(other, asset=f"{unique}-pc"), 422, "unknown-reference")
        problem(await pdf(other, site=park.site), 422, "unknown-reference")


async def test_a_code_leads_everybody_to_what_he_does_with_the_machine(
    park: Park, unique: str, inventory: Running
) -> None:
    id = f"{unique}-pc"
    await put(park, id)
    path = label_path(inventory.app.state.link_key, id)
    for role, customer, leads in (
        ("requester", park.customer, f"/portal/new?asset={id}"),
        ("technician", None, f"/m/assets/{id}"),
        ("stock-keeper", None, f"/parc/assets/{id}"),
        ("agent", None, f"/desk/new?customer={park.customer}&asset={id}"),
    ):
        async with inventory.as_(role, customer) as client:
            answer = await client.get(path)
            assert (answer.status_code, answer.headers.get("Location")) == (303, leads), answer.text


async def test_a_code_says_nothing_to_others_and_a_guessed_one_to_nobody(
    park: Park, unique: str, inventory: Running
) -> None:
    await put(park, f"{unique}-pc")
    path = label_path(inventory.app.state.link_key, f"{unique}-pc")
    async with inventory.as_("requester", f"{unique}-other") as other:
        assert (await other.get(path)).status_code == 404
    guessed = path[:-4] + "".join("A" if each != "A" else "B" for each in path[-4:])
    assert (await park.keeper.get(guessed)).status_code == 404
    async with httpx.AsyncClient(transport=httpx.ASGITransport(inventory.app), base_url="http://x") as nobody:
        asked = await nobody.get(path, headers={"Accept": "text/html"})
        assert asked.status_code in (303, 401)
        assert f"{unique}-pc" not in re.sub(r"/parc/label/[\w-]+|next=[^\"&]+", "", asked.text)
