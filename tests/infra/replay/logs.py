"""Small incident logs, made up for the tests."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.replay.incident import Incident, gather
from infra.replay.log import BadRow, Row, read_rows
from infra.replay.mapping import load_mapping

MAPPING = load_mapping()

COLUMNS = (
    "number",
    "incident_state",
    "sys_mod_count",
    "caller_id",
    "opened_at",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "subcategory",
    "u_symptom",
    "impact",
    "urgency",
    "assignment_group",
    "assigned_to",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
)

USUAL = {
    "number": "INC0000001",
    "incident_state": "New",
    "sys_mod_count": "0",
    "caller_id": "Caller 7",
    "opened_at": "29-02-2016 08:00",
    "sys_updated_at": "29-02-2016 08:05",
    "contact_type": "Phone",
    "location": "Location 12",
    "category": "Category 53",
    "subcategory": "Subcategory 1",
    "u_symptom": "?",
    "impact": "2 - Medium",
    "urgency": "2 - Medium",
    "assignment_group": "Group 70",
    "assigned_to": "?",
    "closed_code": "code 6",
    "resolved_by": "Resolved by 4",
    "resolved_at": "29-02-2016 11:00",
    "closed_at": "05-03-2016 12:00",
}

Fields = Mapping[str, str]


def csv_of(rows: Iterable[Fields], *, columns: Iterable[str] = COLUMNS, delimiter: str = ",") -> str:
    """A log with these rows; what a row does not say is as usual."""
    text = io.StringIO()
    titles = list(columns)
    writer = csv.DictWriter(text, titles, extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows({**USUAL, **row} for row in rows)
    return text.getvalue()


def read(content: str | bytes) -> list[Row | BadRow]:
    data = content.encode() if isinstance(content, str) else content
    return list(
        read_rows(io.BytesIO(data), name="log.csv", time_zone=MAPPING.time_zone, states=MAPPING.states)
    )


def incident(*rows: Fields) -> Incident:
    """The one incident of these rows, whose updates are counted."""
    counted = [{"sys_mod_count": str(n), **row} for n, row in enumerate(rows)]
    [found], bad = gather(read(csv_of(counted)))
    assert not bad
    return found


def remote(number: str = "INC0000001", **fields: str) -> list[Fields]:
    """Somebody at a desk takes it at 8:30, has it solved at 11:00, and it is closed five days later."""
    usual = {"number": number, **fields}
    return [
        usual,
        {**usual, "incident_state": "Active", "sys_updated_at": "29-02-2016 08:30", "sys_mod_count": "1"},
        {**usual, "incident_state": "Resolved", "sys_updated_at": "29-02-2016 11:00", "sys_mod_count": "2"},
        {**usual, "incident_state": "Closed", "sys_updated_at": "05-03-2016 12:00", "sys_mod_count": "3"},
    ]


def on_site(number: str = "INC0000002", **fields: str) -> list[Fields]:
    """The same, but resolved by people who go there."""
    first, *others = remote(number, **fields)
    return [first, *({**row, "assignment_group": "Group 24"} for row in others)]


def written(folder: Path, rows: Iterable[Fields]) -> Path:
    path = folder / "log.csv"
    path.write_text(csv_of(rows))
    return path
