"""Which folders of a mailbox are read and which one holds what was sent, by their flags and names."""

from dataclasses import dataclass

from imapclient.imap_utf7 import decode as decode_utf7

_SENT_NAMES = frozenset({"已发送", "已发送邮件", "已发邮件", "sent", "sent messages", "sent items", "sent mail"})
_UNREAD_NAMES = _SENT_NAMES | frozenset(
    {"草稿箱", "草稿", "草稿夹", "drafts", "draft"}
    | {"已删除", "已删除邮件", "已删除的邮件", "trash", "deleted messages", "deleted items", "deleted"}
)
_UNREAD_FLAGS = frozenset({b"\\sent", b"\\drafts", b"\\trash", b"\\noselect", b"\\nonexistent"})


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the mailbox. `name` is decoded for people, `wire` is what the server calls it, flags in lower case."""

    name: str
    wire: bytes
    delimiter: str
    flags: frozenset[bytes]

    @property
    def is_inbox(self) -> bool:
        """Whether it is INBOX, in whatever case (RFC 3501, 5.1)."""
        return self.name.casefold() == "inbox"

    @property
    def known_as(self) -> str:
        """The name without case and without the INBOX. that some servers put before every folder."""
        return self.name.casefold().removeprefix(f"inbox{self.delimiter}")


def as_folder(flags: tuple[bytes, ...], delimiter: bytes | None, wire: bytes | str) -> Folder:
    """A line of LIST as a folder. A name that is not well-formed modified UTF-7 (RFC 3501, 5.1.3) is kept as it stands."""
    raw = wire if isinstance(wire, bytes) else wire.encode()
    try:
        name = decode_utf7(raw)
    except ValueError:
        name = raw.decode("latin-1")
    return Folder(name, raw, (delimiter or b"").decode("latin-1"), frozenset(flag.lower() for flag in flags))


def folders_to_read(folders: list[Folder], skip: tuple[str, ...] = ()) -> list[Folder]:
    """INBOX first, then every selectable folder but 已发送, 草稿箱, 已删除 and those to skip. Junk is read: replies land there."""
    skipped = {name.casefold() for name in skip}
    chosen = [folder for folder in folders if _is_read(folder) and folder.name.casefold() not in skipped]
    return sorted(chosen, key=lambda folder: not folder.is_inbox)


def sent_folder(folders: list[Folder], configured: str = "") -> Folder | None:
    """The folder that holds what was sent: the configured one, else the one flagged \\Sent, else by its usual names."""
    if configured:
        return next((folder for folder in folders if folder.name.casefold() == configured.casefold()), None)
    flagged = (folder for folder in folders if b"\\sent" in folder.flags)
    named = (folder for folder in folders if folder.known_as in _SENT_NAMES and b"\\noselect" not in folder.flags)
    return next(flagged, None) or next(named, None)


def _is_read(folder: Folder) -> bool:
    if folder.flags & _UNREAD_FLAGS:
        return False
    return b"\\junk" in folder.flags or folder.known_as not in _UNREAD_NAMES
