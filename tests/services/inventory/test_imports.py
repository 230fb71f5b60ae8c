"""Sites and machines come by the table: a dry run first, then exactly what it showed."""

from datetime import date
from typing import Any

import httpx
import pytest

from tests.servers import until
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import problem
from tests.tables import applied, counts, csv_of, form_of, lines, sent, workbook_of

HEADINGS = (
    *("Identifiant", "CLIENT", "nom", "Adresse", "Code postal", "commune", "latitude", "Longitude"),
    *("Fuseau horaire", "jours feries", "Horaires d'ouverture"),
)


def site(id: str, customer: str, **other: Any) -> list[Any]:
    """A line under those headings."""
    said = {
        "id": id,
        "customer": customer,
        "name": "Clinique",
        "address": "12 rue des Lilas",
        "postcode": "69003",
        "commune": "Lyon",
        "latitude": 45.76,
        "longitude": 4.85,
        "zone": "Europe/Paris",
        "holidays": "FR",
        "opening": "lun-ven 8h-12h 14:00-18:00",
        **other,
    }
    return list(said.values())


@pytest.fixture
async def admin(inventory: Running) -> Any:
    async with inventory.as_("admin") as client:
        yield client


async def test_a_file_is_shown_line_by_line_applied_as_shown_and_changes_nothing_again(
    admin: httpx.AsyncClient, inventory: Running, customer: str, unique: str
) -> None:
    a, b = f"{unique}-a", f"{unique}-b"
    rows = [
        site(a, customer),
        site(b, customer, postcode=7500),
        site(a, customer),
        site(f"{unique}-c", "nobody"),
        site("", customer, latitude="north"),
    ]
    shown = await sent(admin, workbook_of((*HEADINGS, "Couleur"), *rows))
    assert counts(shown) == (1, 0, 0, 4)
    assert shown["unknown_headings"] == ["Couleur"]
    assert "territory" in shown["absent_columns"]
    wrong = {each["line"]: each["errors"] for each in await lines(admin, shown, standing="refused")}
    assert wrong[3] == [{"column": "postcode", "detail": "'7500' is no French postcode"}]
    assert wrong[4] == [{"column": "id", "detail": f"'{a}' is on line 2 already"}]
    assert [each["column"] for each in wrong[5]] == ["customer_id"]
    assert {each["column"] for each in wrong[6]} == {"id", "latitude"}
    assert (await admin.get(f"/v1/sites/{a}")).status_code == 404

    mended = workbook_of(HEADINGS, site(a, customer), site(b, customer, postcode="07500"))
    done = await applied(admin, await sent(admin, mended))
    assert done["done"] == {"of": 2, "applied": 2, "refused": 0}
    kept = (await admin.get(f"/v1/sites/{b}")).json()
    assert (kept["postcode"], kept["opening"]["fri"]) == ("07500", [["08:00", "12:00"], ["14:00", "18:00"]])
    assert counts(await sent(admin, mended)) == (0, 0, 2, 0)

    other = await sent(admin, csv_of(("id", "Nom"), (b, "Clinique de l'été")))
    [line] = await lines(admin, other)
    assert line["changes"] == [{"column": "name", "before": "Clinique", "after": "Clinique de l'été"}]
    await applied(admin, other)
    renamed = (await admin.get(f"/v1/sites/{b}")).json()
    assert renamed | {"name": "", "updated_at": ""} == kept | {"name": "", "updated_at": ""}
    document = await inventory.runtime.collection("sites").find_one({"_id": b})
    assert document is not None
    assert document["version"] == 2


async def test_what_changed_since_it_was_shown_is_shown_anew(
    admin: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await applied(admin, await sent(admin, workbook_of(HEADINGS, site(unique, customer))))
    shown = await sent(admin, workbook_of(("id", "nom"), (unique, "Mine")))
    await applied(admin, await sent(admin, workbook_of(("id", "nom"), (unique, "Theirs"))))
    path = f"/v1/imports/sites/{shown['id']}"
    refused = problem(
        await admin.post(f"{path}/apply", json={"token": shown["token"]}), 409, "import-changed"
    )
    again = (await admin.get(path)).json()
    assert again["token"] == refused["token"] != shown["token"]
    [line] = await lines(admin, again)
    assert line["changes"] == [{"column": "name", "before": "Theirs", "after": "Mine"}]
    await applied(admin, again)
    assert (await admin.get(f"/v1/sites/{unique}")).json()["name"] == "Mine"


async def test_a_line_that_was_stored_before_a_crash_is_not_stored_twice(
    admin: httpx.AsyncClient, inventory: Running, customer: str, unique: str
) -> None:
    shown = await sent(admin, workbook_of(HEADINGS, site(unique, customer)))
    await applied(admin, shown)
    again = {"$set": {"outcome": None}}
    await inventory.runtime.collection("import_lines").update_one({"import_id": shown["id"]}, again)
    await inventory.runtime.collection("imports").update_one(
        {"_id": shown["id"]}, {"$set": {"state": "applying"}}
    )
    path = f"/v1/imports/sites/{shown['id']}"

    async def ended() -> bool:
        return bool((await admin.get(path)).json()["state"] == "applied")

    await until(ended, within=20)
    assert (await admin.get(path)).json()["done"] == {"of": 1, "applied": 1, "refused": 0}
    assert (await admin.get(f"/v1/sites/{unique}")).headers["ETag"] == '"1"'


async def test_a_machine_comes_with_its_dates_as_the_workbook_stores_them(
    admin: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await applied(admin, await sent(admin, workbook_of(HEADINGS, site(unique, customer))))
    headings = ("id", "site", "name", "kind", "serial number", "warranty until", "bought on")
    row = (f"{unique}-m", unique, "Server", "server", 12345, date(2028, 1, 31), "31/01/2025")
    shown = await sent(admin, workbook_of(headings, row), "assets")
    await applied(admin, shown)
    kept = (await admin.get(f"/v1/assets/{unique}-m")).json()
    assert (kept["serial"], kept["warranty_until"], kept["bought_on"], kept["customer_id"]) == (
        *("12345", "2028-01-31", "2025-01-31"),
        customer,
    )


async def test_an_import_may_be_applied_at_once_where_no_line_is_refused(
    admin: httpx.AsyncClient, customer: str, unique: str
) -> None:
    def asked(*rows: list[Any]) -> Any:
        content = workbook_of(HEADINGS, *rows)
        return admin.post("/v1/imports/sites", params={"dry_run": "false"}, **form_of(content))

    refused = (await asked(site(unique, customer), site("", customer))).json()
    assert (refused["state"], counts(refused)) == ("checked", (1, 0, 0, 1))
    assert (await asked(site(unique, customer))).json()["state"] == "applying"

    async def there() -> bool:
        return (await admin.get(f"/v1/sites/{unique}")).status_code == 200

    await until(there, within=20)


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (b"\0\1\2", "unreadable-file"),
        (b"PK\3\4 no archive", "unreadable-file"),
        (b"\n\n", "empty-file"),
        (csv_of(("name", "address"), ("a", "b")), "no-id-column"),
        (csv_of(("id", "name", "Nom"), ("a", "b", "c")), "heading-twice"),
    ],
)
async def test_what_is_no_table_says_so(admin: httpx.AsyncClient, content: bytes, slug: str) -> None:
    problem(await admin.post("/v1/imports/sites", **form_of(content)), 422, slug)


async def test_only_an_administrator_imports(agent: httpx.AsyncClient, unique: str) -> None:
    for answer in (
        await agent.get("/v1/imports/sites/template.xlsx"),
        await agent.post("/v1/imports/sites", **form_of(workbook_of(("id",)))),
        await agent.get("/v1/imports/sites"),
        await agent.post(f"/v1/imports/sites/{unique}/apply", json={"token": "0" * 40}),
    ):
        problem(answer, 403, "forbidden-role")
