"""`wave` on the command line: what would leave is shown in full, and let go or held with a name and a reason."""

import json
from pathlib import Path

import pytest

from cuibao.front.cli import main

NOW = "2020-06-15T08:00"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def command(*words: str, now: str = NOW) -> tuple[int, str, str]:
        status = main(["--sandbox", "--store", str(tmp_path / "s"), "--now", now, *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_the_list_shows_recipients_and_the_text_of_a_letter(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("wave", "list", "--unit", "市教育局")
    assert status == 0
    assert "u13@danwei.example" in out
    assert "主题：关于报送2020年全市民生工作要点第二季度完成情况的提醒（市教育局）" in out
    assert "市财政局：" not in out


def test_the_list_for_programs_holds_every_letter_in_full(run) -> None:  # type: ignore[no-untyped-def]
    waves = json.loads(run("wave", "list", "--json")[1])
    assert [(wave["period"], wave["stage"], len(wave["letters"])) for wave in waves] == [("2020Q2", "first", 40)]
    assert {"unit", "deadline", "to", "cc", "items", "send_at", "waits", "subject", "text"} == set(
        waves[0]["letters"][0]
    )


def test_a_wave_is_held_and_let_go_again(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("wave", "hold", "2020Q2", "提醒", "--by", "陈某", "--reason", "领导外出")
    assert (status, "已暂缓第二季度提醒：现有 40 封待发" in out) == (0, True)
    waiting = json.loads(run("wave", "list", "--json")[1])[0]
    assert {letter["waits"] for letter in waiting["letters"]} == {"经办人暂缓：领导外出"}
    assert json.loads(run("plan", "--json")[1])["letters"] == []
    status, out, _ = run("wave", "approve", "2020Q2", "first", "--code", waiting["code"], "--by", "陈某")
    assert (status, "已批准第二季度提醒 40 封" in out) == (0, True)
    assert len(json.loads(run("plan", "--json")[1])["letters"]) == 40


def test_a_wave_is_sent_before_its_time(run) -> None:  # type: ignore[no-untyped-def]
    early = "2020-06-12T10:00"
    status, out, _ = run(
        "wave", "send", "2020Q2", "提醒", "--unit", "市教育局", "--by", "陈某", "--reason", "领导要求", now=early
    )
    assert (status, "已准予提前发出第二季度提醒 1 封（台账第 2 条）" in out) == (0, True)
    (letter,) = json.loads(run("plan", "--until", early, "--json", now=early)[1])["letters"]
    assert (letter["unit"], letter["due_at"], letter["send_at"]) == ("市教育局", *["2020-06-12T10:00:00+08:00"] * 2)
    assert "提醒（提前发出）：领导要求" in run("ledger", "--kind", "wave", now=early)[1].replace("\n", "")
    status, _, err = run("wave", "send", "2020Q2", "overdue", "--by", "陈某", "--reason", "领导要求", now=early)
    assert (status, "须待报送截止（6月30日）后方可发出" in err) == (2, True)
    assert run("wave", "send", "2020Q2", "urge", "--by", "陈某", now=early)[0] == 2


def test_a_hold_counts_the_letters_that_it_keeps(run) -> None:  # type: ignore[no-untyped-def]
    who = ("--by", "陈某", "--reason", "电话报送")
    for unit in ("市教育局", "市医保局"):
        run("record", unit, "2020Q2", *who)
    out = run("wave", "hold", "2020Q2", "提醒", *who)[1]
    assert "已暂缓第二季度提醒：现有 38 封待发" in out
    out = run("wave", "hold", "2020Q2", "urge", "--unit", "市财政局", "--unit", "市教育局", *who)[1]
    assert "已暂缓第二季度催报：现有 1 封待发" in out


def test_a_letter_let_go_before_does_not_change_when_the_others_are_due(run) -> None:  # type: ignore[no-untyped-def]
    early = "2020-06-12T20:00"
    run("wave", "send", "2020Q2", "提醒", "--unit", "市教育局", "--by", "陈某", "--reason", "领导要求", now=early)
    assert "应于 2020-06-15 09:00 发出" in run("wave", "list", now=early)[1]


def test_a_unit_without_a_letter_is_told_why(run) -> None:  # type: ignore[no-untyped-def]
    run("record", "市教育局", "2020Q2", "--by", "陈某", "--reason", "电话报送")
    status, out, _ = run("wave", "list", "--unit", "市教育局", "--unit", "市财政局")
    assert status == 0
    assert out.count("没有待发的函件") == 1
    assert "市教育局到下一阶段为止没有待发的函件（第二季度提醒：已收待核）" in out
    out = run("wave", "list", "--unit", "市教育局", now="2021-03-01T09:00")[1]
    assert out == "市教育局到下一阶段为止没有待发的函件（第四季度逾期催报：已无可发时段）\n"


def test_what_was_shown_under_another_code_is_refused(run) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("wave", "approve", "2020Q2", "first", "--code", "000000", "--by", "陈某")
    assert (status, "核对码已变为" in err) == (2, True)


def test_an_unknown_stage_is_named_with_those_there_are(run) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("wave", "hold", "2020Q2", "third", "--by", "陈某", "--reason", "误")
    assert (status, "urge（催报）" in err) == (2, True)


def test_when_all_is_over_the_list_says_so(run) -> None:  # type: ignore[no-untyped-def]
    assert "没有待发的函件" in run("wave", "list", now="2021-03-01T09:00")[1]
