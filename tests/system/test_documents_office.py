"""The documents of a quarter of 52 items and 40 units in a real office program: opened, set in pages, measured on the pages."""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from PIL import Image
from suites import lacking
from world import Log, at

from cuibao.desk.context import Desk
from cuibao.desk.documents import documents, quarter_of
from cuibao.front.house import House
from cuibao.gateways.fonts import REMEDY, chinese_font
from cuibao.papers.documents.official import official
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.registry import Role

ROOT = Path(__file__).parents[2]
NOW = at("2020-07-03T10:00")
POINTS = 72 / 25.4
STAND_INS = {
    "方正小标宋简体": "Noto Serif CJK TC",
    "仿宋_GB2312": "Noto Serif CJK SC",
    "楷体_GB2312": "Noto Sans Mono CJK SC",
    "黑体": "Noto Sans CJK SC",
    "宋体": "Noto Serif CJK KR",
}
"""Fonts that are free, for those that documents name: one that a page shows then tells which was asked for."""


def a_quarter(desk: Desk) -> Log:
    """Every second unit has reported, with words on each of its items and a figure for each target that it leads, some too low."""
    log = Log()
    for place, unit in enumerate(desk.office.registry.units[::2]):
        figures, words = [], []
        for duty in desk.duties[unit.name]:
            item = desk.office.registry.item(duty.item)
            assert item
            words.append(
                {
                    "item": duty.item,
                    "progress": f"第{duty.item}项按计划推进。" * 8,
                    "problems": "征迁进度慢。",
                    "next_steps": "",
                }
            )
            if duty.role is Role.LEAD:
                figures += [
                    {"item": duty.item, "indicator": one.indicator, "value": str(one.value * (3 + place % 5) / 10), "measure": one.measure}
                    for one in item.targets
                ]  # fmt: skip
        data = {"arrived_at": "2020-06-20T09:00:00+08:00", "figures": figures, "words": words}
        log.append([Draft(Kind.SUBMISSION_RECEIVED, at("2020-06-20T09:00"), "2020Q2", unit.name, data=data)])
    return log


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the documents, and beside each the pdf that LibreOffice makes of it."""
    font = chinese_font()
    if shutil.which("soffice") is None or font is None:
        lacking(f"LibreOffice and a Chinese font are needed. {REMEDY}")
    folder = tmp_path_factory.mktemp("documents")
    (folder / "store").mkdir()
    desk = House(ROOT / "config", folder / "store", True, environ={}, writes=False).desk
    desk.ledger = a_quarter(desk)
    for one in written(desk, NOW, font).items():
        (folder / Path(one[0]).name).write_bytes(one[1])
    set_in_pages(folder, *sorted(folder.glob("*.docx")), *folder.glob("*.xlsx"))
    return folder


def set_in_pages(folder: Path, *files: Path) -> None:
    """Make a pdf of each file, beside it."""
    subprocess.run(
        [str(shutil.which("soffice")), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), *map(str, files)],
        check=True, capture_output=True, timeout=400, env={**os.environ, "FONTCONFIG_FILE": font_table(folder)},
    )  # fmt: skip


def font_table(folder: Path) -> str:
    """A configuration of fonts with the stand-ins. Returns its path."""
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{named}</string></test>'
        f'<edit name="family" mode="assign" binding="same"><string>{other}</string></edit></match>'
        for named, other in STAND_INS.items()
    )
    path = folder / "fonts.conf"
    path.write_text(f"<fontconfig><include>/etc/fonts/fonts.conf</include>{rules}</fontconfig>", encoding="utf-8")
    return str(path)


def written(desk: Desk, now: datetime, font: Callable[[], bytes] | None) -> Mapping[str, bytes]:
    found = quarter_of(desk, desk.period("2020Q2"), now)
    return {one.name: one.make() for one in documents(desk, found, font)}


def pages(made: Path, name: str) -> list[pypdf.PageObject]:
    (path,) = made.glob(name)
    return list(pypdf.PdfReader(path).pages)


def lines(page: pypdf.PageObject) -> list[tuple[float, float, str]]:
    """What stands on a page: (from the left, from the top, words), in millimetres."""
    found: list[tuple[float, float, str]] = []

    def see(text: str, _cm: object, tm: list[float], *_: object) -> None:
        if text.strip():
            found.append((tm[4] / POINTS, 297 - tm[5] / POINTS, text.strip()))

    page.extract_text(visitor_text=see)
    return found


def test_every_document_opens_and_is_set_in_pages(made: Path) -> None:
    sources = [path for path in made.iterdir() if path.suffix in (".docx", ".xlsx")]
    assert len(sources) == 2 + 1 + 20  # 台账, 汇总, 通报, and a 催报函 for each unit that owes
    assert all(path.with_suffix(".pdf").stat().st_size > 1000 for path in sources)


@pytest.mark.parametrize("name", ["*汇总*.pdf", "*通报*.pdf", "*催报函*市退役军人事务局.pdf"])
def test_pages_are_a4_and_their_text_keeps_to_its_margins(made: Path, name: str) -> None:
    for page in pages(made, name):
        assert [round(edge) for edge in (page.mediabox.width, page.mediabox.height)] == [595, 842]
        body = [one for one in lines(page) if 37 < one[1] < 262]
        assert min(left for left, _, _ in body) > 28 - 0.5
        beyond = {words for left, _, words in body if left > 210 - 26 - 0.5}
        assert beyond <= set("，。、；：）】》”")  # a mark that ends a line may hang, as Word and LibreOffice have it


def test_a_full_page_has_22_lines_of_28_characters(made: Path) -> None:
    found = pages(made, "*汇总*.pdf")
    full = [page for page in found[1:-1] if "（" in page.extract_text()]
    assert len(full) > 5
    heights = [sorted({round(top, 1) for _, top, _ in lines(page) if 37 < top < 262}) for page in full]
    assert max(map(len, heights)) == 22
    apart = [round(after - before, 1) for tops in heights for before, after in pairwise(tops)]
    assert max(set(apart), key=apart.count) == pytest.approx(28.95 / POINTS, abs=0.1)
    rows = [line for page in full for line in page.extract_text().split("\n")]
    assert max(sum(char > "\u2e80" for char in row) for row in rows) == 28


def faces(page: pypdf.PageObject) -> dict[str, tuple[str, float]]:
    """The font, as the file names it, and the size in points of every piece of words on a page."""
    found: dict[str, tuple[str, float]] = {}

    def see(text: str, _cm: object, _tm: object, font: Mapping[str, str] | None, size: float) -> None:
        if text.strip() and font:
            found[text.strip()] = (font["/BaseFont"], size)

    page.extract_text(visitor_text=see)
    return found


def test_title_headings_text_and_page_numbers_are_each_in_their_font_and_size(made: Path) -> None:
    first = faces(pages(made, "*汇总*.pdf")[0])

    def of(*beginnings: str) -> tuple[str, float]:
        return next(face for words, face in first.items() if words.startswith(beginnings))

    title, text, number = of("第二季度完成情况汇总"), of("按照"), of("—")
    heading, under, mark = of("一、"), of("（一）"), of("草稿")
    assert [face[1] for face in (title, heading, under, text, mark, number)] == [22, 16, 16, 16, 16, 14]
    assert heading[0] == mark[0]
    assert len({face[0] for face in (title, heading, under, text, number)}) == 5
    assert all("Serif" in face[0] for face in (title, text, number))
    assert all("Sans" in face[0] for face in (heading, under))


def broken_numbers(found: list[pypdf.PageObject]) -> list[tuple[str, str]]:
    rows = [row for page in found for row in page.extract_text().split("\n")]
    return [pair for pair in pairwise(rows) if pair[0][-1:].isdigit() and pair[1][:1] in "0123456789.%"]


def test_no_number_is_broken_at_the_end_of_a_line(made: Path) -> None:
    found = pages(made, "*汇总*.pdf")
    assert len(found) > 12
    assert broken_numbers(found) == []


def test_a_long_list_of_items_in_a_table_is_broken_between_them(made: Path) -> None:
    items = f"第{'、'.join(map(str, range(1, 60, 2)))}项"
    table = f"| 序号 | 责任单位 | 事项 | 情况 |\n| 1 | 市人力资源和社会保障局 | {items} | 【退回待补】 |"
    (made / "list.docx").write_bytes(official(table, name="通报", author="某市民生办", at=NOW))
    set_in_pages(made, made / "list.docx")
    (page,) = pages(made, "list.pdf")
    assert broken_numbers([page]) == []
    rows = page.extract_text().split("\n")
    assert "【退回待补】" in rows
    assert any(row.endswith("、") for row in rows)


def rules(page: pypdf.PageObject) -> tuple[list[float], list[float]]:
    """The heights at which red lines run and the places of their ends, in millimetres from the upper left corner."""
    contents = page.get_contents()
    assert contents is not None
    drawn = contents.get_data().decode("latin-1")
    begun = re.findall(r"([\d.]+) ([\d.]+) m$", drawn, re.M)
    points = re.findall(r"([\d.]+) [\d.]+ [ml]\b", drawn)
    heights = sorted({297 - float(height) / POINTS for _, height in begun})
    return heights, sorted(float(place) / POINTS for place in points)


def test_red_double_lines_stand_under_the_organ_and_over_the_edge(made: Path) -> None:
    first, *_ = pages(made, "*催报函*市退役军人事务局.pdf")
    (upper, upper_second, lower, lower_second), ends = rules(first)
    assert (ends[0], ends[-1]) == (pytest.approx(20, abs=0.3), pytest.approx(190, abs=0.3))
    name = 30 + 30 / POINTS  # 30 mm from the edge, 30 points tall
    assert upper - name == pytest.approx(4, abs=0.6)
    assert 297 - lower_second == pytest.approx(20, abs=0.6)
    assert 0 < upper_second - upper < 2 > lower_second - lower > 0


def test_a_letter_takes_one_page(made: Path) -> None:
    letters = list(made.glob("*催报函*.pdf"))
    assert len(letters) == 20
    assert {path.name: count for path in letters if (count := len(pypdf.PdfReader(path).pages)) != 1} == {}


def test_a_long_letter_has_text_on_the_page_of_its_signature(made: Path) -> None:
    body = "第7项新建、改扩建公办幼儿园；" * 24
    end = "请贵单位于　　月　　日前将上述事项完成情况报送至某邮箱；确无进展的，请作零报告并说明原因。特此函告。"
    text = f"= 草稿\n# 关于某事\n# 的催报函\n: 市教育局：\n{body}\n{end}\n>> 某办公室\n> 2020年7月3日\n（联系人：张三）"
    (made / "long.docx").write_bytes(official(text, name="函", author="某市民生办", at=NOW, organ="某办公室"))
    set_in_pages(made, made / "long.docx")
    first, second = pages(made, "long.pdf")
    heights = sorted({round(top, 1) for _, top, _ in lines(second) if top < 262})
    rows = [row.replace(" ", "") for row in second.extract_text().split("\n")]
    assert rows.index("某办公室") >= 2
    assert len(heights) == rows.index("（联系人：张三）") + 1
    assert max(top for _, top, _ in lines(first)) < 297 - 20
    (below,) = {round(top, 1) for _, top, _ in lines(second) if top > 262}
    assert below - 0.36 * 14 / POINTS - (297 - 35) == pytest.approx(7, abs=0.5)


@pytest.mark.parametrize("name", ["*汇总*.pdf", "*通报*.pdf"])
def test_the_page_of_a_signature_has_text(made: Path, name: str) -> None:
    last = pages(made, name)[-1]
    heights = sorted({round(top, 1) for _, top, _ in lines(last) if top < 262})
    assert len(heights) >= 2 + 2


def test_page_numbers_stand_outside_on_odd_and_even_pages(made: Path) -> None:
    for number, page in enumerate(pages(made, "*汇总*.pdf")[:4], start=1):
        below = [one for one in lines(page) if one[1] > 262]
        assert "".join(words for _, _, words in below).replace(" ", "") == f"—{number}—"
        left = min(left for left, _, _ in below)
        assert (left > 150) if number % 2 else (left < 40)
        dash = below[0][1] - 0.36 * 14 / POINTS  # it runs above the foot of the characters
        assert dash - (297 - 35) == pytest.approx(7, abs=0.5)


def test_a_letter_begins_with_the_organ_30_millimetres_from_the_edge(made: Path) -> None:
    first, *_ = pages(made, "*催报函*市退役军人事务局.pdf")
    left, top, words = lines(first)[0]
    assert words.startswith("芜湖市民生工作领导小组办公室"[:4])
    assert 30 < top < 45
    assert 25 < left < 60
    assert "— 1 —" not in first.extract_text()


def test_the_ledger_prints_across_with_its_head_on_every_page(made: Path) -> None:
    found = pages(made, "*台账*.pdf")
    assert [round(edge) for edge in (found[0].mediabox.width, found[0].mediabox.height)] == [842, 595]
    for page in found[:4]:
        assert "目标与任务" in page.extract_text().replace("\n", "")


def test_the_picture_shows_the_quarter_in_chinese(made: Path) -> None:
    (path,) = made.glob("*.png")
    image = Image.open(io.BytesIO(path.read_bytes())).convert("L")
    assert image.size == (1600, 900)
    ink = sum(image.crop((70, 40, 1000, 120)).histogram()[:128])
    assert 3_000 < ink < 20_000  # words, not boxes and not nothing
