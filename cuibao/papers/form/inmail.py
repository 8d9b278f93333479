"""The forms of a mail: attached to it or to a mail enclosed in it, or pasted into its own words; and their tokens."""

from collections.abc import Iterator
from functools import lru_cache

from cuibao.papers.attachments import Attachment
from cuibao.papers.form.layout import UNIT, Table, beside, may_hold_form
from cuibao.papers.form.pasted import html_tables, text_tables
from cuibao.papers.mail import Mail
from cuibao.papers.token import tokens_in

PICTURE = "是图片，其中的完成数不能自动读取，请经办人对照原件；如方便，请补报可编辑的完成情况表"
SCAN = "是扫描件，其中的完成数不能自动读取，请经办人对照原件；如方便，请补报可编辑的完成情况表"


def forms_in(mail: Mail) -> tuple[Table, ...]:
    """Every form of a mail, attached ones first."""
    attached = tuple(table for one in attachments_of(mail) for table in one.tables)
    return attached + pasted(mail)


def pasted(mail: Mail) -> tuple[Table, ...]:
    """The forms in a mail's own words, without what these quote."""
    if not may_hold_form(mail.own_text):
        return ()
    return _tables_in(mail.html, mail.own_text)


@lru_cache(maxsize=1)
def _tables_in(page: str, own_text: str) -> tuple[Table, ...]:
    """Several rules ask for those of one mail, one after another."""
    return (html_tables(page, own_text) if page else ()) or text_tables(own_text)


def form_tokens(mail: Mail) -> tuple[str, ...]:
    """The tokens of a mail's attached forms, well-formed ones, ours or not."""
    return tuple(dict.fromkeys(token for one in attachments_of(mail) for token in one.tokens))


def shown_tokens(table: Table) -> tuple[str, ...]:
    """The tokens that stand in the cells of a form, as they do at its foot, well-formed ones, ours or not."""
    return tokens_in("\n".join(cell for row in table.rows for cell in row))


def form_heads(mail: Mail) -> str:
    """What the forms say after 填报单位, a line each."""
    return "\n".join(head for table in forms_in(mail) if (head := beside(table, UNIT)))


def pictured(mail: Mail) -> Iterator[str]:
    """A sentence for each report that holds figures only a person can read."""
    for one in mail.attachments:
        if one.reports and one.kind == "image" and not one.inline:
            yield f"附件“{one.name}”{PICTURE}"
        elif one.reports and one.kind == "pdf" and one.state == "kept" and not one.problem:
            yield f"附件“{one.name}”{SCAN}"


def attachments_of(mail: Mail) -> Iterator[Attachment]:
    """Every attachment of a mail, with those in archives and in enclosed mails."""
    for one in mail.attachments:
        yield one
        yield from one.members
    for inner in mail.enclosed:
        yield from attachments_of(inner)
