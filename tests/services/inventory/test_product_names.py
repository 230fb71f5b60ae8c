"""Names that machines report become products and cycles, or stay in doubt."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from contracts.refusal import Refusal
from services.inventory.domain.life_cycle import NOTHING, Cycle, Product
from services.inventory.domain.life_cycle_file import products_of
from services.inventory.domain.product_names import Products, Reported, Why, words_of_name

WINDOWS = products_of(
    {
        "result": {
            "name": "windows",
            "label": "Microsoft Windows",
            "aliases": [],
            "releases": [
                {"name": f"11-{name}", "label": f"11 {name}", "eolFrom": ends, "latest": {"name": build}}
                for name, ends, build in (
                    ("24h2-iot-lts", "2034-10-10", "10.0.26100"),
                    ("24h2-e-lts", "2029-10-09", "10.0.26100"),
                    ("24h2-e", "2027-10-12", "10.0.26100"),
                    ("24h2-w", "2026-10-13", "10.0.26100"),
                    ("23h2-e", "2026-11-10", "10.0.22631"),
                    ("23h2-w", "2025-11-11", "10.0.22631"),
                )
            ]
            + [
                {
                    "name": "10-22h2",
                    "label": "10 22H2",
                    "eolFrom": "2025-10-14",
                    "latest": {"name": "10.0.19045"},
                },
                {"name": "7-sp1", "label": "7 SP1", "eolFrom": "2020-01-14", "latest": {"name": "6.1.7601"}},
            ],
        }
    },
    "windows",
)
SERVER = products_of(
    [
        {"cycle": "2019", "eol": "2029-01-09", "latest": "10.0.17763"},
        {"cycle": "2012-R2", "eol": "2023-10-10", "extendedSupport": "2026-10-13", "latest": "6.3.9600"},
        {"cycle": "2012", "eol": "2023-10-10", "latest": "6.2.9200"},
    ],
    "windows-server",
)
OTHERS = (
    *products_of([{"cycle": "15", "eol": "2027-11-11"}, {"cycle": "9.6", "eol": "2021-11-11"}], "postgresql"),
    *products_of(
        [{"cycle": "22.04", "eol": "2027-04-01", "lts": True}, {"cycle": "9", "eol": True}], "ubuntu"
    ),
    *products_of(
        [
            {"cycle": "15.0", "releaseLabel": "2019", "eol": "2030-01-08"},
            {"cycle": "16.0", "releaseLabel": "2022", "eol": "2033-01-11"},
        ],
        "mssqlserver",
    ),
    *products_of([{"cycle": "2016", "eol": "2025-10-14"}, {"cycle": "2021", "eol": "2026-10-13"}], "office"),
)
KNOWN = Products((*WINDOWS, *SERVER, *OTHERS), {NOTHING: ("Python Launcher",), "postgresql": ("PG Serveur",)})


@pytest.mark.parametrize(
    ("name", "version", "build", "cycle"),
    [
        ("Microsoft Windows 11 Professionnel", "23H2", "22631.4317", "11-23h2-w"),
        ("Microsoft Windows 11 Pro", "10.0.22631", None, "11-23h2-w"),
        ("Microsoft Windows 11 Entreprise", "23H2", None, "11-23h2-e"),
        ("Microsoft Windows 11 Éducation", "10.0.26100", "26100.1742", "11-24h2-e"),
        ("Microsoft Windows 11 Enterprise LTSC", "24H2", None, "11-24h2-e-lts"),
        ("Microsoft Windows 11 IoT Enterprise LTSC", "24H2", None, "11-24h2-iot-lts"),
        ("Microsoft® Windows 10 Famille (64-bit)", "22H2", None, "10-22h2"),
        ("Microsoft Windows 7 Professionnel", "6.1.7601", None, "7-sp1"),
        ("Microsoft Windows Server 2019 Standard", "1809", "17763.6293", "2019"),
        ("Microsoft Windows Server 2012 R2 Standard", "6.3.9600", None, "2012-R2"),
        ("Ubuntu 22.04.4 LTS", "22.04", None, "22.04"),
        ("Ubuntu 22.04.5 LTS (Jammy Jellyfish)", None, None, "22.04"),
    ],
)
def test_a_system_is_found_by_release_edition_and_build(
    name: str, version: str | None, build: str | None, cycle: str
) -> None:
    found = KNOWN.find(Reported(name, version, build, system=True))
    assert (found.why, found.cycle and found.cycle.name) == (None, cycle)


@pytest.mark.parametrize(
    ("name", "version", "cycle"),
    [
        ("PostgreSQL 15 (x64)", "15.4-1", "15"),
        ("PostgreSQL 15", None, "15"),
        ("PostgreSQL 9.6 ", "9.6.24", "9.6"),
        ("PG Serveur", "15.2", "15"),
        ("Microsoft SQL Server 2019 (64-bit)", "15.0.2000.5", "15.0"),
        ("Microsoft SQL Server 2022 Standard", None, "16.0"),
        ("Microsoft Office Standard 2016 - fr-fr", "16.0.4266.1001", "2016"),
        ("Microsoft Office Professionnel Plus 2021", None, "2021"),
    ],
)
def test_software_is_found_by_its_version_or_by_what_its_name_says(
    name: str, version: str | None, cycle: str
) -> None:
    found = KNOWN.find(Reported(name, version))
    assert (found.why, found.cycle and found.cycle.name) == (None, cycle)


@pytest.mark.parametrize(
    ("reported", "why"),
    [
        (Reported("Microsoft SQL Server 2019 Native Client", "15.0.1"), Why.OTHER_WORDS),
        (Reported("PostgreSQL ODBC Driver", "15.0"), Why.OTHER_WORDS),
        (Reported("PostgreSQL", None), Why.NO_VERSION),
        (Reported("PostgreSQL 12", "12.1"), Why.NO_CYCLE),
        (Reported("Microsoft SQL Server 2022", "15.0.2000"), Why.SEVERAL_CYCLES),
        (Reported("Microsoft Windows 11", "23H2", system=True), Why.SEVERAL_CYCLES),
        (Reported("Microsoft Windows 11 Pro", system=True), Why.NO_CYCLE),
        (Reported("Microsoft Windows 11 Pro", "21H2", system=True), Why.NO_CYCLE),
        (Reported("Postgres Pro Enterprise", "15"), Why.UNKNOWN_PRODUCT),
        (Reported("Haiku R1", "beta5", system=True), Why.UNKNOWN_PRODUCT),
        (Reported("Python Launcher", "3.11"), None),
    ],
)
def test_what_is_in_doubt_is_no_cycle(reported: Reported, why: Why | None) -> None:
    found = KNOWN.find(reported)
    assert (found.cycle, found.why) == (None, why)


def test_names_are_compared_without_accents_signs_maker_and_what_they_are_built_for() -> None:
    assert words_of_name("Microsoft® Éditeur 2.1 (x64) – fr-FR") == ("editeur", "2.1")
    assert words_of_name("7-Zip 22.01 (64-bit)") == ("7", "zip", "22.01")


def test_both_forms_of_a_file_say_the_same() -> None:
    old = [
        {
            "cycle": "22.04",
            "releaseLabel": "22.04",
            "eol": "2027-04-01",
            "support": "2024-09-30",
            "latest": "22.04.5",
        }
    ]
    new = {
        "schema_version": "1.2.0",
        "result": {
            "name": "ubuntu",
            "label": "Ubuntu",
            "aliases": ["ubuntu-linux"],
            "releases": [
                {
                    "name": "22.04",
                    "label": "22.04",
                    "isEol": False,
                    "eolFrom": "2027-04-01",
                    "eoasFrom": "2024-09-30",
                    "latest": {"name": "22.04.5", "date": "2024-09-12", "link": None},
                }
            ],
        },
    }
    [before], [after] = products_of(old, "ubuntu"), products_of(new, "whatever")
    assert (before.id, before.cycles) == (after.id, after.cycles)
    assert after.names == ("Ubuntu", "ubuntu-linux")
    assert products_of({"total": 1, "result": [new["result"]]}, "full") == (after,)


def test_an_end_without_a_day_is_over_or_not_set() -> None:
    [product] = products_of([{"cycle": "9", "eol": True}, {"cycle": "10", "eol": False}], "mine")
    assert product.cycles == (Cycle("9", "9", over=True), Cycle("10", "10"))


@pytest.mark.parametrize(
    ("content", "named", "said"),
    [
        ({"a": 1}, "x", "has no `releases`"),
        ([], "x", "0 products"),
        ([{"cycle": "1", "eol": "soon"}], "x", "'soon' is no day"),
        ([{"cycle": "1"}], "No Slug", "'No Slug' is no product's name"),
        ([{"cycle": "1"}, 3], "x", "a product is no object"),
        ({"result": {"name": "x", "releases": [{"eolFrom": None}]}}, "x", "a cycle of x has no name"),
    ],
)
def test_a_file_that_is_none_says_why(content: Any, named: str, said: str) -> None:
    content = [{"name": "y", "releases": []}, 3] if "no object" in said else content
    with pytest.raises(Refusal) as refused:
        products_of(content, named)
    assert said in refused.value.detail.en


def test_real_files_are_read_whole() -> None:
    folder = Path(os.environ.get("ASTREINTE_DATA", "/nowhere")) / "endoflife"
    files = sorted(folder.glob("*.json"))
    if not files:
        pytest.skip("no files of endoflife.date lie in endoflife/ of the folder that ASTREINTE_DATA names")
    products: list[Product] = []
    for file in files:
        products += products_of(json.loads(file.read_text()), file.stem)
    assert all(each.cycles for each in products)
