"""The mapping: what comes along is sound, and one's own says which key is wrong."""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from contracts.values import HoldReason
from infra.replay.mapping import LogMapping, MappingError, checked, load_mapping
from infra.replay.reference import is_remote, reference_data, site_of, slug
from tests.infra.replay.logs import MAPPING

Document = dict[str, Any]


def document() -> Document:
    return tomllib.loads(files("infra.replay").joinpath("servicenow.toml").read_text())


def changed(change: Callable[[Document], object]) -> LogMapping:
    ours = document()
    change(ours)
    return checked(ours, "mine.toml")


def test_states_mean_stages_or_reasons_to_wait() -> None:
    assert MAPPING.meaning("Resolved") == "resolved"
    assert MAPPING.meaning("Awaiting Vendor") is HoldReason.WAITING_FOR_VENDOR


def test_what_is_not_named_is_what_the_defaults_say() -> None:
    assert MAPPING.work_type_of("Category 9999") == MAPPING.defaults.work_type
    assert MAPPING.impact_of(None) is MAPPING.defaults.impact


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda d: d.pop("time_zone"), "time_zone: Field required"),
        (lambda d: d.update(time_zone="Europe/Lutetia"), "time_zone: .*Europe/Lutetia"),
        (lambda d: d.update(colour="red"), "colour: Extra inputs"),
        (lambda d: d["states"].update(New="asleep"), "states.New: .*'asleep' means nothing"),
        (lambda d: d["states"].pop("Closed"), "states: no state means 'closed'"),
        (lambda d: d["impact"].update({"1 - High": "huge"}), "impact.1 - High"),
        (
            lambda d: d["categories"].update({"Category 1": "magic"}),
            r"categories.Category 1: .*work_types.magic",
        ),
        (lambda d: d["work_types"]["server"].update(level=4), "work_types.server.level"),
        (lambda d: d["work_types"]["server"].update(skill="magic"), "work_types.server: no team has 'magic'"),
        (lambda d: d["work_types"].update({"x-remote": d["work_types"]["server"]}), "work_types.x-remote"),
        (lambda d: d["on_site"].update(groups=["Group 999"]), "on_site.groups: 'Group 999' has no team"),
        (lambda d: d["teams"]["Group 24"].update(shifts="dawn"), "teams.Group 24.shifts: .*shifts.dawn"),
        (lambda d: d["desk"]["team"].update(skills={"tea": 1}), "desk.team.skills: nobody has"),
        (lambda d: d["shifts"].update(day={"mon": [["18:00", "08:00"]]}), "shifts.day.mon.0"),
        (lambda d: d["agencies"]["lyon"].update(latitude=200.0), "agencies.lyon.latitude"),
        (lambda d: d["agencies"]["lyon"].update(communes=[]), "agencies.lyon.communes"),
        (lambda d: d.update(customers=[]), "customers"),
    ],
)
def test_an_error_names_the_key(change: Callable[[Document], object], named: str) -> None:
    with pytest.raises(MappingError, match=f"^mine.toml: .*{named}"):
        changed(change)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"[states", "is not TOML"), (b"prefix = '\xff'", "is not UTF-8"), (None, "cannot be read")],
)
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MappingError, match=says):
        load_mapping(path)


def test_a_mapping_of_ones_own_replaces_the_one_that_comes_along(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    ours = files("infra.replay").joinpath("servicenow.toml").read_text()
    path.write_text(ours.replace('prefix = "sn"', 'prefix = "mine"'))
    assert load_mapping(path).prefix == "mine"


def test_a_location_is_always_the_same_site_near_an_agency() -> None:
    site = site_of(MAPPING, "Location 12")
    assert site == site_of(MAPPING, "Location 12")
    agency = MAPPING.agencies[site.put.body["territory"]]
    assert abs(site.put.body["latitude"] - agency.latitude) < 0.2
    assert abs(site.put.body["longitude"] - agency.longitude) < 0.3
    assert site.put.body["commune"] in {commune.name for commune in agency.communes}


def test_every_agency_has_somebody_for_every_work_type() -> None:
    first, _ = reference_data(MAPPING, [])
    people = [put.body for put in first if put.path.startswith("/v1/technicians/")]
    for put in first:
        if put.path.startswith("/v1/work-types/"):
            for agency in MAPPING.agencies:
                own = [each["skills"] for each in people if each["agency"] == agency]
                wanted = put.body["skills"].items()
                assert any(all(has.get(skill, 0) >= level for skill, level in wanted) for has in own), put


def test_everything_is_put_once_and_what_is_needed_first() -> None:
    first, sites = reference_data(MAPPING, ["Location 1", "Location 1", None])
    paths = [put.path for put in (*first, *sites)]
    assert len(set(paths)) == len(paths)
    assert len(sites) == 2
    assert all(f"/v1/customers/{put.body['customer_id']}" in paths for put in sites)


def test_work_types_know_whether_somebody_has_to_go() -> None:
    first, _ = reference_data(MAPPING, [])
    types = [put for put in first if put.path.startswith("/v1/work-types/")]
    assert all(is_remote(put.path) == put.body.get("remote", False) for put in types)


def test_different_names_are_different_ids() -> None:
    names = [
        "Location 1",
        "Location 2",
        "Łódź",
        "Lodz",
        "Łodz",
        "a" * 60,
        "a" * 61,
        "Tower A",
        "tower-b",
        "ü",
    ]
    assert len({slug(name) for name in names}) == len(names)
    assert all(0 < len(slug(name)) <= 26 for name in names)
