"""A mail with what the reading room found in its attachments."""

from collections.abc import Iterator
from dataclasses import replace

from cuibao.desk.ports import ReadingRoom
from cuibao.papers.attachments import Attachment
from cuibao.papers.mail import Mail


def opened(mail: Mail, room: ReadingRoom) -> Mail:
    """The mail, and those enclosed in it, with every attachment opened that may hold a text: all in one visit, for which the room
    has one limit of time. A mail without any goes nowhere near it."""
    closed = list(_closed(mail))
    return _filled(mail, iter(room.read(closed))) if closed else mail


def _closed(mail: Mail) -> Iterator[Attachment]:
    yield from (one for one in mail.attachments if one.to_open)
    for inner in mail.enclosed:
        yield from _closed(inner)


def _filled(mail: Mail, answers: Iterator[Attachment]) -> Mail:
    attachments = tuple(next(answers) if one.to_open else one for one in mail.attachments)
    return replace(mail, attachments=attachments, enclosed=tuple(_filled(inner, answers) for inner in mail.enclosed))
