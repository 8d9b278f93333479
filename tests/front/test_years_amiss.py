"""A year before, or a year ahead, whose configuration or ledger is not as it should be: it is told, and this year's work goes on."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from adopting import Place
from doubles import mail
from world import EDUCATION

from cuibao.front import house
from cuibao.front.cli import main
from cuibao.front.house import House
from cuibao.front.renewal import Renewal

JUNE = "2021-06-21T10:00"
REPORT = "第二季度已新建幼儿园30所，新增学位5000个，全年任务已完成。"


@dataclass
class Bot:
    """The command line in the sandbox of an office."""

    place: Place
    capsys: pytest.CaptureFixture[str]
    code: int = 0
    err: str = ""

    def __call__(self, *words: str, now: str = JUNE) -> str:
        self.capsys.readouterr()
        folders = ("--config", str(self.place.config), "--store", str(self.place.store))
        self.code = main(["--sandbox", *folders, "--now", now, *words])
        out, self.err = self.capsys.readouterr()
        return out

    def doc(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def problems(self, path: Path) -> list[tuple[str, str]]:
        """What `check` says of a file or folder, with its weight."""
        told = self.doc("check")["problems"]
        return [(one["severity"], one["message"]) for one in told if one["file"].startswith(path.as_posix())]

    def receives(self, raw: bytes) -> dict[str, Any]:
        file = self.place.base / "a.eml"
        file.write_bytes(raw)
        (line,) = self("receive", "--from", str(file), "--json").splitlines()
        return dict(json.loads(line))


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bot:
    """In its second year."""
    monkeypatch.setattr(house, "ROOT", tmp_path)
    for name in ("CUIBAO_MAIL_USER", "CUIBAO_MAIL_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUIBAO_SECRET", "k" * 40)
    place = Place(tmp_path / "office", mode="sandbox")
    place.adopt()
    return Bot(place, capsys)


def report(bot: Bot) -> bytes:
    """What 市教育局 sends from its own address."""
    unit = House(bot.place.config, bot.place.store, sandbox=True).office.registry.unit(EDUCATION)
    assert unit is not None
    name = "市教育局2021年第二季度完成情况"
    return mail(unit.contacts[0].email, name, REPORT, pdf=f"{name}.pdf")


def broken(config: Path) -> None:
    (config / "2020" / "registry.yaml").write_text("items: [\n", encoding="utf-8")


def without_office(config: Path) -> None:
    (config / "2020" / "office.yaml").unlink()


def gone(config: Path) -> None:
    shutil.rmtree(config / "2020")


def of_another_year(config: Path) -> None:
    shutil.copy(config / "office.yaml", config / "2020")


@pytest.mark.parametrize("harm", [broken, without_office, gone, of_another_year])
def test_this_years_work_goes_on_and_the_year_before_is_told(bot: Bot, harm: Any) -> None:
    harm(bot.place.config)
    assert bot.doc("status")["period"].startswith("2021")
    assert bot.doc("plan")["letters"] is not None
    bot("record", EDUCATION, "2021Q2", "--reason", "电话报送", "--by", "王五")
    assert bot.code == 0
    assert bot.receives(report(bot))["period"] == "2021Q2"
    assert bot.problems(bot.place.config / "2020") != []
    (line,) = [one for one in bot.doc("doctor")["checks"] if one["name"] == "config"]
    assert line["state"] == "bad"
    assert "往年的配置不能使用" in line["message"]
    bot("remind")
    raised = [json.loads(one)["data"]["key"] for one in bot("ledger", "--kind", "alarm.raised", "--json").splitlines()]
    assert "years" in raised


@pytest.mark.parametrize(
    ("harm", "severity", "words"),
    [
        (broken, "error", "YAML"),
        (without_office, "warning", "2020 年已有台账，却没有该年的配置"),
        (gone, "warning", "2020 年已有台账，却没有该年的配置"),
        (of_another_year, "error", "文件夹名为 2020，其中却是 2021 年的通知"),
    ],
)
def test_what_is_amiss_is_named(bot: Bot, harm: Any, severity: str, words: str) -> None:
    harm(bot.place.config)
    (found,) = bot.problems(bot.place.config / "2020")
    assert found[0] == severity
    assert words in found[1]
    assert bot.code == (2 if severity == "error" else 0)


def test_its_quarters_are_refused_with_the_reason(bot: Bot) -> None:
    gone(bot.place.config)
    bot("status", "--period", "2020Q4")
    assert (bot.code, "2020 年已有台账，却没有该年的配置" in bot.err, "tar -xzf" in bot.err) == (2, True, True)
    bot("status", "--period", "2019Q4")
    assert "没有编号为“2019Q4”的季度" in bot.err


def test_a_folder_of_a_year_that_had_no_ledger_is_nothing(bot: Bot) -> None:
    (bot.place.config / "2019").mkdir()
    assert bot.problems(bot.place.config / "2019") == []


def test_a_key_is_not_made_anew_where_only_the_lost_year_has_a_ledger(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUIBAO_SECRET")
    gone(bot.place.config)
    bot("remind")
    assert (bot.code, "密钥" in bot.err) == (1, True)
    assert not (bot.place.store / "secret").exists()


# ---- a daemon at work


def renewed(bot: Bot) -> Renewal:
    place = bot.place
    return Renewal(House(place.config, place.store, True, environ={"CUIBAO_SECRET": "k" * 40}, writes=True), remade)


def remade(old: House) -> House:
    fresh = House(old.config, old.store, old.sandbox, old.environ, writes=True, last_good=old.earlier)
    _ = fresh.desk
    return fresh


@pytest.mark.parametrize("harm", [broken, gone])
def test_a_daemon_works_on_with_the_year_before_as_it_was_and_tells(bot: Bot, harm: Any) -> None:
    renewal = renewed(bot)
    assert [desk.office.notice.year for desk in renewal.house.desk.years] == [2021, 2020]
    harm(bot.place.config)
    renewal()
    desk = renewal()
    assert desk is not None
    assert [one.office.notice.year for one in desk.years] == [2021, 2020]
    assert "config/2020" in desk.left_out


# ---- a configuration from before the adoption, put back


def undone(bot: Bot) -> str:
    backup = next((bot.place.store / "backups").glob("full-*"))
    return bot("restore", str(backup), "--with-config")


def test_a_mail_that_the_later_year_has_counted_is_not_counted_again(bot: Bot) -> None:
    raw = report(bot)
    first = bot.receives(raw)
    assert (first["kind"], first["confidence"], first["period"]) == ("submission", "certain", "2021Q2")
    out = undone(bot)
    assert "2021 年的台账暂不使用，其中已登记的来件不重复登记" in out
    before = (bot.place.store / "2020.jsonl").read_bytes()
    found = bot.receives(raw)
    assert (found["duplicate"], found["period"]) == (True, "2021Q2")
    assert (bot.place.store / "2020.jsonl").read_bytes() == before
    assert [words for _, words in bot.problems(bot.place.store / "2021.jsonl")] == [
        "现行的是 2020 年的通知，2021 年的台账暂不使用，其中已登记的来件不重复登记"
    ]


def test_adopted_again_the_later_year_goes_on_where_it_was(bot: Bot) -> None:
    raw = report(bot)
    bot.receives(raw)
    undone(bot)
    bot("notice", "adopt", str(bot.place.draft))
    assert bot.code == 0
    assert bot.receives(raw)["duplicate"]
    assert bot.doc("status", "--period", "2021Q2")["counts"]["received"] == 1
    assert bot.problems(bot.place.store) == []
