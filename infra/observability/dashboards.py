"""The Grafana dashboards: what is on them, and the JSON that Grafana imports."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.catalogue import SERVICES

_ALL = "(" + "|".join(SERVICES) + ")"
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_HEIGHT, _WIDTH, _COLUMNS = 8, 8, 3


@dataclass(frozen=True)
class Panel:
    """One picture. ``series``: a legend and an expression each; ``says``: what to see in it."""

    title: str
    says: str
    unit: str
    series: Sequence[tuple[str, str]]


def every(metric: str, labels: str = "") -> str:
    """The metric of all services, of those that are chosen at the top."""
    chosen = 'service=~"$service"' + (f", {labels}" if labels else "")
    return f'{{__name__=~"{_ALL}_{metric}", {chosen}}}'


def increase(selector: str, by: str) -> str:
    return f"sum by ({by}) (increase({selector}[$__rate_interval]))"


def rate(selector: str, by: str) -> str:
    return f"sum by ({by}) (rate({selector}[$__rate_interval]))"


def mean(histogram: str, by: str) -> str:
    """Of a histogram whose name is left open where ``_sum`` and ``_count`` go."""
    total, count = (rate(histogram.replace("{}", end), by) for end in ("_sum", "_count"))
    return f"{total} / {count}"


def recorded(series: str, labels: str = "") -> str:
    return f'{series}{{service=~"$service"' + (f", {labels}" if labels else "") + "}"


SERVICES_PANELS = (
    Panel(
        "Answers",
        "Every process that Prometheus asks; 0 is one that does not answer.",
        "short",
        [("{{service}} {{instance}}", 'up{job="astreinte", service=~"$service"}')],
    ),
    Panel(
        "Requests",
        "By service.",
        "reqps",
        [("{{service}}", recorded("service:http_requests:rate5m"))],
    ),
    Panel(
        "Requests that failed",
        "Our own errors (5xx), of all requests. During a fault 2 % are promised, otherwise none.",
        "percentunit",
        [("{{service}}", recorded("service:http_request_failures:ratio_rate5m"))],
    ),
    Panel(
        "Slowest hundredth",
        "The 99th percentile of the time to answer.",
        "s",
        [("{{service}}", recorded("service:http_request_seconds:p99_rate5m"))],
    ),
    Panel(
        "Slow routes",
        "The ten routes that take longest on average.",
        "s",
        [
            (
                "{{service}} {{method}} {{route}}",
                f"topk(10, {mean(every('http_request_seconds{}'), 'service, method, route')})",
            )
        ],
    ),
    Panel(
        "Commands in one write",
        "How many share a decision and a write: it rises under load, and that is what carries the load.",
        "short",
        [("{{service}}", recorded("service:group_commit_commands:avg_rate5m"))],
    ),
)

EVENTS_PANELS = (
    Panel(
        "Lag",
        "Events that a service has not read yet. A hill is work; a plateau is a reader that stands.",
        "short",
        [("{{service}} {{topic}}", recorded("service_topic:consumer_lag_records:max"))],
    ),
    Panel(
        "Events read",
        "By service.",
        "ops",
        [("{{service}}", recorded("service:consumer_events:rate5m"))],
    ),
    Panel(
        "Slowest hundredth of batches",
        "The 99th percentile of the time to store a batch. The session ends at 6 s.",
        "s",
        [("{{service}}", recorded("service:consumer_batch_seconds:p99_rate5m"))],
    ),
    Panel(
        "Oldest event that Kafka has not taken",
        "0 but for moments. What grows is Kafka that is away; nothing is lost meanwhile.",
        "s",
        [("{{service}}", recorded("service:outbox_age_seconds:max"))],
    ),
    Panel(
        "Events published",
        "Acknowledged by Kafka, and on their way to it.",
        "short",
        [
            ("{{service}} a second", recorded("service:events_published:rate5m")),
            ("{{service}} on their way", every("outbox_waiting_events")),
        ],
    ),
    Panel(
        "Silence of Kafka",
        "How long the event that has waited longest has gone unacknowledged, by process.",
        "s",
        [("{{service}} {{instance}}", every("kafka_silent_seconds"))],
    ),
    Panel(
        "Put aside",
        "parked: tried again; awaiting: what it names is missing; follower: waits behind one; dead: for you.",
        "short",
        [("{{service}} {{state}}", recorded("service_state:parked_events:max"))],
    ),
    Panel(
        "Events that were put aside",
        "Each time, by what they became: `dead` are new dead letters.",
        "short",
        [
            (
                "{{service}} {{state}}",
                increase(every("events_put_aside_total"), "service, state"),
            )
        ],
    ),
    Panel(
        "Rebalances",
        "Times that partitions were shared out in 15 minutes; a rolling restart is one or two a replica.",
        "short",
        [("{{service}}", recorded("service:consumer_rebalances:increase15m"))],
    ),
    Panel(
        "Partitions read",
        "By process; their sum does not change.",
        "short",
        [("{{service}} {{instance}}", every("consumer_assigned_partitions"))],
    ),
)

_TIMED = "(ticket|dispatch|notify)"

WORK_PANELS = (
    Panel(
        "Visits that wait for the planner",
        "Being planned or about to be.",
        "short",
        [("waiting", "dispatch_planner_waiting_visits")],
    ),
    Panel(
        "Time to plan",
        "The 99th percentile, from the planner's turn to the stored plan; and of that the choice alone.",
        "s",
        [
            ("planned", "dispatch:planning_seconds:p99_rate5m"),
            ("chosen", "dispatch:planner_choosing_seconds:p99_rate5m"),
        ],
    ),
    Panel(
        "Plans",
        "done; failed: nobody can serve the visit; stale: made again; gone: it waited no more.",
        "ops",
        [("{{outcome}}", rate("dispatch_planning_seconds_count", "outcome"))],
    ),
    Panel(
        "Days planned anew",
        "applied; as-good: nothing better was found; overtaken: somebody was faster; proposed: a dispatcher "
        "asked what if. Solvers: crashed, hung, refused, wrong-answer.",
        "ops",
        [("{{why}} {{outcome}}", rate("dispatch_replans_total", "why, outcome"))],
    ),
    Panel(
        "Travel times",
        "Of ways planned: default is the great circle with a detour, learned what technicians took there at "
        "that hour, osrm the road service.",
        "ops",
        [("{{source}}", rate("dispatch_planned_ways_total", "source"))],
    ),
    Panel(
        "Timers that are due",
        "How long the oldest has waited; more than a second is late.",
        "s",
        [("{{service}}", f'max by (service) ({{__name__=~"{_TIMED}_timer_overdue_seconds"}})')],
    ),
    Panel(
        "Timers fired late",
        "The 99th percentile of how long after their time timers were fired.",
        "s",
        [("{{service}}", "service:timer_late_seconds:p99_rate5m")],
    ),
    Panel(
        "Timers fired",
        "By service.",
        "ops",
        [
            (
                "{{service}}",
                rate(f'{{__name__=~"{_TIMED}_timer_late_seconds_count"}}', "service"),
            )
        ],
    ),
    Panel(
        "Messages",
        "Attempts by channel: done; retried: the other side did not take it now; failed: given up.",
        "ops",
        [("{{channel}} {{outcome}}", "channel:notify_delivery_attempts:rate5m")],
    ),
    Panel(
        "Messages that are due",
        "Could be sent now, as far as a look goes (64 by channel and process).",
        "short",
        [("{{channel}}", "sum by (channel) (notify_deliveries_due)")],
    ),
    Panel(
        "Time to hand a message over",
        "The mean by channel.",
        "s",
        [
            (
                "{{channel}}",
                mean("notify_delivery_attempt_seconds{}", "channel"),
            )
        ],
    ),
)

DASHBOARDS = {
    "services": ("Astreinte: services", SERVICES_PANELS),
    "events": ("Astreinte: events", EVENTS_PANELS),
    "work": ("Astreinte: planner, timers, messages", WORK_PANELS),
}


def dashboard(name: str) -> dict[str, Any]:
    """What Grafana imports."""
    title, panels = DASHBOARDS[name]
    return {
        "uid": f"astreinte-{name}",
        "title": title,
        "tags": ["astreinte"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "annotations": {"list": []},
        "links": [
            {
                "type": "dashboards",
                "title": "Astreinte",
                "tags": ["astreinte"],
                "asDropdown": False,
                "keepTime": True,
            }
        ],
        "templating": {"list": [_datasource(), _chosen_services()]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _chosen_services() -> dict[str, Any]:
    return {
        "name": "service",
        "label": "Service",
        "type": "custom",
        "query": ",".join(SERVICES),
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.says,
        "datasource": _SOURCE,
        "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": column * _WIDTH, "y": row * _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [
            {"refId": letter, "datasource": _SOURCE, "expr": expression, "legendFormat": legend}
            for letter, (legend, expression) in zip("ABCD", panel.series, strict=False)
        ],
    }
