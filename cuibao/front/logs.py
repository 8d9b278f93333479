"""Logs: structured lines on standard error; nothing of a mail and no secret ever reaches one."""

import logging
import sys

import structlog


def set_up(*, json: bool) -> None:
    """One line an event: JSON for machines, else plain words; APScheduler speaks up only when something is wrong."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False) if json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
