"""JSON logs, one object a line, with the correlation of the request or event they belong to."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

from infra.chassis.ops.context import current

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; ``extra`` fields stand beside the fixed ones."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        context = current()
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "message": record.getMessage(),
        }
        if context.correlation_id:
            line["correlation_id"] = context.correlation_id
        if context.traceparent:
            line["trace_id"] = context.traceparent[3:35]
        if context.actor:
            line["actor"] = context.actor
        line.update((key, value) for key, value in record.__dict__.items() if key not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def service_logger(
    service: str, *, stream: TextIO | None = None, level: int = logging.INFO
) -> logging.Logger:
    """A logger of its own for one service, in no registry: four of them live in one process.

    ``stream`` is standard error unless given.
    """
    logger = logging.Logger(f"astreinte.{service}", level)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    logger.addHandler(handler)
    return logger
