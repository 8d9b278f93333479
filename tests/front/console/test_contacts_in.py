"""Contacts imported on the page: into the configuration of a real house, and where that cannot be written."""

import errno
import io
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from office_page import OFFICER, PAGES, PASSWORD, Browser
from world import at

from cuibao.front.console.app import make_app
from cuibao.front.house import ROOT, House
from cuibao.front.website import Website
from cuibao.gateways import units_file
from cuibao.gateways.contact_sheet import HEADERS
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.officers import Rank

NOW = at("2020-06-01T10:00")
ROW = ["市教育局", "张三", "jyj@wuhu.gov.cn", "0553-1234567", "否", ""]


@pytest.fixture
def house(tmp_path: Path) -> House:
    config = Path(shutil.copytree(ROOT / "config", tmp_path / "config"))
    return House(config, tmp_path / "store", False, environ={}, writes=True)


@pytest.fixture
def officer(house: House) -> Browser:
    OfficerFile(house.store).add(OFFICER, PASSWORD, Rank.OFFICER, NOW)
    site = Website(lambda: house, lambda: NOW, lambda: None)
    return Browser(make_app(site._services(), PAGES).test_client()).log_in(OFFICER)


def sheet() -> dict[str, tuple[io.BytesIO, str]]:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (list(HEADERS), ROW):
        book.worksheets[0].append(row)
    book.save(file)
    file.seek(0)
    return {"sheet": (file, "联系人.xlsx")}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_contacts_are_imported_into_the_configuration(house: House, officer: Browser) -> None:
    answer = officer.post("/contacts", sheet())
    assert (answer.status_code, "联系人已更新，共 1 处变化" in answer.text) == (200, True)
    assert "jyj@wuhu.gov.cn" in (house.config / "units.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "words"), [(errno.EROFS, "磁盘或文件夹只读"), (errno.EACCES, "没有权限"), (errno.ENOSPC, "磁盘空间已满")]
)
def test_where_the_configuration_cannot_be_written_the_page_says_so_and_nothing_is_lost(
    house: House, officer: Browser, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    before, entries = files(house.config), len(house.ledger.entries())

    def refuse(**_: object) -> tuple[int, str]:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(units_file.tempfile, "mkstemp", refuse)
    answer = officer.post("/contacts", sheet())
    assert answer.status_code == 400
    assert "联系人未导入，未作任何改动" in answer.text
    assert f"文件无法写入（{words}）" in answer.text
    assert (files(house.config), len(house.ledger.entries())) == (before, entries)
