"""An office with a folder of its own, real files and what it typed last; and the notice of its second year."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cuibao.front import house
from cuibao.front.cli import main

WHO = ("--reason", "按规定办理", "--by", "王五")
NOTICE = """测试市民生工作领导小组办公室文件
测民〔2021〕2号
关于印发2021年全市民生工作要点的通知
各责任单位：
现将《2021年全市民生工作要点》印发给你们，请认真贯彻执行。市直各责任单位将完成情况于6月30日、12月25日前报市民生办。邮箱：bangongshi@163.example
测试市民生工作领导小组办公室
2021年3月1日
2021年全市民生工作要点
一、办好人民满意教育
1. 新建幼儿园。全年新建幼儿园30所，新增学位5000个。（牵头责任单位：市教育局，协同责任单位：市财政局）
2. 资助困难学生。全年资助困难学生1.2万人。（牵头责任单位：市教育局）
二、做好社会保障工作
3. 提高居民医保水平。居民医保参保率达到95%以上。（牵头责任单位：市医疗保障局，协同责任单位：市财政局等）
"""
OFFICE = """# 测试办的设置
office: {name: 测试市民生工作领导小组办公室, short: 测试办, contact: 陈某, phone: "0553-0000000", digest_to: [chen@office.gov.cn]}
notice: {number: 测民〔2020〕1号, year: 2020, title: 2020年全市民生工作要点}
mailbox: {address: bangongshi@163.example, since: 2020-05-15}  # 本办邮箱
"""
REGISTRY = """items:
  - {"no": 1, section: 教育, title: 新建幼儿园, lead: [市教育局], targets: [{indicator: 新建幼儿园, comparison: at_least, value: 25, measure: 所}]}
  - {"no": 2, section: 社会保障, title: 扶贫助困, lead: [市扶贫办], cooperating: [市财政局]}
"""
UNITS = """# 责任单位和联系人：测民〔2020〕1号点名的3个单位。
units:
  - {name: 市教育局, contacts: [{name: 张老师, email: jyj@edu.gov.cn}]}
  - {name: 市财政局, contacts: [{name: 赵科, email: czj@fin.gov.cn}], escalate_to: [ju@fin.gov.cn]}
  - {name: 市扶贫办, contacts: [{name: 孙某, email: fpb@gov.example.cn}]}
"""


@dataclass
class Office:
    """An office with a configuration of its own, and what it typed last."""

    root: Path
    capsys: pytest.CaptureFixture[str]
    code: int = 0
    err: str = ""

    def __call__(self, *words: str, now: str = "2021-03-02T10:00") -> str:
        self.capsys.readouterr()
        self.code = main(["--sandbox", "--now", now, *words])
        out, self.err = self.capsys.readouterr()
        return out

    def doc(self, *words: str, now: str = "2021-03-02T10:00") -> Any:
        return json.loads(self(*words, "--json", now=now))

    @property
    def store(self) -> Path:
        return self.root / "store" / "sandbox"

    @property
    def config(self) -> Path:
        return self.root / "config"

    def notice(self, name: str = "通知.txt", data: bytes | None = None) -> str:
        path = self.root / name
        path.write_bytes(NOTICE.encode() if data is None else data)
        return str(path)

    def answer(self, draft: Path) -> None:
        """Say of 市医疗保障局, which is new in the second year, that it reports."""
        path = draft / "units.yaml"
        text = path.read_text(encoding="utf-8")
        unanswered = "name: 市医疗保障局\n    aliases: []\n    contacts"
        answered = unanswered.replace("    contacts", "    duty: report\n    contacts")
        path.write_text(text.replace(unanswered, answered), encoding="utf-8")

    def texts(self, folder: Path) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}


def office_folder(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    """An office that has begun nothing yet, under `root`, where its commands run."""
    (root / "config").mkdir(parents=True)
    for name, text in (("office", OFFICE), ("registry", REGISTRY), ("units", UNITS)):
        (root / "config" / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(house, "ROOT", root)
    monkeypatch.chdir(root)
    for name in ("CUIBAO_MAIL_USER", "CUIBAO_MAIL_PASSWORD", "CUIBAO_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return Office(root, capsys)
