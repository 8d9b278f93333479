"""What stands around the items: number, title, organ, date, mailbox, reporters, and what is asked where it is missing."""

from datetime import date

import pytest

from cuibao.papers.notice.draft import NoticeRefused
from cuibao.papers.notice.head import Around, city_of, read_head
from cuibao.papers.notice.source import Line
from cuibao.papers.notice.text import running


def around(*lines: str) -> Around:
    return read_head(running([Line(line, f"第{number}行") for number, line in enumerate(lines, start=1)]))


def asked(found: Around) -> str:
    return "\n".join(question.message for question in found.questions)


def test_a_bare_year_is_enough_and_everything_else_is_asked() -> None:
    found = around("办好2021年的实事")
    assert (found.head.year, found.head.number, found.head.organ, found.head.issued_on) == (2021, "", "", None)
    for missing in ("文号", "标题", "印发机关", "印发日期", "报送邮箱", "报送时限"):
        (place,) = (one.place for one in found.questions if one.message == f"没有找到{missing}")
        assert place == "全文"


def test_without_a_year_a_notice_is_refused() -> None:
    with pytest.raises(NoticeRefused, match="没有写明年份") as refused:
        around("办好实事")
    assert refused.value.place == "全文"


def test_the_year_is_the_titles_then_the_numbers_then_the_dates() -> None:
    assert around("云民〔2020〕5号", "关于印发《2021年民生要点》的通知").head.year == 2021
    assert around("云民〔2020〕5号", "2021年1月5日").head.year == 2020
    assert around("办好实事", "2019年1月5日").head.year == 2019


def test_a_number_of_another_year_is_asked_about() -> None:
    found = around("云川市人民政府文件", "云民〔2020〕5号", "关于印发《2021年民生要点》的通知")
    (place,) = (one.place for one in found.questions if "文号的年份（2020年）与标题的年份（2021年）不同" in one.message)
    assert place == "第2行"


def test_a_number_that_is_cited_is_not_the_notices() -> None:
    assert around("按照云民〔2019〕5号要求", "云民办〔2020〕7号").head.number == "云民办〔2020〕7号"


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("关于印发《2021年民生要点》的通知", "2021年民生要点"),
        ("关于下达2021年民生任务的通知", "2021年民生任务"),
        ("2021年民生实事工作要点", "2021年民生实事工作要点"),
        ("云川市关于2021年民生实事任务分工方案的通知", "2021年民生实事任务分工方案"),
        ("关于做好2021年民生工作的通知", "做好2021年民生工作"),
    ],
)
def test_titles_are_read(line: str, title: str) -> None:
    assert around(line).head.title == title


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2021年3月5日", date(2021, 3, 5)),
        ("云川市人民政府办公室2021年3月5日印发", date(2021, 3, 5)),
        ("云川市人民政府2021年3月5日", date(2021, 3, 5)),
        ("二〇二一年十月二十三日", date(2021, 10, 23)),
        ("二○二一年十一月三十日", date(2021, 11, 30)),
        ("2021年2月30日", None),
        ("自2021年3月5日起施行", None),
    ],
)
def test_dates_are_read_where_they_stand_alone(line: str, day: date | None) -> None:
    assert around("2021年民生实事工作要点", line).head.issued_on == day


@pytest.mark.parametrize(
    ("lines", "organ"),
    [
        (("云川市民生办公室文件", "2021年1月5日"), "云川市民生办公室"),
        (("2021年民生要点说明", "云川市民生工作领导小组", "2021年1月5日"), "云川市民生工作领导小组"),
        (("云川市人民政府办公室关于做好2021年民生工作的通知", "2021年1月5日印发"), "云川市人民政府办公室"),
        (("2021年1月5日印发", "云川市工作专班"), "云川市工作专班"),
    ],
)
def test_the_organ_is_found(lines: tuple[str, ...], organ: str) -> None:
    assert around(*lines).head.organ == organ


def test_of_two_mailboxes_the_first_is_taken_and_a_person_asked() -> None:
    found = around("2021年民生实事工作要点", "邮箱：a@example.cn，抄报b@example.cn")
    assert found.head.mailbox == "a@example.cn"
    assert "不止一个邮箱：a@example.cn、b@example.cn" in asked(found)


def test_where_leads_report_a_person_is_asked_about_the_others() -> None:
    found = around("2021年民生实事工作要点", "各牵头单位于6月30日前报送进展。")
    assert found.head.reporters == "各牵头单位"
    (place,) = (one.place for one in found.questions if "没有要求协同单位报送" in one.message)
    assert place == "第2行"


def test_the_city_is_the_organs() -> None:
    assert city_of("中共云川市委办公室") == "云川市"
    assert city_of("松溪县人民政府") == "松溪县"
    assert city_of("工作专班") == ""
