"""JSON logs, one object a line, with the correlation of the request or event they belong to."""

import json
import logging
import math
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


MOST_KNOWN = 1000


class SeldomRepeated(logging.Filter):
    """Lets a message pass once in ``seconds``, whatever is filled in, and says how often it was kept back.

    A client that looks for a server which is away says so twenty times a second.
    """

    def __init__(self, seconds: float = 30.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._last: dict[tuple[str, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.name, record.msg
        if len(self._last) > MOST_KNOWN:  # where each has something of its own filled in already
            self._last.clear()
        at, kept_back = self._last.get(said, (-math.inf, 0))
        if record.created < at + self._seconds:
            self._last[said] = at, kept_back + 1
            return False
        if kept_back:
            record.kept_back = kept_back
        self._last[said] = record.created, 0
        return True


def take_library_logs(service: str, *, stream: TextIO | None = None) -> None:
    """What libraries warn of comes as JSON too, seldom. For a process that is one service and no more."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    handler.addFilter(SeldomRepeated())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


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
