"""The pages of imports, whatever can be imported."""

import re
from pathlib import Path

import infra.chassis.web
from contracts.routes import ROUTES

PREFIX = "/v1/imports/"
TABS = Path(infra.chassis.web.__file__).parent / "templates" / "imports-tabs.html"


def test_each_kind_has_a_name_on_its_tab() -> None:
    paths = [path for of_service in ROUTES.values() for path in of_service]
    kinds = {path.removeprefix(PREFIX) for path in paths if path.startswith(PREFIX)}
    named = re.findall(r'"([a-z-]+)": _\("', TABS.read_text(encoding="utf-8"))
    assert set(named) == kinds
    assert len(kinds) >= 7
