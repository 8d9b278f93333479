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

from cuibao.desk.settling import settle
from cuibao.desk.tick import Bell
from cuibao.front.house import House
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.outcomes import SettledError
from cuibao.rules.verdict import MailKind

NOW, JUNE = "2021-01-05T10:03", "2021-06-17T10:03"
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


def this_years_letter(bot: Office) -> str:
    """The Message-ID of the letter by which 市教育局 is asked for 2021Q2."""
    house = House.of(Namespace(config=bot.config, store=bot.store, sandbox=True), writes=True)
    house.servers = post = Post()
    Bell(house.desk, no_wait(at("2021-06-16T09:00"))).tick(at("2021-06-16T09:00"))
    (letter,) = post.to("jyj@edu.gov.cn")
    return str(parsed(letter)["Message-ID"])


def test_one_that_answers_this_years_letter_waits_for_a_person(bot: Office) -> None:
    told = taken_in(bot, now=JUNE, In_Reply_To=this_years_letter(bot))
    assert (told["confidence"], told["period"], told["figures"]) == ("probable", "2021Q2", [])
    assert kinds(bot, "2020") == []


def misfiled(bot: Office) -> str:
    """A mail that waits in this year's ledger, whose letter it answers, and that brings last year's form."""
    return str(taken_in(bot, now=JUNE, In_Reply_To=this_years_letter(bot))["sha256"])


def settled(bot: Office, mail: str, period: str) -> str:
    return bot(
        "triage",
        "settle",
        mail,
        "--as",
        "submission",
        "--unit",
        EDUCATION,
        "--period",
        period,
        "--by",
        "王五",
        now=JUNE,
    )


def test_a_mail_is_settled_for_a_quarter_of_another_year_in_that_years_ledger(bot: Office) -> None:
    mail = misfiled(bot)
    assert "记入台账" in settled(bot, mail[:10], "2020Q4"), bot.err
    assert kinds(bot, "2020") == ["mail.kept", "mail.judged", "submission.received"]
    assert kinds(bot, "2021") == ["mail.kept", "mail.judged", "mail.judged"]
    entries = [json.loads(line) for line in bot("ledger", "--period", "2020", "--json", now=JUNE).splitlines()]
    (report,) = [one for one in entries if one["kind"] == "submission.received"]
    assert (report["unit"], report["period"], report["actor"]) == (EDUCATION, "2020Q4", "王五")
    assert [(one["indicator"], one["value"]) for one in report["data"]["figures"]] == [("新建幼儿园", "26")]
    assert bot.doc("triage", "list", now=JUNE) == []
    (row,) = bot.doc("status", "--period", "2020Q4", "--unit", EDUCATION, now=JUNE)["units"]
    assert row["standing"] == "received"
    (row,) = bot.doc("status", "--period", "2021Q2", "--unit", EDUCATION, now=JUNE)["units"]
    assert row["standing"] == "missing"
    bot("verify", now=JUNE)
    assert bot.code == 0


def test_it_is_settled_once(bot: Office) -> None:
    mail = misfiled(bot)
    settled(bot, mail, "2020Q4")
    settled(bot, mail, "2020Q4")
    assert bot.code == 2
    assert "已由王五于" in bot.err
    assert kinds(bot, "2020").count("submission.received") == 1


def test_after_a_crash_between_the_two_ledgers_it_still_waits_and_counts_once(bot: Office) -> None:
    mail = misfiled(bot)
    before = (bot.store / "2021.jsonl").read_bytes()
    settled(bot, mail, "2020Q4")
    (bot.store / "2021.jsonl").write_bytes(before)
    assert [one["mail"] for one in bot.doc("triage", "list", now=JUNE)] == [mail]
    settled(bot, mail, "2021Q2")
    assert "已登记在2020年台账中" in bot.err
    settled(bot, mail, "2020Q4")
    assert bot.code == 0, bot.err
    assert kinds(bot, "2020").count("submission.received") == 1
    assert bot.doc("triage", "list", now=JUNE) == []


def test_a_quarter_of_no_year_is_refused_with_those_that_can_be_chosen(bot: Office) -> None:
    settled(bot, misfiled(bot), "2019Q4")
    assert "请从 2021Q2、2021Q4、2020Q2、2020Q3、2020Q4 中选择" in bot.err


def test_what_an_older_ledger_took_in_is_settled_for_this_year(bot: Office) -> None:
    mail = str(taken_in(bot, subject="2021年第二季度完成情况", now=JUNE)["sha256"])
    assert kinds(bot, "2021") == []
    settled(bot, mail, "2021Q2")
    assert bot.code == 0, bot.err
    assert kinds(bot, "2021") == ["mail.kept", "mail.judged", "submission.received"]
    assert "submission.received" not in kinds(bot, "2020")


def test_of_two_officers_who_bring_it_at_once_the_second_is_told(bot: Office) -> None:
    mail = misfiled(bot)
    house = House.of(Namespace(config=bot.config, store=bot.store, sandbox=True), writes=True)
    held = house.desk.book().mails[mail]
    settled(bot, mail, "2020Q4")
    line = Draft(Kind.MAIL_KEPT, at(JUNE), data={})
    with pytest.raises(SettledError):
        settle(house.desk.earlier[0], mail, MailKind.SUBMISSION, at(JUNE), by="李四", brought=(held, line))
    assert kinds(bot, "2020").count("mail.kept") == 1
