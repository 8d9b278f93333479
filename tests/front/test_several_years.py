"""Several years at once, over real folders: each year's open quarters go on, and all their letters leave within one quota."""

import json
from argparse import Namespace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doubles import Post, no_wait, parsed
from office_folder import NOTICE, WHO, Office, office_folder
from world import EDUCATION, FINANCE, at

from cuibao.desk.tick import Bell
from cuibao.front.house import House
from cuibao.rules.entries import Draft, Kind

LATER = NOTICE.replace("2021", "2022").replace("测民〔2022〕2号", "测民〔2022〕1号")
"""The third year's notice."""
JUNE = "2022-06-16T08:00"


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    """In June 2022 the notice of 2022 is in force, with that of 2021 and of 2020 before it; each year's last quarter is open."""
    made = office_folder(tmp_path / "催报", monkeypatch, capsys)
    made("record", EDUCATION, "2020Q4", *WHO, now="2020-12-20T10:00")
    adopt(made, "2021-1", NOTICE, "2021-03-02T10:00")
    made("record", EDUCATION, "2021Q4", *WHO, now="2021-12-20T10:00")
    adopt(made, "2022-1", LATER, "2022-03-02T10:00")
    return made


def adopt(bot: Office, name: str, notice: str, now: str) -> None:
    bot("notice", "import", bot.notice(data=notice.encode()), now=now)
    bot.answer(bot.store / "notices" / name)
    bot("notice", "adopt", str(bot.store / "notices" / name), now=now)
    assert bot.code == 0, bot.err


def opened_again(bot: Office) -> None:
    """市财政局's report of 2020 is sent back, and it has an extension for that of 2021."""
    for words in (("record", FINANCE, "2020Q4"), ("return", FINANCE, "2020Q4")):
        bot(*words, *WHO, now=JUNE)
        assert bot.code == 0, bot.err
    bot("extend", FINANCE, "2021Q4", "--until", "2022-06-20", *WHO, now=JUNE)
    assert bot.code == 0, bot.err


def house_of(bot: Office, post: Post) -> House:
    house = House.of(Namespace(config=bot.config, store=bot.store, sandbox=True), writes=True)
    house.servers = post
    return house


def lived(bot: Office, start: str, days: int) -> list[tuple[str, str]]:
    """What leaves for units over some days, each as (day, whom to): the bell rings every half hour."""
    post = Post()
    bell = Bell(house_of(bot, post).desk, no_wait(at(start)))
    gone: list[tuple[str, str]] = []
    now: datetime = at(start)
    while now < at(start) + timedelta(days=days):
        bell.pause = no_wait(now)
        seen = len(post.accepted)
        bell.tick(now)
        gone += [(f"{now:%m-%d}", name(raw)) for raw, to in post.accepted[seen:] if to != ("chen@office.gov.cn",)]
        now += timedelta(minutes=30)
    return gone


def name(raw: bytes) -> str:
    """Whom a letter goes to, and about which quarter."""
    message = parsed(raw)
    return f"{message['To'].addresses[0].addr_spec} {str(message['Subject']).partition('〔')[0].strip()}"


def test_what_any_older_year_still_owes_is_planned(bot: Office) -> None:
    opened_again(bot)
    letters = bot.doc("plan", "--until", "2022-06-16T23:00", now=JUNE)["letters"]
    found = [(one["unit"], one["period"], one["stage"]) for one in letters if one["unit"] == FINANCE]
    assert sorted(found) == [
        (FINANCE, "2020Q4", "send_back"),
        (FINANCE, "2021Q4", "urge"),
        (FINANCE, "2022Q2", "first"),
    ]


def test_and_leaves_each_recorded_in_its_own_years_ledger(bot: Office) -> None:
    opened_again(bot)
    assert len(lived(bot, "2022-06-16T08:30", 1)) == 5
    for year in ("2020", "2021"):
        kinds = [json.loads(line)["kind"] for line in bot("ledger", "--period", year, "--json").splitlines()]
        assert kinds[-2:] == ["letter.intended", "letter.sent"], year


def test_letters_of_all_years_leave_on_the_days_that_the_plan_says(bot: Office) -> None:
    """Three letters of this year and two of older ones, two a day beside the digest."""
    opened_again(bot)
    path = bot.config / "office.yaml"
    path.write_text(path.read_text("utf-8") + "\npace: {per_day: 3, receipts_share: 0}\n", encoding="utf-8")
    letters = bot.doc("plan", "--until", "2022-06-16T23:00", now=JUNE)["letters"]
    planned = sorted((one["send_at"][5:10], one["to"][0]) for one in letters)
    assert [day for day, _ in planned] == ["06-16", "06-16", "06-17", "06-17", "06-20"]
    gone = lived(bot, JUNE, 5)
    assert sorted((day, whom.split()[0]) for day, whom in gone) == planned


# ---- the morning's digest


def digest_of(bot: Office, now: str = "2022-06-16T08:30") -> str:
    """The digest's words on that morning."""
    post = Post()
    Bell(house_of(bot, post).desk, no_wait(at(now))).tick(at(now))
    (raw,) = post.to("chen@office.gov.cn")
    body = parsed(raw).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_digest_names_what_older_years_still_owe_and_what_waits_there(bot: Office) -> None:
    opened_again(bot)
    told = digest_of(bot)
    assert "市财政局：第2项，2020年第四季度，退回补报，尚未函告" in told
    assert "市财政局：第1、3项，2021年第四季度，尚未函告" in told
    assert "四、往年尚未报齐的季度" in told
    assert "2020年第四季度尚有2个单位：市财政局、市扶贫办。" in told
    assert "2021年第四季度尚有2个单位：市财政局、市医疗保障局。" in told


def test_a_mail_that_waits_for_a_person_in_an_older_year_is_in_the_digest(bot: Office) -> None:
    mail = bot.root / "a.eml"
    mail.write_bytes(
        "From: someone@x.cn\r\nSubject: 2020Q4\r\nMessage-ID: <2@x>\r\nDate: Thu, 16 Jun 2022 08:00:00 +0800\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n本季度已发放救助资金120万元。\r\n".encode()
    )
    bot("receive", "--from", str(mail), now=JUNE)
    assert "mail.kept" in bot("ledger", "--period", "2020", "--json", now=JUNE)
    told = digest_of(bot)
    assert "待办来件1封" in told
    assert "someone@x.cn" in told


def test_a_report_of_an_older_year_is_told_once(bot: Office) -> None:
    post = Post()
    book = house_of(bot, post).desk
    bell = Bell(book, no_wait(at("2022-06-16T08:30")))
    bell.tick(at("2022-06-16T08:30"))
    bot("record", FINANCE, "2021Q4", *WHO, now="2022-06-16T15:00")
    for now in ("2022-06-17T08:30", "2022-06-20T08:30"):
        bell.tick(at(now))
    bodies = [parsed(raw).get_body(("plain",)) for raw in post.to("chen@office.gov.cn")]
    told = [
        "市财政局：全部应报事项，2021年第四季度，6月16日15:00收到" in str(body and body.get_content())
        for body in bodies
    ]
    assert told == [False, True, False]


# ---- alarms


def alarms_of(bot: Office, now: str) -> dict[str, str]:
    """What is raised on that moment's tick, by key."""
    Bell(house_of(bot, Post()).desk, no_wait(at(now))).tick(at(now))
    lines = map(json.loads, bot("ledger", "--json", "--kind", "alarm.raised", now=now).splitlines())
    return {entry["data"]["key"]: entry["data"]["words"] for entry in lines}


def test_a_unit_of_an_older_year_that_cannot_be_reached_is_told_before_its_stage(bot: Office) -> None:
    bot("extend", FINANCE, "2021Q4", "--until", "2022-06-20", *WHO, now=JUNE)
    data = {"email": "czj@fin.gov.cn", "reason": "退信"}
    older = house_of(bot, Post()).desk.earlier[0]
    older.ledger.append([Draft(Kind.CONTACT_DISABLED, at(JUNE), unit=FINANCE, data=data)])
    words = alarms_of(bot, "2022-06-16T08:10")["address.2021Q4.urge.2022-06-20"]
    assert words == "2021年第四季度催报将于6月16日发出，以下单位没有可用邮箱：市财政局"


def test_an_older_years_letter_that_finds_no_place_in_the_quota_is_told(bot: Office) -> None:
    opened_again(bot)
    path = bot.config / "office.yaml"
    path.write_text(path.read_text("utf-8") + "\npace: {per_day: 1, receipts_share: 0}\n", encoding="utf-8")
    words = alarms_of(bot, "2022-06-16T09:00")["quota.2021Q4.urge"]
    assert words == "每日发信限额内排不到以下单位的催报（2021Q4）：市财政局"
