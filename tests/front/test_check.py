"""`check`: what only real use is warned of, and what becomes of the mail that it sends to the office itself."""

import json
import shutil
from pathlib import Path

import pytest
from doubles import Post, desk
from world import at

from cuibao.desk.view import view_of
from cuibao.front import house
from cuibao.front.cli import main
from cuibao.front.kept_copy import send_and_look
from cuibao.papers.judge import judge
from cuibao.papers.mail import read
from cuibao.rules.verdict import Confidence, MailKind

PROGRAM = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program's folder with a config/ of its own."""
    shutil.copytree(PROGRAM / "config", tmp_path / "config")
    (tmp_path / "templates").symlink_to(PROGRAM / "templates")
    monkeypatch.setattr(house, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("CUIBAO_MAIL_USER", "CUIBAO_MAIL_PASSWORD", "CUIBAO_SECRET"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def paths(capsys: pytest.CaptureFixture[str], *words: str) -> set[str]:
    capsys.readouterr()
    assert main([*words, "check", "--json"]) == 0
    return {problem["path"] for problem in json.loads(capsys.readouterr().out)["problems"]}


def test_nobody_to_be_told_is_a_warning_for_real_use_only(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert root.exists()
    assert "office.digest_to" in paths(capsys)
    assert "office.digest_to" not in paths(capsys, "--sandbox")


def test_the_next_years_days_off_are_asked_for_from_november(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = root / "config" / "office.yaml"
    office.write_text(office.read_text(encoding="utf-8").replace("2020", "2040"), encoding="utf-8")
    spring, autumn = (
        paths(capsys, "--sandbox", "--now", f"2040-{day}T09:00") & {"2040", "2041"} for day in ("05-20", "11-01")
    )
    assert (spring, autumn) == ({"2040"}, {"2040", "2041"})


def test_the_mail_to_ourselves_is_our_own_when_it_arrives_and_changes_nothing() -> None:
    post, now = Post(), at("2020-06-15T09:00")
    book = desk(post)
    send_and_look(post, book.office.mailbox.address, now, lambda _seconds: None)
    ((raw, _),) = post.accepted
    verdict = judge(read(raw), view_of(book, now))
    assert (verdict.kind, verdict.confidence, verdict.unit) == (MailKind.OWN, Confidence.CERTAIN, None)
    assert book.ledger.entries() == desk().ledger.entries()
