"""`officer` on the command line: logins made, listed and taken away, with passwords that are typed, piped in or made up."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cuibao.front.cli import main
from cuibao.front.commands import officer as module
from cuibao.gateways.officers import OfficerFile
from cuibao.rules.officers import Rank

PASSWORD = "correct horse"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def logins(tmp_path: Path) -> OfficerFile:
    return OfficerFile(tmp_path / "s")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def command(*words: str, piped: str = "", typed: list[str] | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(piped) if typed is None else Terminal())
        answers: Iterator[str] = iter(typed or [])

        def ask(prompt: str) -> str:
            if (answer := next(answers, None)) is None:
                raise EOFError
            return answer

        monkeypatch.setattr(module, "getpass", ask)
        status = main(["--store", str(tmp_path / "s"), "officer", *words])
        said = capsys.readouterr()
        assert PASSWORD not in said.out + said.err
        return status, said.out, said.err

    return command


def test_a_password_is_typed_twice(run, logins: OfficerFile) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("add", "陈某", typed=[PASSWORD, PASSWORD])
    assert (status, out) == (0, "已设立经办人“陈某”的账户\n")
    found = logins.check("陈某", PASSWORD)
    assert found is not None
    assert found.rank is Rank.OFFICER


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ([PASSWORD, PASSWORD + "!"], "两次输入的密码不一致"),
        (["short"], "密码至少 8 位"),
        ([], "没有读到密码"),
    ],
)
def test_a_password_that_will_not_do_makes_no_login(  # type: ignore[no-untyped-def]
    run, logins: OfficerFile, typed: list[str], words: str
) -> None:
    status, _, err = run("add", "陈某", typed=typed)
    assert (status, words in err) == (2, True)
    assert logins.list() == ()


def test_a_name_that_will_not_do_is_told_before_a_password_is_asked(run) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("add", "cuibao", typed=[])
    assert (status, "不能用作姓名" in err) == (2, True)


def test_a_script_pipes_one_line_in(run, logins: OfficerFile) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("add", "王某", "--role", "leader", "--json", piped=f"{PASSWORD}\r\nmore\n")
    assert (status, json.loads(out)) == (0, {"name": "王某", "role": "leader"})
    assert logins.check("王某", PASSWORD) is not None


def test_nothing_piped_in_is_told(run, logins: OfficerFile) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("add", "王某")
    assert (status, "没有读到密码" in err, "--generate" in err) == (2, True, True)
    assert logins.list() == ()


def test_a_made_up_password_is_shown_once(run, logins: OfficerFile) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("add", "陈某", "--generate")
    match = re.search(r"密码：((?:[a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4})（只显示这一次", out)
    assert match is not None
    assert logins.check("陈某", match[1]) is not None
    doc = json.loads(run("add", "陈某", "--generate", "--json")[1])
    assert set(doc) == {"name", "role", "password"}
    assert doc["password"] != match[1]
    assert logins.check("陈某", doc["password"]) is not None


def test_adding_again_says_that_it_changes(run) -> None:  # type: ignore[no-untyped-def]
    run("add", "陈某", piped=PASSWORD)
    assert (
        "已更新领导（只读）“陈某”的密码和身份，此前的登录随即失效"
        in run("add", "陈某", "--role", "leader", piped=PASSWORD)[1]
    )


def test_the_list_shows_names_and_ranks_only(run) -> None:  # type: ignore[no-untyped-def]
    assert "尚未设立账户" in run("list")[1]
    assert json.loads(run("list", "--json")[1]) == {"officers": []}
    run("add", "陈某", piped=PASSWORD)
    run("add", "王某", "--role", "leader", piped=PASSWORD)
    out = run("list")[1]
    assert re.search(r"陈某\s+经办人", out)
    assert re.search(r"王某\s+领导（只读）", out)
    assert json.loads(run("list", "--json")[1]) == {
        "officers": [{"name": "陈某", "role": "officer"}, {"name": "王某", "role": "leader"}]
    }


def test_a_login_is_taken_away(run, logins: OfficerFile) -> None:  # type: ignore[no-untyped-def]
    run("add", "陈某", piped=PASSWORD)
    run("add", "王某", piped=PASSWORD)
    assert "已删除经办人“陈某”的账户" in run("remove", "陈某")[1]
    assert json.loads(run("remove", "王某", "--json")[1]) == {"name": "王某", "role": "officer"}
    assert logins.list() == ()
    status, _, err = run("remove", "陈某")
    assert (status, "没有“陈某”的账户" in err) == (2, True)


def test_the_sandbox_has_logins_of_its_own_even_beside_a_ledger_that_cannot_be_read(  # type: ignore[no-untyped-def]
    run, logins: OfficerFile
) -> None:
    logins.path.parent.mkdir()
    (logins.path.parent / "2020.jsonl").write_bytes(b"{}\n")
    assert run("add", "陈某", "--sandbox", piped=PASSWORD)[0] == 0
    assert run("list", "--sandbox")[0] == 0


def test_without_store_a_sandbox_login_goes_into_the_sandboxs_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cuibao.front.house.ROOT", tmp_path)
    assert main(["--sandbox", "officer", "add", "陈某", "--generate"]) == 0
    assert OfficerFile(tmp_path / "store" / "sandbox").find("陈某") is not None
    assert OfficerFile(tmp_path / "store").list() == ()


def test_another_time_is_not_taken(run) -> None:  # type: ignore[no-untyped-def]
    status, _, err = run("add", "陈某", "--now", "2020-06-15T09:00", piped=PASSWORD)
    assert (status, "--now" in err) == (2, True)
