"""Which folders are read, where reading goes on, and what the server's answers are taken for."""

from datetime import date, datetime
from typing import cast

import pytest
from imapclient.exceptions import IMAPClientError

from cuibao.gateways.folder_memory import FolderMemory, Memory, must_look_below, starting_point
from cuibao.gateways.folders import Folder, as_folder, folders_to_read, sent_folder
from cuibao.gateways.imap import CHINA, ImapMailbox, Surveyed, as_sent, bundles, decoded, imap_date
from cuibao.gateways.imap_session import FolderRefusedError, Opened, Row, Session, rows_by_uid
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Batch, Cursor

IN_JUNE = datetime(2020, 6, 20, 9, 0, tzinfo=CHINA)
NETEASE = [
    ((), b"/", b"INBOX"),
    ((b"\\Drafts",), b"/", b"&g0l6P3ux-"),
    ((b"\\Sent",), b"/", b"&XfJT0ZAB-"),
    ((b"\\Trash",), b"/", b"&XfJSIJZk-"),
    ((b"\\Junk",), b"/", b"&V4NXPpCuTvY-"),
]


def folders(*lines: tuple[tuple[bytes, ...], bytes, bytes | str]) -> list[Folder]:
    return [as_folder(*line) for line in lines]


def names(found: list[Folder]) -> list[str]:
    return [folder.name for folder in found]


def test_of_a_163_mailbox_inbox_and_junk_are_read() -> None:
    assert names(folders_to_read(folders(*NETEASE))) == ["INBOX", "垃圾邮件"]


def test_names_decide_where_the_server_flags_nothing() -> None:
    plain = folders(*(((), b"/", wire) for _, _, wire in NETEASE), ((), b".", b"INBOX.Sent Messages"))
    assert names(folders_to_read(plain)) == ["INBOX", "垃圾邮件"]
    assert sent_folder(plain) == plain[2]


@pytest.mark.parametrize("name", ["Sent Messages", "Drafts", "Deleted Messages", "Trash", "Sent Items"])
def test_english_names_are_known_too(name: str) -> None:
    assert folders_to_read(folders(((), b"/", name))) == []


def test_a_folder_flagged_as_junk_is_read_whatever_its_name() -> None:
    assert names(folders_to_read(folders(((b"\\Junk",), b"/", b"Trash")))) == ["Trash"]


def test_a_folder_that_only_holds_others_is_not_opened() -> None:
    assert folders_to_read(folders(((b"\\Noselect",), b"/", b"Archive"))) == []


def test_inbox_comes_first_and_skipped_folders_not_at_all() -> None:
    some = folders(((), b"/", b"a"), ((), b"/", b"b"), ((), b"/", b"Inbox"))
    assert names(folders_to_read(some, ("A",))) == ["Inbox", "b"]


def test_a_name_that_is_no_utf_7_is_kept_as_it_stands() -> None:
    assert as_folder((), b"/", b"&AGE").name
    assert as_folder((), b"/", b"&2AA-").wire == b"&2AA-"


def test_the_configured_folder_of_what_was_sent_comes_before_the_flagged_one() -> None:
    some = folders(*NETEASE, ((), b"/", b"Archive"))
    assert sent_folder(some, "Archive") == some[-1]
    assert sent_folder(some, "missing") is None
    assert sent_folder(some) == some[2]


@pytest.mark.parametrize(
    ("opened", "known", "start"),
    [
        (Opened(1, 1), None, Cursor(1, 0)),
        (Opened(1, 1), Cursor(1, 1390000001), Cursor(1, 1390000001)),
        (Opened(1, 2), Cursor(1, 9), Cursor(2, 0)),
        (Opened(1, 1, 10), Cursor(1, 9), Cursor(1, 9)),
        (Opened(1, 1, 5), Cursor(1, 9), Cursor(1, 0)),
        (Opened(0, 0), None, Cursor(0, 0)),
    ],
)
def test_reading_goes_on_at_the_cursor_unless_the_folder_was_numbered_anew(
    opened: Opened, known: Cursor | None, start: Cursor
) -> None:
    assert starting_point(opened, known) == start


@pytest.mark.parametrize(
    ("opened", "listed", "looks"),
    [
        (Opened(3, 1), [9], False),
        (Opened(4, 1), [9, 12], False),
        (Opened(2, 1), [8], True),  # the cursor's own mail is gone
        (Opened(3, 1), [12], True),
        (Opened(4, 1), [9], True),  # one more, and not above the cursor
        (Opened(2, 1, 13), [12], False),  # UIDNEXT is to be relied on
    ],
)
def test_what_lies_below_the_cursor_is_listed_only_where_something_is_odd(
    opened: Opened, listed: list[int], looks: bool
) -> None:
    assert must_look_below(opened, Cursor(1, 9), listed, FolderMemory(1, exists=3)) is looks


def test_a_mail_that_does_not_come_rests_longer_each_time_and_is_told_once() -> None:
    memory = FolderMemory(1)
    told, waits = [], []
    for _ in range(7):
        told.append(memory.failed([5], 0.0))
        waits.append(memory.late[5].due / 60)
    assert waits == [0, 0, 10, 30, 120, 720, 720]
    assert told == [[], [], [5], [], [], [], []]


def test_rows_are_told_apart_by_their_uid_and_what_names_none_is_left_out() -> None:
    lines = [
        b"7 (FLAGS (\\Seen))",
        (b"2 (UID 9 BODY[] {1}", b"b"),
        b")",
        b'1 (BODY[] "x")',
        b"2 (FLAGS () UID 9)",
        None,
    ]
    assert {uid: row.get(b"BODY[]") for uid, row in rows_by_uid(lines).items()} == {9: b"b"}


@pytest.mark.parametrize("line", [b"1 2", b"1 (UID)", b"1", b"(((", b"(" * 5000, b"1 (99999999999999 x UID 1 y)"])
def test_what_is_no_answer_to_fetch_is_an_error_and_never_a_row(line: bytes) -> None:
    with pytest.raises((ValueError, TypeError, IMAPClientError, RecursionError)):
        rows_by_uid([line])


def test_a_header_is_decoded_and_never_raises() -> None:
    assert decoded("=?gb2312?B?tN+xqA==?= (1)") == "催报 (1)"
    assert decoded("=?no-such-charset?B?tN+xqA==?=") == "=?no-such-charset?B?tN+xqA==?="


def test_a_folded_message_id_is_one_word() -> None:
    assert as_sent(b"Message-ID:\r\n <a@b>\r\n\r\n").message_id == "<a@b>"


def test_months_are_english_whatever_the_locale() -> None:
    assert imap_date(date(2020, 6, 5)) == "05-Jun-2020"


# ---- a server that does not give everything


class Server:
    """The few answers of a session that reading needs; `mute` UIDs never come with a body, `shut` folders never open."""

    def __init__(self, mails: dict[int, bytes], mute: set[int] | None = None) -> None:
        self.mails = mails
        self.mute = mute or set()
        self.asked: list[list[int]] = []
        self.shut: set[bytes] = set()
        self.broken = False
        self.cached_folders: tuple[float, list[Folder]] | None = None

    def folders(self) -> list[Folder]:
        return [as_folder((), b"/", name) for name in (b"INBOX", *self.shut)]

    def examine(self, folder: Folder) -> Opened:
        if folder.wire in self.shut:
            raise FolderRefusedError("NO [NOPERM] closed")
        return Opened(len(self.mails), 1)

    def uids_from(self, folder: Folder, uid: int) -> list[int]:
        return [found for found in sorted(self.mails) if found >= uid] or [max(self.mails)]

    def rows(self, folder: Folder, uids: list[int], items: str) -> dict[int, Row]:
        return {uid: {b"INTERNALDATE": IN_JUNE, b"RFC822.SIZE": len(self.mails[uid])} for uid in uids}

    def bodies(self, folder: Folder, uids: list[int], size: int) -> dict[int, bytes]:
        self.asked.append(uids)
        return {uid: self.mails[uid] for uid in uids if uid not in self.mute}


def read(server: Server, cursor: Cursor | None = None, memory: Memory | None = None) -> list[Batch]:
    mailbox = ImapMailbox(cast(Session, server), memory=memory, clock=lambda: 0.0)
    return list(mailbox.batches({"INBOX": cursor} if cursor else {}, date(2020, 5, 15)))


def uids(batches: list[Batch]) -> list[int]:
    return [arrival.uid for batch in batches for arrival in batch.arrivals]


def test_the_last_mail_that_a_range_always_names_is_not_read_twice() -> None:
    assert read(Server({7: b"a"}), Cursor(1, 7)) == []


def test_a_mail_without_its_body_is_asked_for_once_more_alone() -> None:
    server = Server({1: b"a", 2: b"b"}, mute={2})
    read(server)
    assert server.asked == [[1, 2], [2]]


def test_the_cursor_stays_before_a_mail_that_does_not_come_but_later_ones_are_read() -> None:
    batches = read(Server({1: b"a", 2: b"b", 3: b"c"}, mute={2}))
    assert uids(batches) == [1, 3]
    assert batches[-1].cursor == Cursor(1, 1)


def test_what_was_handed_over_beyond_it_is_not_handed_over_at_every_poll() -> None:
    memory = Memory()
    server = Server({1: b"a", 2: b"b", 3: b"c"}, mute={2})
    read(server, None, memory)
    assert uids(read(server, Cursor(1, 1), memory)) == []
    server.mute.clear()
    memory.of("INBOX", 1).late[2].due = 0.0
    healed = read(server, Cursor(1, 1), memory)
    assert uids(healed) == [2]
    assert healed[-1].cursor == Cursor(1, 3)


def test_a_folder_that_cannot_be_opened_is_named_after_the_others_were_read() -> None:
    server = Server({1: b"a"})
    server.shut = {b"closed"}
    reading = ImapMailbox(cast(Session, server)).batches({}, date(2020, 5, 15))
    assert uids([next(reading)]) == [1]
    with pytest.raises(MailServerError, match="closed"):
        next(reading)


def test_a_large_mail_makes_a_batch_of_its_own() -> None:
    megabyte = 1024 * 1024
    mails = [Surveyed(uid, IN_JUNE, size * megabyte) for uid, size in ((1, 1), (2, 40), (3, 20), (4, 12), (5, 1))]
    assert [[mail.uid for mail in run] for run in bundles(mails)] == [[1], [2], [3, 4], [5]]
