"""Which folders are read, where reading goes on, and what the server's answers are taken for."""

from datetime import date, datetime
from typing import Any

import pytest
from imapclient.exceptions import IMAPClientError

from cuibao.gateways.account import Account, ServerAddress
from cuibao.gateways.folders import Folder, as_folder, folders_to_read, sent_folder
from cuibao.gateways.imap import CHINA, ImapMailbox, Surveyed, as_sent, bundles, decoded, imap_date, starting_point
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Batch, Cursor

HERE = ServerAddress("127.0.0.1", 143, "none")
ACCOUNT = Account("whsmsb", "shouquanma-2020", "whsmsb@163.example", HERE, HERE)
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
        ({b"UIDVALIDITY": 1}, None, Cursor(1, 0)),
        ({b"UIDVALIDITY": 1}, Cursor(1, 1390000001), Cursor(1, 1390000001)),
        ({b"UIDVALIDITY": 2}, Cursor(1, 9), Cursor(2, 0)),
        ({b"UIDVALIDITY": 1, b"UIDNEXT": 10}, Cursor(1, 9), Cursor(1, 9)),
        ({b"UIDVALIDITY": 1, b"UIDNEXT": 5}, Cursor(1, 9), Cursor(1, 0)),
        ({}, None, Cursor(0, 0)),
    ],
)
def test_reading_goes_on_at_the_cursor_unless_the_folder_was_numbered_anew(
    opened: dict[bytes, Any], known: Cursor | None, start: Cursor
) -> None:
    assert starting_point(opened, known) == start


def test_a_header_is_decoded_and_never_raises() -> None:
    assert decoded("=?gb2312?B?tN+xqA==?= (1)") == "催报 (1)"
    assert decoded("=?no-such-charset?B?tN+xqA==?=") == "=?no-such-charset?B?tN+xqA==?="


def test_a_folded_message_id_is_one_word() -> None:
    assert as_sent(b"Message-ID:\r\n <a@b>\r\n\r\n").message_id == "<a@b>"


def test_months_are_english_whatever_the_locale() -> None:
    assert imap_date(date(2020, 6, 5)) == "05-Jun-2020"


# ---- a server that does not give everything


class Server:
    """The few answers of an IMAP client that reading needs; `mute` UIDs never come with a body."""

    def __init__(self, mails: dict[int, bytes], mute: set[int] | None = None) -> None:
        self.mails = mails
        self.mute = mute or set()
        self.asked: list[list[int]] = []
        self.shut: set[bytes] = set()

    def list_folders(self) -> list[tuple[tuple[bytes, ...], bytes, bytes]]:
        return [((), b"/", b"INBOX"), *(((), b"/", name) for name in self.shut)]

    def select_folder(self, wire: bytes, readonly: bool) -> dict[bytes, Any]:
        assert readonly
        if wire in self.shut:
            raise IMAPClientError("EXAMINE failed: NO [NOPERM] closed")
        return {b"EXISTS": len(self.mails), b"UIDVALIDITY": 1}

    def noop(self) -> None:
        pass

    def search(self, criteria: str) -> list[int]:
        first = int(criteria.removeprefix("UID ").removesuffix(":*"))
        return [uid for uid in self.mails if uid >= first] or [max(self.mails)]

    def fetch(self, uids: list[int], data: list[str]) -> dict[int, dict[bytes, Any]]:
        if "RFC822.SIZE" in data:
            return {uid: {b"INTERNALDATE": IN_JUNE, b"RFC822.SIZE": len(self.mails[uid])} for uid in uids}
        self.asked.append(uids)
        return {uid: {} if uid in self.mute else {b"BODY[]": self.mails[uid]} for uid in uids}


def read(
    server: Server, cursor: Cursor | None = None, handed: dict[tuple[str, int], set[int]] | None = None
) -> list[Batch]:
    mailbox = ImapMailbox(server, ACCOUNT, handed=handed)
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
    handed: dict[tuple[str, int], set[int]] = {}
    server = Server({1: b"a", 2: b"b", 3: b"c"}, mute={2})
    read(server, None, handed)
    assert uids(read(server, Cursor(1, 1), handed)) == []
    server.mute.clear()
    healed = read(server, Cursor(1, 1), handed)
    assert uids(healed) == [2]
    assert healed[-1].cursor == Cursor(1, 3)


def test_a_folder_that_cannot_be_opened_is_named_after_the_others_were_read() -> None:
    server = Server({1: b"a"})
    server.shut = {b"closed"}
    reading = ImapMailbox(server, ACCOUNT).batches({}, date(2020, 5, 15))
    assert uids([next(reading)]) == [1]
    with pytest.raises(MailServerError, match="closed"):
        next(reading)


def test_a_large_mail_makes_a_batch_of_its_own() -> None:
    megabyte = 1024 * 1024
    mails = [Surveyed(uid, IN_JUNE, size * megabyte) for uid, size in ((1, 1), (2, 40), (3, 20), (4, 12), (5, 1))]
    assert [[mail.uid for mail in run] for run in bundles(mails)] == [[1], [2], [3, 4], [5]]
