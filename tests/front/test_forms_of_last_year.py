"""Last year's form in a fresh mail after the next notice is live, over real folders: it counts in its own year, and once."""

import json
from argparse import Namespace
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from doubles import Post, no_wait, parsed
from forms import changed, put
from office_folder import Office, office_folder
from world import EDUCATION, at

from cuibao.desk.tick import Bell
from cuibao.front.house import House

NOW = "2021-01-05T10:03"
ASKED = "2020-12-16T09:00"


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    """In January 2021 the notice of 2021 is already in force. 市教育局 was asked for 2020Q4 in December."""
    made = office_folder(tmp_path / "催报", monkeypatch, capsys)
    house = House.of(Namespace(config=made.config, store=made.store, sandbox=True), writes=True)
    house.servers = post = Post()
    Bell(house.desk, no_wait(at(ASKED))).tick(at(ASKED))
    (raw,) = post.to("jyj@edu.gov.cn")
    (made.root / "letter.eml").write_bytes(raw)
    made("notice", "import", made.notice(), now="2021-01-04T10:00")
    made.answer(made.store / "notices" / "2021-1")
    made("notice", "adopt", str(made.store / "notices" / "2021-1"), now="2021-01-04T10:00")
    assert made.code == 0, made.err
    return made


def form(bot: Office) -> bytes:
    """The form that came with December's letter, filled in."""
    letter = parsed((bot.root / "letter.eml").read_bytes())
    blank = next(one for one in letter.iter_attachments() if str(one.get_filename()).endswith(".xlsx"))
    return changed(blank.get_content(), put("新建幼儿园", 26))


def taken_in(
    bot: Office, *, subject: str = "完成情况", name: str = "完成情况表.xlsx", now: str = NOW, **headers: str
) -> Any:
    """What is made of a mail from 市教育局 that brings the form."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "jyj@edu.gov.cn", "bangongshi@163.example", subject
    message["Date"], message["Message-ID"] = datetime.fromisoformat(f"{now}+08:00"), f"<{now[:10]}@edu.gov.cn>"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content("见附件")
    message.add_attachment(form(bot), maintype="application", subtype="octet-stream", filename=name)
    path = bot.root / "mail.eml"
    path.write_bytes(message.as_bytes())
    return bot.doc("receive", "--from", str(path), now=now)


def kinds(bot: Office, year: str) -> list[str]:
    """What that year's ledger says of mails and reports."""
    lines = map(json.loads, bot("ledger", "--period", year, "--json", now=NOW).splitlines())
    return [one["kind"] for one in lines if one["kind"].startswith(("mail.", "submission."))]


@pytest.mark.parametrize("name", ["完成情况表.xlsx", "第四季度完成情况表.xlsx"])
def test_a_form_of_last_year_is_last_years_report(bot: Office, name: str) -> None:
    told = taken_in(bot, name=name)
    assert (told["confidence"], told["unit"], told["period"]) == ("certain", EDUCATION, "2020Q4")
    assert [(one["indicator"], one["value"]) for one in told["figures"]] == [("新建幼儿园", "26")]
    assert "form_token" in [one["rule"] for one in told["evidence"]]
    assert kinds(bot, "2020") == ["mail.kept", "mail.judged", "submission.received"]
    assert kinds(bot, "2021") == []


def test_one_that_answers_this_years_letter_waits_for_a_person(bot: Office) -> None:
    house = House.of(Namespace(config=bot.config, store=bot.store, sandbox=True), writes=True)
    house.servers = post = Post()
    Bell(house.desk, no_wait(at("2021-06-16T09:00"))).tick(at("2021-06-16T09:00"))
    (letter,) = post.to("jyj@edu.gov.cn")
    told = taken_in(bot, now="2021-06-17T10:03", In_Reply_To=parsed(letter)["Message-ID"])
    assert (told["confidence"], told["period"], told["figures"]) == ("probable", "2021Q2", [])
    assert kinds(bot, "2020") == []
