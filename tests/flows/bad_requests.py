"""Everything that one should not send, and the problem that it must be told."""

from dataclasses import dataclass, field
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class Bad:
    """One thing not to do. ``{site}`` and the like in path and body are the desk's own."""

    name: str
    status: int
    slug: str
    path: str = "/v1/tickets"
    method: str = "POST"
    role: str = "agent"
    body: dict[str, Any] | None = None
    drop: str | None = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)


REQUESTS = (
    Bad(
        "unknown customer",
        422,
        "unknown-reference",
        body={"customer_id": "nobody"},
        says={"kind": "customer"},
    ),
    Bad("unknown site", 422, "unknown-reference", body={"sites": ["nowhere"]}, says={"kind": "site"}),
    Bad("unknown work type", 422, "unknown-reference", body={"category": "x"}, says={"kind": "work-type"}),
    Bad("unknown asset", 422, "unknown-reference", body={"asset": "nothing"}),
    Bad(
        "another customer's site", 422, "unknown-reference", role="portal", body={"sites": ["{foreign_site}"]}
    ),
    Bad("sites of two customers", 422, "unknown-reference", body={"sites": ["{site}", "{foreign_site}"]}),
    Bad("another customer by name", 422, "unknown-reference", role="portal", body={"customer_id": "{bolt}"}),
    Bad("a number for a text", 422, "invalid-body", body={"summary": 3}),
    Bad("a text for a list", 422, "invalid-body", body={"sites": "{site}"}),
    Bad("a text for a flag", 422, "invalid-body", body={"confidential": "yes"}),
    Bad("a word that is none of ours", 422, "invalid-body", body={"impact": "enormous"}),
    Bad("a time without an offset", 422, "invalid-body", body={"occurred_at": "2026-03-02T08:00:00"}),
    Bad("nothing where something must be", 422, "invalid-body", drop="summary"),
    Bad("null where something must be", 422, "invalid-body", body={"category": None}),
    Bad("an empty summary", 422, "invalid-body", body={"summary": ""}),
    Bad("a blank summary", 422, "invalid-body", body={"summary": " \n"}),
    Bad("no site", 422, "invalid-body", body={"sites": []}),
    Bad("the same site twice", 422, "invalid-body", body={"sites": ["{site}", "{site}"]}),
    Bad("a summary of a page", 422, "invalid-body", body={"summary": "x" * 161}),
    Bad("an undeclared field", 422, "invalid-body", body={"colour": "red"}),
    Bad("an undeclared field inside", 422, "invalid-body", body={"requester": {"name": "Ann", "age": 40}}),
    Bad("a mail address that is none", 422, "invalid-body", body={"requester": {"name": "A", "email": "a"}}),
    Bad("an id with a slash", 422, "invalid-body", body={"category": "a/b"}),
    Bad("a time still to come", 422, "occurred-in-the-future", body={"occurred_at": "2126-01-01T00:00:00Z"}),
    Bad(
        "a client's time of last year",
        422,
        "occurred-too-long-ago",
        role="portal",
        body={"occurred_at": "2020-01-01T00:00:00Z"},
    ),
    Bad("an empty body", 422, "invalid-body", raw=b""),
    Bad("a list", 422, "invalid-body", raw=b"[]"),
    Bad("half of a JSON text", 400, "invalid-json", raw=b'{"kind": "incident"'),
    Bad("a name twice", 400, "invalid-json", raw=b'{"kind": "incident", "kind": "request"}'),
    Bad("not a number", 400, "invalid-json", raw=b'{"impact": NaN}'),
    Bad("nested beyond reason", 400, "invalid-json", raw=b"[" * 100_000),
    Bad("Latin-1", 400, "not-utf8", raw='{"summary": "déjà"}'.encode("latin-1")),
    Bad("more than a mebibyte", 413, "body-too-large", raw=b'"' + b"x" * MIB + b'"'),
    Bad(
        "a form", 415, "unsupported-media-type", headers={"Content-Type": "application/x-www-form-urlencoded"}
    ),
    Bad("plain text", 415, "unsupported-media-type", headers={"Content-Type": "text/plain"}),
    Bad("compressed", 415, "unsupported-media-type", headers={"Content-Encoding": "gzip"}),
    Bad(
        "in UTF-16",
        415,
        "unsupported-media-type",
        headers={"Content-Type": "application/json; charset=utf-16"},
    ),
    Bad("without a key", 400, "idempotency-key-required", headers={"Idempotency-Key": ""}),
    Bad("with a key of a page", 400, "idempotency-key-invalid", headers={"Idempotency-Key": "x" * 201}),
    Bad("without a token", 401, "unauthenticated", headers={"Authorization": ""}),
    Bad("with half a token", 401, "invalid-token", headers={"Authorization": "Bearer abc"}),
    Bad("with another scheme", 401, "unauthenticated", headers={"Authorization": "Basic YTpi"}),
    Bad("with a role that may not", 403, "forbidden-role", role="contract-manager"),
)

TICKET, VISIT = "/v1/tickets/{ticket}", "/v1/visits/{visit}"
OTHERS = (
    Bad(
        "resume what is not held",
        409,
        "illegal-transition",
        f"{TICKET}/resume",
        body={},
        says={"state": "scheduled"},
    ),
    Bad("close before it is resolved", 409, "illegal-transition", f"{TICKET}/close", body={}),
    Bad("take an old version", 412, "precondition-failed", f"{TICKET}/take", headers={"If-Match": '"999"'}),
    Bad("an ETag that is none", 412, "precondition-failed", f"{TICKET}/take", headers={"If-Match": "?"}),
    Bad("a ticket that is not there", 404, "not-found", "/v1/tickets/none/take"),
    Bad("hold for no reason", 422, "invalid-body", f"{TICKET}/hold", body={}),
    Bad(
        "hold a site that is not its",
        422,
        "unknown-reference",
        f"{TICKET}/hold",
        body={"reason": "waiting-for-client", "sites": ["{foreign_site}"]},
    ),
    Bad(
        "an appointment without a time",
        422,
        "appointment-without-time",
        f"{TICKET}/hold",
        body={"reason": "appointment"},
    ),
    Bad("a duplicate of nothing", 422, "duplicate-of-what", f"{TICKET}/cancel", body={"reason": "duplicate"}),
    Bad("triage by a client", 403, "forbidden-role", f"{TICKET}/triage", role="portal", body={}),
    Bad(
        "start before arriving",
        409,
        "illegal-transition",
        f"{VISIT}/start",
        role="dispatcher",
        body={},
        says={"state": "acknowledged"},
    ),
    Bad("close without an outcome", 422, "invalid-body", f"{VISIT}/close", role="dispatcher", body={}),
    Bad(
        "close with another outcome",
        422,
        "invalid-body",
        f"{VISIT}/close",
        role="dispatcher",
        body={"outcome": "well"},
    ),
    Bad(
        "assign nobody",
        422,
        "unknown-reference",
        f"{VISIT}/assign",
        role="dispatcher",
        body={"technician_id": "nobody"},
        says={"kind": "technician"},
    ),
    Bad(
        "plan in the past",
        422,
        "start-in-the-past",
        f"{VISIT}/reschedule",
        role="dispatcher",
        body={"start": "2020-01-01T00:00:00Z"},
    ),
    Bad(
        "decline by a client", 403, "forbidden-role", f"{VISIT}/decline", role="portal", body={"reason": "no"}
    ),
    Bad(
        "an old version of a visit",
        412,
        "precondition-failed",
        f"{VISIT}/pin",
        role="dispatcher",
        headers={"If-Match": '"999"'},
    ),
    Bad(
        "a site of nobody",
        422,
        "unknown-reference",
        "/v1/sites/new",
        "PUT",
        "stock-keeper",
        says={"kind": "customer"},
        body={
            "customer_id": "nobody",
            "name": "N",
            "address": "A",
            "postcode": "1",
            "commune": "C",
            "latitude": 1.0,
            "longitude": 1.0,
            "time_zone": "Europe/Paris",
            "holidays": "FR",
        },
    ),
    Bad(
        "a site in no zone",
        422,
        "invalid-body",
        "/v1/sites/new",
        "PUT",
        "stock-keeper",
        body={"time_zone": "Moon"},
    ),
    Bad(
        "an id with a space",
        422,
        "invalid-parameter",
        "/v1/parts/a%20b",
        "PUT",
        "stock-keeper",
        body={"name": "x"},
    ),
    Bad(
        "a part that is not there",
        422,
        "unknown-reference",
        "/v1/stock/receive",
        role="stock-keeper",
        body={"location": "depot:a", "sku": "nothing", "quantity": 1},
        says={"kind": "part"},
    ),
    Bad(
        "less than nothing",
        422,
        "invalid-body",
        "/v1/stock/receive",
        role="stock-keeper",
        body={"location": "depot:a", "sku": "x", "quantity": -1},
    ),
    Bad(
        "a place that is none",
        422,
        "invalid-body",
        "/v1/stock/receive",
        role="stock-keeper",
        body={"location": "attic", "sku": "x", "quantity": 1},
    ),
    Bad(
        "a skill without a level",
        422,
        "invalid-body",
        "/v1/technicians/new",
        "PUT",
        "dispatcher",
        body={"name": "N", "skills": {"a": 4}, "time_zone": "Europe/Paris", "shifts": {}},
    ),
    Bad(
        "a contract of nobody",
        422,
        "unknown-reference",
        "/v1/contracts/new",
        "PUT",
        "admin",
        body={
            "customer_id": "nobody",
            "name": "N",
            "valid_from": "2026-01-01",
            "calendars": {},
            "targets": {},
        },
    ),
    Bad("an address of nothing", 404, "not-found", "/v1/nothing", "GET"),
    Bad("a method of another address", 405, "method-not-allowed", "/v1/tickets", "DELETE"),
    Bad("more than a page", 422, "invalid-parameter", "/v1/tickets?limit=201", "GET"),
    Bad("a cursor of somebody else", 422, "invalid-parameter", "/v1/visits?cursor=abc", "GET"),
    Bad("a time that is none", 422, "invalid-parameter", "/v1/sites?updated_after=yesterday", "GET"),
    Bad("the clock set by an agent", 403, "forbidden-role", "/v1/clock", body={"to": "2030-01-01T00:00:00Z"}),
)
