"""Mails and the reading room: asked once for a mail, and only for one that has something to open."""

import hostile
from doubles import PROGRESS, Post, Room, desk, mail, parsed
from world import EDUCATION, at

from cuibao.desk import receive
from cuibao.desk.context import Desk
from cuibao.rules.verdict import Judged

ARRIVED, NOW = at("2020-06-16T10:00"), at("2020-06-16T10:03")
JYJ = "jyj@edu.example"


def told(room: Room) -> tuple[Desk, Post]:
    post = Post()
    book = desk(post)
    book.reading_room = room
    return book, post


def poll_one(book: Desk, post: Post, raw: bytes) -> Judged:
    post.arrive(raw, ARRIVED)
    (found,) = receive.poll(book, NOW)
    return found


def test_a_mail_without_attachments_never_touches_the_room() -> None:
    room = Room()
    poll_one(*told(room), mail(JYJ, "二季度", PROGRESS))
    assert room.asked == []


def test_a_picture_never_touches_the_room() -> None:
    room, message = Room(), parsed(mail(JYJ, "二季度", "见图"))
    message.add_attachment(
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND", maintype="image", subtype="png", filename="a.png"
    )
    poll_one(*told(room), message.as_bytes())
    assert room.asked == []


def test_what_the_room_found_is_judged() -> None:
    room = Room({"报告.pdf": {"state": "read", "text": f"{EDUCATION}文件\n第二季度完成情况"}})
    found = poll_one(*told(room), mail(JYJ, "报送", "见附件", pdf="报告.pdf"))
    assert room.asked == [["报告.pdf"]]
    assert [one.state for one in found.verdict.attachments] == ["read"]
    assert "name_in_letterhead" in [one.rule for one in found.verdict.evidence]
    assert "period_in_attachment" in [one.rule for one in found.verdict.evidence]


def test_enclosed_mails_are_opened_on_the_same_visit() -> None:
    room = Room({"inner.pdf": {"problem": "已加密，无法读取", "state": "refused", "reports": False}})
    outer = parsed(mail(JYJ, "转发", "见附件", pdf="outer.pdf"))
    outer.add_attachment(parsed(mail("x@else.example", "报送", "见附件", pdf="inner.pdf", number="2")))
    poll_one(*told(room), outer.as_bytes())
    assert room.asked == [["outer.pdf", "inner.pdf"]]


def test_an_attachment_that_kills_the_child_parks_nothing_and_stops_no_mail(tmp_path) -> None:
    from cuibao.gateways.reading_room import ReadingRoom

    book, post = told(Room())
    book.reading_room = ReadingRoom(tmp_path / "reading")
    message = parsed(mail(JYJ, "报送", "见附件"))
    message.add_attachment(hostile.far_cells(), maintype="application", subtype="zip", filename="报表.xlsx")
    post.arrive(message.as_bytes(), ARRIVED)
    post.arrive(mail(JYJ, "报送", "见附件", pdf="报告.pdf", number="2"), ARRIVED)
    bad, good = receive.poll(book, NOW)
    assert "附件“报表.xlsx”读取时超出时间或内存限度，未能读取" in bad.verdict.reasons
    assert (bad.verdict.kind, good.verdict.kind) == ("unclear", "submission")
    assert not book.book().unjudged
