"""文件 on the officers' page: what there is of a quarter, made when it is asked for."""

import io
from urllib.parse import quote
from zipfile import ZipFile

import docx
import openpyxl
import pytest
from office_page import Browser, House
from PIL import Image, ImageFont
from world import at

LEDGER, SUMMARY = "2020年第二季度工作台账.xlsx", "2020年第二季度完成情况汇总（草稿）.docx"
EVERYTHING = "2020年第二季度全部文件.zip"
URGING = "2020年第二季度催报函（草稿）_市教育局.docx"


@pytest.fixture
def officer(house: House) -> Browser:
    return house.officer()


def where(name: str, period: str = "2020Q2") -> str:
    return f"/documents/{period}/{quote(name)}"


def test_what_there_is_is_listed_by_quarter(house: House, officer: Browser) -> None:
    page = officer.get("/documents?period=2020Q2").text
    assert all(f">{name}</a>" in page for name in (LEDGER, SUMMARY, URGING, "2020年第二季度报送工作通报（草稿）.docx"))
    assert "本机没有中文字体" in page
    house.now = at("2020-06-20T10:00")
    before = officer.get("/documents?period=2020Q2").text
    assert ("催报函（草稿）" in before, "通报（草稿）" in before, LEDGER in before) == (False, False, True)
    assert "第二季度报送时限为6月30日前（含当日），尚未到期；未生成通报和催报函。" in before
    assert "未生成" not in page


def test_a_document_is_made_when_it_is_asked_for(officer: Browser) -> None:
    book = openpyxl.load_workbook(io.BytesIO(officer.get(where(LEDGER)).data))
    assert book.sheetnames == ["工作进展", "报送情况", "完成数"]
    letter = docx.Document(io.BytesIO(officer.get(where(URGING)).data))
    assert "市教育局：" in [paragraph.text for paragraph in letter.paragraphs]
    answer = officer.get(where(SUMMARY))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert quote(SUMMARY) in answer.headers["Content-Disposition"]


def test_all_documents_of_a_quarter_are_one_click(house: House, officer: Browser) -> None:
    page = officer.get("/documents?period=2020Q2").text
    assert f'href="{where(EVERYTHING)}">全部下载（6 份，压缩包）</a>' in page
    assert page.count(EVERYTHING) <= 1
    answer = officer.get(where(EVERYTHING))
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert {LEDGER, SUMMARY, f"催报函/{URGING}"} < set(archive.namelist())
        assert archive.testzip() is None
    assert quote(EVERYTHING) in answer.headers["Content-Disposition"]
    assert officer.get(where(EVERYTHING)).data == answer.data
    assert house.visitor().get(where(EVERYTHING)).status_code == 302


def test_the_picture_is_there_where_the_machine_has_a_font(house: House, officer: Browser) -> None:
    font = ImageFont.load_default(10).font_bytes
    house.font = lambda: font
    assert "本机没有中文字体" not in officer.get("/documents?period=2020Q2").text
    assert Image.open(io.BytesIO(officer.get(where("2020年第二季度报送情况一图.png")).data)).size == (1600, 900)


@pytest.mark.parametrize(
    "path", [where(URGING, "2020Q3"), where(LEDGER, "2020Q9"), where("x.docx"), "/documents?period=2020Q9"]
)
def test_what_there_is_not_is_said(officer: Browser, path: str) -> None:
    assert officer.get(path).status_code == 404


def test_a_leader_may_take_documents_and_a_stranger_not(house: House) -> None:
    assert house.leader().get(where(LEDGER)).status_code == 200
    assert house.visitor().get(where(LEDGER)).status_code == 302


def test_a_template_that_does_not_work_is_told(house: House) -> None:
    house.desk.templates = {**house.desk.templates, "documents/summary.txt": "{{ nobody.knows }}"}
    answer = house.officer().get(where(SUMMARY))
    assert answer.status_code == 503
    assert "不能用来拟稿" in answer.text
