"""The figures and words of a mail: its forms, read for the unit and period that the mail is about; and what of them is not taken."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cuibao.papers.attachments import Attachment
from cuibao.papers.form.blocks import blocks, captions, title
from cuibao.papers.form.inmail import attachments_of, pasted, pictured, shown_tokens
from cuibao.papers.form.layout import (
    MOST_ROWS,
    TITLE,
    Table,
    asides,
    figure_head,
    is_form,
    is_part,
    shows_form,
    squeezed,
)
from cuibao.papers.form.reading import Expected, FormRead, read_forms
from cuibao.papers.mail import Mail
from cuibao.papers.whichperiod import periods_in
from cuibao.papers.whose import View
from cuibao.papers.wording import cited, number_words
from cuibao.rules.progress import Written
from cuibao.rules.registry import Item

_NO_TABLE = "中的完成情况表不能按表格读取，完成数请经办人对照原件登记"
_YEAR = re.compile(r"(20\d\d)年")
_NOT_NOW = re.compile(
    r"(?:示例|样[表例]|作废|去年|上年|同期|上一?季度?|预计|计划|目标任务)[^\n]{0,8}(?:完成情况|情况表)"
    r"|^(?:.*(?:示例|同期)|(?:作废|旧|去年|上年).*)$",
    re.MULTILINE,
)
"""What a title says of a form that is not this quarter's report."""
_FIRST_QUARTER = re.compile(
    r"^第?[一1]季度$|(?:第?[一1]季度|1\s*月?[-—–~～至到]\s*3\s*月)(?=[^\n]{0,12}(?:情况|表))", re.MULTILINE
)
_FIRST = re.compile(r"(?<!前)第?[一1]季度")
"""In a head: no notice asks for it."""
_ASIDE = re.compile(r"[（(][^（()）\n]*[)）]")
_NOTE = re.compile(r"[（(\[【*※]?(?:注|备注|说明|依据|根据|按照?|含|见)")
"""Begins a line above the heads that is no title and may speak of other times."""
_STRANGE_SHEET = re.compile(r"样|例|模板|旧|作废|去年|上年|同期|\d{4}|\d月|季度|年底|预计|计划")
"""Names of sheets that are seldom the form's where another sheet is."""
_MONTH = re.compile(r"(\d{1,2})月")
_ELSEWHERE = re.compile(
    r"^附(?![近属加着带])|^另附|去年|上年|往年|同期|预[计测]|示例|样[表例]|作废|参考|对[比照]|上一?季度?|上期|第?[一1]季度|1[-—–~至]3月"
    r"|其他单位|[区县](?:$|\W|完成|情况)"
)
"""What a caption between rows says where those below it are not the form's."""
_LONGEST_ABOUT = 20_000
"""Characters of a mail's words in which is looked for what they say of its forms."""
_REST = "中的完成情况表分为几段，后面一段没有表头"
_NOT_OURS = "的标识与我办发件不符（可能被改动，或为往年的表）"
ALTERED = "所在表的标识与我办发件不符"
UNDECIDED = "季度待定"


@dataclass(frozen=True, slots=True)
class _Against:
    """What speaks against taking a form, in words that follow where it stands. `quarter` is the one that it is of where only that does."""

    words: str
    quarter: str = ""


_Refused = tuple[str, Table, _Against]
"""Where a form stands, the form, and what speaks against it."""


def figures_of(mail: Mail, view: View, unit: str, period: str, *, adopt: bool = False) -> FormRead:
    """What the forms of a mail say of that unit and period. A form that bears the token of another unit or period, or one that no
    letter of ours has, is told and not taken; one that bears none is. What stands in a form whose token is no letter's is shown all the
    same. `adopt` is an officer's word that the unit filled in the form of another quarter for this one; a form that is this quarter's own
    goes before it."""
    own, others, refused = _sorted(mail, view, unit, period)
    told = [f"{where}{against.words}，其中内容未予采用" for where, _, against in refused]
    altered = [
        table for _, table, why in refused if why.words == _NOT_OURS and not _by_title([title(table)], view, period)
    ]
    if adopt and not own and _of_one_quarter(others):
        name = _names(view, period)
        told += [f"{where}是{against.quarter}的完成情况表，其中内容已按{name}登记" for where, _, against in others]
        own = [table for _, table, _ in others]
    else:
        told += [f"{where}{against.words}，其中内容未予采用" for where, _, against in others]
    read = read_forms(own, _expected(view, unit, period)) if own else FormRead()
    shown = _as_written(read_forms(altered, _expected(view, unit, period)), ALTERED) if altered else ()
    pictures = pictured(mail) if not own and not told else ()
    told += [*read.problems, *_unread(mail), *_cut(mail), *pictures]
    known = {(one.item, one.indicator) for one in read.written} | {(one.item, one.indicator) for one in read.figures}
    written = (*read.written, *(one for one in shown if (one.item, one.indicator) not in known))
    return replace(read, written=written, problems=tuple(dict.fromkeys(told)), complete=read.complete and not told)


def adoptable(mail: Mail, view: View, unit: str, period: str) -> bool:
    """Whether a mail brings forms of other quarters only, which an officer may have taken for this one."""
    own, others, _ = _sorted(mail, view, unit, period)
    return _of_one_quarter(others) and not own


def _of_one_quarter(others: Iterable[_Refused]) -> bool:
    return len({against.quarter for _, _, against in others}) == 1


def undecided(mail: Mail, view: View, unit: str) -> tuple[Written, ...]:
    """What the forms of a unit's mail say whose quarter nothing tells, whichever quarter they are of."""
    tables = [table for _, table, against in _tables(mail, view, unit, None) if against is None or against.quarter]
    expected = Expected(_items(view, unit), view.leads.get(unit, frozenset()))
    return _as_written(read_forms(tables, expected), UNDECIDED)


def _as_written(read: FormRead, why: str) -> tuple[Written, ...]:
    """Every figure of forms that are not taken, as its cell has it."""
    texts = {(one.item, one.indicator): one.text for one in read.written if not one.wrong}
    plain = {(one.item, one.indicator): number_words(one.value) for one in read.figures}
    taken = (Written(no, indicator, text, why) for (no, indicator), text in (plain | texts).items())
    return (*taken, *(replace(one, wrong=why) for one in read.written if one.wrong))


def _sorted(mail: Mail, view: View, unit: str, period: str) -> tuple[list[Table], list[_Refused], list[_Refused]]:
    """The forms of a mail that are this quarter's, those that are another's of the same unit, and the rest."""
    own: list[Table] = []
    others: list[_Refused] = []
    refused: list[_Refused] = []
    for where, table, against in _tables(mail, view, unit, period):
        if against is None:
            own.append(table)
        else:
            (others if against.quarter else refused).append((where, table, against))
    return own, others, refused


def _tables(mail: Mail, view: View, unit: str, period: str | None) -> Iterator[tuple[str, Table, _Against | None]]:
    """Every form of a mail: where it stands, the form, and what speaks against its being this unit's for this period, None for nothing.
    Without a period none is asked for."""
    own_words = tuple(mail.own_text[:_LONGEST_ABOUT].split("\n"))
    for one in attachments_of(mail):
        against = _by_tokens(one.tokens, view, unit, period)
        around = (*own_words, *_around(one)) if one.tables else ()
        forms = [form for table in _looked_at(one.tables, view, unit) for form in _forms(table, around, view, period)]
        titled = [_by_title((form.name, *captions(form)), view, period) for form, *_ in forms]
        beside = _beside([form for form, *_ in forms], view, period)
        for (form, rest, below), *told in zip(forms, titled, beside, strict=True):
            why = (against, rest, *told, below, _by_head(form, view, period))
            yield f"附件“{one.name}”", form, next(filter(None, why), None)
    for table in _looked_at(pasted(mail), view, unit):
        against = _by_tokens(shown_tokens(table), view, unit, period)
        for form, rest, below in _forms(table, own_words, view, period):
            why = (against, rest, _by_title([title(form)], view, period), below, _by_head(form, view, period))
            yield "来信正文", form, next(filter(None, why), None)


def _own_names(view: View, unit: str) -> frozenset[str]:
    """The titles and indicators of a unit's items, as cells have them."""
    items = _items(view, unit)
    return frozenset(
        squeezed(name) for item in items for name in (item.title, *(one.indicator for one in item.targets))
    )


def _looked_at(tables: Sequence[Table], view: View, unit: str) -> Iterator[Table]:
    """The forms, and of the tables without heads those that are as wide as one of them, or have rows of the unit's items: other sheets of
    the same book may hold anything."""
    widths = {table.width for table in tables if is_form(table)}
    for table in tables:
        if is_form(table) or (not table.name and table.width in widths) or _names_ours(table, _own_names(view, unit)):
            yield table


def _names_ours(table: Table, names: frozenset[str]) -> bool:
    rows = (row for row in table.rows if any(map(str.isdecimal, "".join(row))))
    return any(not names.isdisjoint(map(squeezed, row)) for row in rows)


_Form = tuple[Table, _Against | None, _Against | None]
"""A form, and what speaks against it where it has no heads, or stands below another one."""


def _forms(table: Table, around: tuple[str, ...], view: View, period: str | None) -> Iterator[_Form]:
    """The forms of one sheet or table."""

    def is_other(line: str) -> bool:
        return bool(line) and _is_of_another(line, ours, view, period)

    ours = squeezed("".join(captions(table)))
    found = list(blocks(table, is_other))
    about = (*around, *(asides(table) if len(found) > 1 else ()))
    for place, form in enumerate(found):
        form = replace(form, about=about)
        if not is_form(form):
            caption = next((cell for row in form.rows for cell in row if cell), "")
            yield form, _Against(f"中{cited(caption)}以下各行没有表头" if place else _REST), None
            continue
        above = next((line for line in captions(form)[-1:] if place and is_other(line)), "")
        yield form, None, _Against(f"中{cited(above)}不是下发的完成情况表") if above else None


def _is_of_another(line: str, ours: str, view: View, period: str | None) -> bool:
    """Whether a caption between the rows of a form, or below them, says that what follows is something else."""
    plain = squeezed(line)
    if (_NOTE.match(plain) and "以下" not in plain) or is_part(plain):
        return False
    titled = TITLE[-3:] in plain and plain not in ours
    return titled or bool(_ELSEWHERE.search(plain)) or _by_title([plain], view, period) is not None


def _around(one: Attachment) -> list[str]:
    """The lines of a document that stand in no table's row; of a workbook all that belongs to a form is on its sheet."""
    return (
        [] if any(table.name for table in one.tables) else [line for line in one.text.split("\n") if "\t" not in line]
    )


def _by_title(titles: Iterable[str], view: View, period: str | None) -> _Against | None:
    """What speaks against a form whose title, or sheet's name, names other periods or years only, or says that it is none: a sheet of last
    quarter's or a sample beside this one's. What stands in brackets or in a note may speak of other times."""
    if period is None:
        return None
    above = "\n".join(line for line in titles if not _NOTE.match(line))
    plain = _ASIDE.sub("", above)
    years, named = _YEAR.findall(plain), periods_in(plain, view) or periods_in(above, view)
    if years and period[:4] not in years:
        return _Against(f"中有{years[0]}年的完成情况表")
    strange = _NOT_NOW.search(plain) or (None if named else _FIRST_QUARTER.search(plain))
    if strange:
        return _Against(f"中有{cited(strange.group(0))}的内容")
    if named and period not in named:
        names = _names(view, *named)
        return _Against(f"中有{names}的完成情况表", names)
    return None


def _by_head(form: Table, view: View, period: str | None) -> _Against | None:
    """What speaks against a form whose figures are, by their head, of another time: 本年累计完成（截至6月30日）."""
    if period is None:
        return None
    head = figure_head(form)
    years, months, named = _YEAR.findall(head), _MONTH.findall(head), periods_in(head, view)
    first = not named and bool(_FIRST.search(head))
    ends = {f"{known.deadline.month}" for known in view.periods if known.key == period}
    ends |= {f"{3 * quarter}" for quarter in range(1, 5) if period.endswith(f"Q{quarter}")}
    if (
        first
        or (months and months[-1] not in ends)
        or (years and period[:4] not in years)
        or (named and period not in named)
    ):
        return _Against(f"中{cited(head)}注明的时间不是本季度")
    return None


def _beside(forms: Sequence[Table], view: View, period: str | None) -> list[_Against | None]:
    """What speaks against forms that stand in one attachment with the one that we sent: a title that is not its, nor that of a part of it,
    or a sheet's name that speaks of another."""
    titles = [squeezed("".join(captions(form))) for form in forms]
    ours = [one for one in titles if TITLE in one and period in periods_in(one, view)]
    return [
        _Against(f"中{cited(title_ or form.name)}不是下发的完成情况表")
        if ours and len(forms) > 1 and _is_other(title_, form.name, ours[0], view, period)
        else None
        for form, title_ in zip(forms, titles, strict=True)
    ]


def _is_other(title_: str, sheet: str, ours: str, view: View, period: str | None) -> bool:
    if title_ not in ("", ours) and not is_part(title_):
        return True
    return bool(_STRANGE_SHEET.search(sheet)) and period not in periods_in(sheet, view)


def _by_tokens(tokens: Iterable[str], view: View, unit: str, period: str | None) -> _Against | None:
    """What the tokens in a form say against its being this unit's for this period."""
    for letter in map(view.letters.get, tokens):
        if letter is None:
            return _Against(_NOT_OURS)
        if letter.unit != unit:
            return _Against(f"是{letter.unit}{_names(view, letter.period)}的完成情况表")
        if letter.period != period:
            name = _names(view, letter.period)
            return _Against(f"是{unit}{name}的完成情况表", name)
    return None


def _names(view: View, *keys: str) -> str:
    """The names of periods, in their order; the key of one that this notice does not have."""
    known = {one.key: one.name for one in view.periods}
    return "、".join([known[key] for key in known if key in keys] or keys)


def _expected(view: View, unit: str, period: str) -> Expected:
    return Expected(_items(view, unit), view.leads.get(unit, frozenset()), view.known(unit, period))


def _items(view: View, unit: str) -> tuple[Item, ...]:
    owed = view.duties.get(unit, frozenset())
    return tuple(item for item in view.registry.items if item.no in owed)


def _unread(mail: Mail) -> Iterator[str]:
    """A sentence for each attached form that bears our mark or shows its heads, but has no rows that are sure."""
    for one in attachments_of(mail):
        in_words = one.kind in ("document", "pdf", "spreadsheet") and shows_form(one.text)
        if not one.tables and (one.kind == "form" or in_words):
            yield f"附件“{one.name}”{_NO_TABLE}"


def _cut(mail: Mail) -> Iterator[str]:
    """A sentence for each form that has more rows than are read."""
    places = [(f"附件“{one.name}”", one.tables) for one in attachments_of(mail)]
    for where, tables in (*places, ("来信正文", pasted(mail))):
        if any(table.is_cut for table in tables):
            yield f"{where}中的完成情况表超过{MOST_ROWS}行，其后各行未予读取"
