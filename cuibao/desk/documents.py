"""Documents: the files of a quarter that go up to the office's leaders, made from what the ledger says now."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from itertools import count
from pathlib import PurePath
from zipfile import ZipFile, ZipInfo

from cuibao.desk import overview
from cuibao.desk.context import Desk
from cuibao.papers.attachments import safe_name
from cuibao.papers.documents.drafts import bulletin, summary, urging
from cuibao.papers.documents.ledger_book import ledger_book
from cuibao.papers.documents.picture import picture
from cuibao.papers.wording import deadline_words
from cuibao.rules.office import Office
from cuibao.rules.period import Period
from cuibao.rules.quarter import Quarter, Reporting, quarter
from cuibao.rules.standing import UnitStanding
from cuibao.rules.window import begun
from cuibao.rules.workdays import CHINA

URGING_FOLDER = "催报函"
_FULL_WIDTH = str.maketrans("/\\", "／＼")


@dataclass(frozen=True, slots=True)
class Document:
    """A file to hand on; `name` may have a folder before it. `make` makes it without the desk, so that it may take its time beside others at
    work there, and raises CuibaoError for a template that does not work."""

    name: str
    make: Callable[[], bytes]


def quarter_of(desk: Desk, period: Period, now: datetime) -> Quarter:
    """The period as the ledger has it now."""
    return quarter(desk.office, desk.duties, desk.book(), period, now)


def documents(desk: Desk, found: Quarter, font: Callable[[], bytes] | None) -> Iterator[Document]:
    """台账, 汇总, 通报 once there is something to tell of, a 催报函 for each unit whose report is overdue, and 一图, where `font` reads a
    Chinese font."""
    office, templates = desk.office, desk.templates
    name = _one_part(f"{office.notice.year}年{found.period.name}")
    yield Document(f"{name}工作台账.xlsx", lambda: ledger_book(office, found))
    yield Document(f"{name}完成情况汇总（草稿）.docx", lambda: summary(office, found, templates))
    if found.overdue or found.by_reporting[Reporting.LATE]:
        yield Document(f"{name}报送工作通报（草稿）.docx", lambda: bulletin(office, found, templates))
    files = _urging_files(name, [unit.unit for unit in found.units])
    for unit in found.overdue:
        written = _written(desk, unit)
        make = partial(urging, office, found, unit, written, templates)
        yield Document(f"{URGING_FOLDER}/{files[unit.unit]}", make)
    if font:
        yield Document(f"{name}报送情况一图.png", lambda: picture(office, found, font()))


def together(office: Office, found: Quarter, files: Sequence[Document]) -> Document:
    """All of them in one zip archive, their folders in it."""
    name = _one_part(f"{office.notice.year}年{found.period.name}")
    return Document(f"{name}全部文件.zip", lambda: _zipped(files, found.at.astimezone(CHINA)))


def _zipped(files: Sequence[Document], at: datetime) -> bytes:
    """Python marks Chinese names as UTF-8, which Windows' own folders, WinRAR and 7-Zip read. The files are packed already."""
    held = BytesIO()
    with ZipFile(held, "w") as archive:
        for one in files:
            entry = ZipInfo(one.name, at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, one.make())
    return held.getvalue()


def not_made(office: Office, found: Quarter) -> str:
    """Why there is no 通报 or no 催报函 among the documents, in a sentence; "" where there are both."""
    if not found.closed:
        deadline = f"报送时限为{deadline_words(found.period)}"
        so_far = f"{deadline}，尚未到期" if begun(office, found.period, found.at) else f"尚未开始报送，{deadline}"
        return f"{found.period.name}{so_far}；未生成通报和催报函。"
    if found.overdue:
        return ""
    if found.by_reporting[Reporting.LATE]:
        return "没有逾期未报的单位，未生成催报函。"
    return "没有逾期未报或迟报的单位，未生成通报和催报函。"


def _urging_files(name: str, units: Sequence[str]) -> dict[str, str]:
    """By unit, the name of its 催报函. Names that come to the same, on a disk that takes capitals for small letters too, get a number, which
    does not hang on who is late now: a link that was shown yesterday is not another unit's today."""
    files: dict[str, str] = {}
    taken: set[str] = set()
    for unit in units:
        file = PurePath(safe_name(f"{name}催报函（草稿）_{_one_part(unit)}.docx"))
        numbered = (file.name if number == 1 else f"{file.stem}_{number}{file.suffix}" for number in count(1))
        files[unit] = next(one for one in numbered if one.casefold() not in taken)
        taken.add(files[unit].casefold())
    return files


def _one_part(name: str) -> str:
    """A name without what would part folders."""
    return name.translate(_FULL_WIDTH)


def _written(desk: Desk, unit: UnitStanding) -> list[datetime]:
    """When letters reached the unit that asked it for its report."""
    letters = overview.reminders(desk.book(), unit.unit, unit.period.key)
    return [letter.reached_at for letter in letters if letter.reached_at]
