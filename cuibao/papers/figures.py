"""The figures and words of a mail: its forms, read for the unit and period that the mail is about; and what of them is not taken."""

import re
from collections.abc import Iterator
from dataclasses import replace

from cuibao.papers.attachments import Attachment
from cuibao.papers.form.inmail import attachments_of, pasted, pictured
from cuibao.papers.form.layout import Table, shows_form, title
from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.papers.mail import Mail
from cuibao.papers.whichperiod import periods_in
from cuibao.papers.whose import View

NO_TABLE = "中的完成情况表不能按表格读取，完成数请经办人对照原件登记"
_YEAR = re.compile(r"(20\d\d)年")
NOT_OURS = "的标识与我办发件不符（可能被改动，或为往年的表），其中内容未予采用"


def figures_of(mail: Mail, view: View, unit: str, period: str) -> FormRead:
    """What the forms of a mail say of that unit and period. A form that bears the token of another unit or period, or one that no
    letter of ours has, is told and not taken; one that bears none is."""
    refused: list[str] = []
    tables: list[Table] = []
    for where, table, why in _tables(mail, view, unit, period):
        if why := why or _other_title(table, view, period):
            refused.append(f"{where}{why}")
        else:
            tables.append(table)
    read = read_forms(tables, _expected(view, unit, period)) if tables else FormRead()
    told = (*refused, *read.problems, *_unread(mail), *(pictured(mail) if not tables and not refused else ()))
    return replace(read, problems=tuple(dict.fromkeys(told)), complete=read.complete and not told)


def _tables(mail: Mail, view: View, unit: str, period: str) -> Iterator[tuple[str, Table, str]]:
    """Every form of a mail: where it stands, the form, and why it is not this unit's for this period, "" where nothing speaks against it."""
    for one in attachments_of(mail):
        why = _why_not(one, view, unit, period)
        yield from ((f"附件“{one.name}”", table, why) for table in one.tables)
    yield from (("来信正文", table, "") for table in pasted(mail))


def _other_title(table: Table, view: View, period: str) -> str:
    """What speaks against a form whose title names other periods or years only: a sheet of last quarter's beside this one's."""
    above = title(table)
    years, named = _YEAR.findall(above), periods_in(above, view)
    if years and period[:4] not in years:
        names = f"{years[0]}年"
    elif named and period not in named:
        names = "、".join(known.name for known in view.periods if known.key in named)
    else:
        return ""
    return f"中有{names}的完成情况表，其中内容未予采用"


def _why_not(one: Attachment, view: View, unit: str, period: str) -> str:
    """Why the form is not this unit's for this period, in words that follow 附件“…”; "" where nothing speaks against it."""
    letters = [view.letters.get(token) for token in one.tokens]
    if not one.tables or not one.tokens:
        return ""
    for letter in letters:
        if letter is None:
            return NOT_OURS
        if (letter.unit, letter.period) != (unit, period):
            names = {known.key: known.name for known in view.periods}
            return f"是{letter.unit}{names.get(letter.period, letter.period)}的完成情况表，其中内容未予采用"
    return ""


def _expected(view: View, unit: str, period: str) -> Expected:
    owed = view.duties.get(unit, frozenset())
    items = tuple(item for item in view.registry.items if item.no in owed)
    return Expected(items, view.leads.get(unit, frozenset()), view.known(unit, period))


def _unread(mail: Mail) -> Iterator[str]:
    """A sentence for each attached form that bears our mark or shows its heads, but has no rows that are sure."""
    for one in attachments_of(mail):
        in_words = one.kind in ("document", "pdf", "spreadsheet") and shows_form(one.text)
        if not one.tables and (one.kind == "form" or in_words):
            yield f"附件“{one.name}”{NO_TABLE}"
