"""A measure that a form names for all its figures, wherever it says so: figures whose own row says another are doubtful, and told."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hostile
import pytest
from forms import EDUCATION, FIELDS, GOOD, PUPILS, ROADS, UNIT_VIEW, filled, mail_of, read

from cuibao.papers.figures import figures_of
from cuibao.papers.form.reading import FormRead

Hand = Callable[[Any], None]
HEADS = "序号\t指标\t计量单位\t本年累计完成"


def above(line: str) -> Hand:
    def hand(sheet: Any) -> None:
        sheet["E2"] = line

    return hand


def at_the_foot(line: str) -> Hand:
    def hand(sheet: Any) -> None:
        sheet.cell(sheet.max_row + 1, 1).value = line

    return hand


def in_the_last_cell(line: str) -> Hand:
    """At the right edge, under the words of the last item."""

    def hand(sheet: Any) -> None:
        sheet.cell(sheet.max_row + 1, 11).value = line

    return hand


def taken(found: FormRead) -> dict[str, float]:
    return {one.indicator: float(one.value) for one in found.figures}


def without(*indicators: str) -> dict[str, float]:
    return {key: value for key, value in GOOD.items() if key not in indicators}


@pytest.mark.parametrize("hand", [above, at_the_foot, in_the_last_cell])
@pytest.mark.parametrize(
    ("line", "named", "doubtful"),
    [
        ("单位：万人", "万人", (PUPILS,)),
        ("单位=万人", "万人", (PUPILS,)),
        ("单位 万人", "万人", (PUPILS,)),
        ("（万人）", "万人", (PUPILS,)),
        ("万人", "万人", (PUPILS,)),
        ("*万人", "万人", (PUPILS,)),
        ("（单位：万人）", "万人", (PUPILS,)),
        ("单位：千人", "千人", (PUPILS,)),
        ("单位：一万人", "一万人", (PUPILS,)),
        ("单位：10000人", "10000人", (PUPILS,)),
        ("单位：10万人", "10万人", (PUPILS,)),
        ("注：以上数据单位为万人", "万人", (PUPILS,)),
        ("注：人数以“万人”为单位", "万人", (PUPILS,)),
        ("备注：表内数值按万人填报", "万人", (PUPILS,)),
        ("表中数据均为万人", "万人", (PUPILS,)),
        ("以上数字折合万人", "万人", (PUPILS,)),
        ("金额单位：万元，人数单位：万人", "万人", (PUPILS,)),
        ("单位：万人、万亩", "万人", (PUPILS, FIELDS)),
        ("单位：米", "米", (ROADS,)),
        ("计量单位：万", "万", tuple(GOOD)),
        ("表中数据以万为单位", "万", tuple(GOOD)),
        ("计量单位统一为百", "百", tuple(GOOD)),
        ("（人数：万人）", "万人", (PUPILS,)),
        ("万人、公里", "万人", (PUPILS,)),
        ("单位：百分比", "%", tuple(key for key in GOOD if key != "参保率")),
        ("以上数据均为完成率", "%", tuple(key for key in GOOD if key != "参保率")),
        ("表中数值为%", "%", tuple(key for key in GOOD if key != "参保率")),
        ("单位：%", "%", tuple(key for key in GOOD if key != "参保率")),
    ],
)
def test_a_measure_for_the_whole_table_that_is_another_than_the_rows(
    hand: Callable[[str], Hand], line: str, named: str, doubtful: tuple[str, ...]
) -> None:
    found = read(filled(hand(line)))
    assert taken(found) == without(*doubtful)
    assert f"所在表注明“单位：{named}”，未予采用，请核实后更正" in "".join(found.problems)
    assert sum("所在表注明" in problem for problem in found.problems) == len(doubtful)


@pytest.mark.parametrize("hand", [above, at_the_foot])
@pytest.mark.parametrize(
    "line",
    [
        "单位：万元",
        "单位：人",
        "单位：人、万元",
        "单位：所、人、万人",
        "单位：公里",
        "填报单位：千秋小学",
        "责任单位：百姓办",
        "各责任单位千人培训",
        "（万人计划）",
        "引进万人计划人才",
        "千名干部联万户",
        "关于万人培训工程完成情况",
        "较上年增加3万人。",
        "（2.3万人）",
        "（培训人数2.3万）",
        "完成率均有提高",
        "各单位完成率为九成",
        "上述数据不含比例",
        "共下达万元资金",
        "说明：单位为%的填百分号前的数",
        "1000",
    ],
)
def test_words_that_name_no_other_measure_change_nothing(hand: Callable[[str], Hand], line: str) -> None:
    found = read(filled(hand(line)))
    assert (taken(found), found.problems) == (GOOD, ())


def test_the_name_of_a_sheet_may_tell_it() -> None:
    def hand(sheet: Any) -> None:
        sheet.title = "完成情况表（万人）"

    assert taken(read(filled(hand))) == without(PUPILS)


def test_a_measure_that_the_rows_have_too_is_theirs() -> None:
    rows = f"单位：万人\n{HEADS}\n11\t{PUPILS}\t万人\t2.3"
    assert taken(read(rows.encode(), name="完成情况表.txt")) == {PUPILS: 23000}


@pytest.mark.parametrize("row", [f"11\t{PUPILS}\t\t23000", f"11\t{PUPILS}\t—\t23000"])
def test_a_row_without_a_measure_has_its_targets(row: str) -> None:
    rows = f"{HEADS}\n{row}"
    assert taken(read(f"单位：万人\n{rows}".encode(), name="完成情况表.txt")) == {}
    assert taken(read(f"单位：人\n{rows}".encode(), name="完成情况表.txt")) == {PUPILS: 23000}


def test_a_row_with_a_sub_head_of_a_measure_names_it_for_its_column() -> None:
    rows = f"{HEADS}\n\t\t\t万人\n11\t{PUPILS}\t人\t2"
    found = read(rows.encode(), name="完成情况表.txt")
    assert (taken(found), "所在表注明“单位：万人”" in "".join(found.problems)) == ({}, True)


@pytest.mark.parametrize(
    ("row", "read_"),
    [("以万人为单位\t1", False), ("投入资金（单位：万元）\t1", True), ("每个单位万人以上\t2.3万元", True)],
)
def test_a_row_of_the_table_that_says_it_holds_for_all(row: str, read_: bool) -> None:
    rows = f"{HEADS}\t进展情况\t存在问题\n11\t{PUPILS}\t人\t23000\t{row}\n7\t新建\t所\t18\t单位\t"
    assert (PUPILS in taken(read(rows.encode(), name="完成情况表.txt"))) is read_


def test_a_line_beside_the_table_of_a_document_is_a_caption_too() -> None:
    def cell(words: str) -> str:
        return f"<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"

    def document(line: str) -> bytes:
        rows = (HEADS.split("\t"), ("11", PUPILS, "人", "23000"), ("31", FIELDS, "万亩", "0.023"))
        table = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
        return hostile.word_xml(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p><w:tbl>{table}</w:tbl>".encode())

    for line in ("单位：万人", "（万人）", "以下数据以万人为单位"):
        assert taken(read(document(line), name="完成情况.docx")) == {FIELDS: 230}
    assert taken(read(document("完成情况"), name="完成情况.docx")) == {PUPILS: 23000, FIELDS: 230}


@pytest.mark.parametrize("words", ["附表中的数据以万人为单位。", "见附件（万人）"])
def test_so_are_the_words_of_the_mail(words: str) -> None:
    found = figures_of(replace(mail_of(filled()), own_text=f"您好：\n{words}"), UNIT_VIEW, EDUCATION, "2020Q3")
    assert taken(found) == without(PUPILS)


def test_and_those_around_a_table_that_is_pasted_into_it() -> None:
    cells = "".join(
        f"<tr>{''.join(f'<td>{one}</td>' for one in row.split(chr(9)))}</tr>"
        for row in (HEADS, f"11\t{PUPILS}\t人\t23000")
    )
    for line, figures in (("单位：万人", {}), ("单位：人", {PUPILS: 23000})):
        text = f"{line}\n{HEADS}\n11\t{PUPILS}\t人\t23000"
        mail = replace(mail_of(), own_text=text, html=f"<p>{line}</p><table>{cells}</table>")
        assert taken(figures_of(mail, UNIT_VIEW, EDUCATION, "2020Q3")) == figures
        assert taken(figures_of(replace(mail, html=""), UNIT_VIEW, EDUCATION, "2020Q3")) == figures
