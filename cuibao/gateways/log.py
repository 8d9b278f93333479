"""The log: structured lines on standard error (structlog). Nothing of a mail and no secret ever reaches one.

structlog is imported at the first event: commands that only read have none, and start the quicker."""

import logging
import sys
from typing import Any

_json = False


def as_json(chosen: bool) -> None:
    """Whether lines are JSON, for machines, or plain words; asked before the first event."""
    global _json
    _json = chosen


def info(event: str, **facts: object) -> None:
    """Something that happened as it should."""
    _logger().info(event, **facts)


def warning(event: str, **facts: object) -> None:
    """Something that a person should look at."""
    _logger().warning(event, **facts)


def error(event: str, **facts: object) -> None:
    """Something that went wrong."""
    _logger().error(event, **facts)


def exception(event: str, **facts: object) -> None:
    """Something that went wrong in the code itself, with the traceback of the exception at hand."""
    _logger().exception(event, **facts)


def _logger() -> Any:
    import structlog

    if not structlog.is_configured():
        rendered = (
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if _json
            else structlog.dev.ConsoleRenderer(colors=False)
        )
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=False),
                structlog.processors.format_exc_info,
                rendered,
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return structlog.get_logger()
