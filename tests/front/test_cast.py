"""The sandbox's units: who plays what, what they write on a letter, and when it comes."""

import email
import io
import random
import threading
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from email import policy
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest

from cuibao.front.sandbox.addresses import made_up_contact
from cuibao.front.sandbox.cast import IN_CHINESE, Habit, cast
from cuibao.front.sandbox.clock import OPENING, SandboxClock, SteppedClock
from cuibao.front.sandbox.post import Post
from cuibao.front.sandbox.units import Planned, ReceivedLetter, read_letter, replies
from cuibao.papers.letter import LetterFacts, OfficeFacts, build, compose, sender_of
from cuibao.papers.token import marks, tokens_in
from cuibao.rules.letters import LetterKey
from cuibao.rules.office import Notice
from cuibao.rules.period import Period
from cuibao.rules.registry import Item
from cuibao.rules.workdays import CHINA, Workdays

ROOT = Path(__file__).parents[2]
TEMPLATES = {f"mail/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "templates/mail").iterdir()}
OFFICE = OfficeFacts("芜湖市民生工作领导小组办公室", "市民生办", "王某", "0553-0000000", "whsmsb@163.com")
NOTICE = Notice("民生办〔2020〕5号", 2020, "2020年全市民生工作要点")
Q2 = Period("2020Q2", "第二季度", date(2020, 6, 30))
YEAR = Workdays(
    off=frozenset({date(2020, 6, 25), date(2020, 6, 26)}),
    worked=frozenset({date(2020, 6, 28)}),
    published=frozenset({2020}),
)
SENT = {
    "first": datetime(2020, 6, 15, 9, 0, tzinfo=CHINA),
    "send_back": datetime(2020, 6, 18, 9, 0, tzinfo=CHINA),
    "urge": datetime(2020, 6, 28, 9, 0, tzinfo=CHINA),
    "overdue": datetime(2020, 7, 1, 9, 0, tzinfo=CHINA),
}
DEADLINE = datetime(2020, 7, 1, tzinfo=CHINA)
SEEDS = range(20)


@lru_cache
def letter_bytes(purpose: str, unit: str = "市教育局", items: tuple[int, ...] = (7, 8, 9, 12, 16)) -> bytes:
    """The letter that the office really sends, templates and all; the first half of the items as lead."""
    at = SENT.get(purpose, SENT["overdue"])
    mark = marks(LetterKey(NOTICE.number, Q2.key, unit, purpose, Q2.deadline), b"k" * 32, "163.com")
    named = tuple(Item(number, "一、就业", f"第{number}件实事", (unit,)) for number in items)
    half = (len(named) + 1) // 2
    facts = LetterFacts(
        office=OFFICE,
        notice=NOTICE,
        unit=unit,
        period=Q2,
        last_day=Q2.last_day,
        today=at.date(),
        token=mark.token,
        lead=named[:half],
        cooperating=named[half:],
    )
    written = compose(purpose, facts, TEMPLATES)
    return build(written, sender=sender_of(OFFICE), to=["u07@danwei.example"], cc=[], marks=mark, at=at)


@lru_cache
def received(purpose: str, unit: str = "市教育局", items: tuple[int, ...] = (7, 8, 9, 12, 16)) -> ReceivedLetter:
    letter = read_letter(letter_bytes(purpose, unit, items))
    assert letter is not None
    return letter


def dice(seed: int = 1) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a play, no secret


def answers(habit: Habit, purpose: str = "first", seed: int = 1, unit: str = "市教育局") -> list[Planned]:
    return replies(habit, unit, received(purpose, unit), dice(seed), workdays=YEAR)


def opened(mail: Planned) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def own_words(mail: Planned) -> str:
    """The text above the quoted letter."""
    body = opened(mail).get_body(("plain",))
    assert body is not None
    text = str(body.get_content())
    for rule in ("\r\n在 2020", "-----邮件原件", "------------------ 原始邮件", "\n在 2020"):
        text = text.split(rule)[0]
    return text


# The cast


def test_every_habit_is_played_once_there_are_eleven_units() -> None:
    for count in (11, 12, 40, 200):
        assert set(cast([f"单位{n}" for n in range(count)], 7).values()) == set(Habit)


def test_units_on_time_are_the_most_frequent() -> None:
    for seed in SEEDS:
        (most, count), (_, second), *_ = Counter(cast([f"单位{n}" for n in range(40)], seed).values()).most_common()
        assert most is Habit.ON_TIME
        assert count > 2 * second


def test_the_same_seed_casts_the_same_play_and_another_seed_another() -> None:
    units = [f"单位{n}" for n in range(40)]
    assert cast(units, 1) == cast(units, 1)
    assert cast(units, 1) != cast(units, 2)


def test_a_small_office_is_cast_without_complaint() -> None:
    assert cast([], 1) == {}
    assert cast(["市教育局"], 1) == {"市教育局": Habit.ON_TIME}


def test_every_habit_has_a_name_in_chinese() -> None:
    assert set(IN_CHINESE) == set(Habit)


def test_made_up_contacts_can_reach_nobody() -> None:
    contact = made_up_contact("市教育局", 7)
    assert contact.email == "u07@danwei.example"
    assert contact.phone == "0553-0000007"
    assert contact == made_up_contact("市教育局", 7)


# What a unit sees of a letter


@pytest.mark.parametrize("purpose", ["first", "second", "urge", "due", "overdue", "final", "send_back"])
def test_a_unit_reads_the_letter_the_office_sends(purpose: str) -> None:
    letter = received(purpose)
    assert (letter.unit, letter.period_key, letter.period_name) == ("市教育局", "2020Q2", "第二季度")
    assert letter.purpose == purpose
    assert letter.items == (7, 8, 9, 12, 16)
    assert letter.to == ("u07@danwei.example",)
    assert letter.deadline == date(2020, 6, 30)
    assert tokens_in(letter.subject) == (letter.token,)


def test_mail_that_is_no_letter_to_a_unit_is_none() -> None:
    assert read_letter("Subject: 每日摘要\r\nDate: Mon, 15 Jun 2020 09:00:00 +0800\r\n\r\n".encode()) is None
    assert read_letter(b"") is None
    assert read_letter(b"\xff\x00no headers") is None


# What units write


@pytest.mark.parametrize("habit", list(Habit))
@pytest.mark.parametrize("purpose", ["first", "urge", "overdue", "send_back"])
def test_every_reply_parses_without_defects_and_comes_after_its_letter(habit: Habit, purpose: str) -> None:
    for seed in SEEDS:
        for mail in answers(habit, purpose, seed):
            message = opened(mail)
            assert not message.defects
            assert not any(part.defects for part in message.walk())
            assert message["To"]
            assert message["Message-ID"]
            assert mail.at > SENT.get(purpose, SENT["overdue"])
            assert mail.what
            assert b"\n" not in mail.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("habit", [Habit.ON_TIME, Habit.TWICE, Habit.WITHOUT_THREAD, Habit.PRIVATE_ADDRESS])
def test_who_answers_a_reminder_does_so_before_anyone_is_chased(habit: Habit) -> None:
    for seed in SEEDS:
        assert SENT["first"] < answers(habit, "first", seed)[0].at < SENT["urge"]


def test_reports_are_written_on_working_days_in_office_hours() -> None:
    for seed in range(100):
        (mail,) = answers(Habit.ON_TIME, "first", seed)
        assert YEAR.is_workday(mail.at.date())
        assert 9 <= mail.at.hour <= 17


def test_a_report_comes_from_the_address_the_letter_went_to() -> None:
    (mail,) = answers(Habit.ON_TIME)
    assert mail.from_address == "u07@danwei.example"
    assert opened(mail)["From"].addresses[0].addr_spec == "u07@danwei.example"


def test_reports_are_tables_documents_words_and_nil_reports() -> None:
    kinds = Counter(_form(answers(Habit.ON_TIME, "first", seed)[0]) for seed in range(200))
    assert set(kinds) == {"xlsx", "docx", "words", "nil"}


def _form(mail: Planned) -> str:
    attached = [str(part.get_filename()) for part in opened(mail).iter_attachments() if part.get_filename()]
    if attached:
        return attached[0][-4:]
    return "nil" if "零报告" in own_words(mail) else "words"


def test_attached_tables_and_documents_are_real_office_files() -> None:
    seen = set()
    for seed in range(60):
        for part in opened(answers(Habit.ON_TIME, "first", seed)[0]).iter_attachments():
            name, content = str(part.get_filename()), part.get_payload(decode=True)
            if not isinstance(content, bytes) or not name.endswith(("xlsx", "docx")):
                continue
            seen.add(name[-4:])
            assert name.startswith("市教育局第二季度")
            main = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}[name[-4:]]
            assert main in zipfile.ZipFile(io.BytesIO(content)).namelist()
            if name.endswith("xlsx"):
                rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
                assert [row[0] for row in rows] == ["序号", "7", "8", "9", "12", "16"]
    assert seen == {"xlsx", "docx"}


def test_no_words_of_a_unit_name_another_period() -> None:
    for habit in Habit:
        for seed in SEEDS:
            for mail in answers(habit, "first", seed):
                if mail.what != "退信":
                    assert not any(word in own_words(mail) for word in ("全年", "上半年", "年终", "第三季度"))


def test_chinese_programs_write_their_own_subjects_and_charsets() -> None:
    mails = [answers(Habit.THANKS_ONLY, unit=f"市第{n}局")[0] for n in range(30)]
    assert {str(opened(mail)["Subject"])[:3] for mail in mails} == {"回复：", "Re:", "答复:"}
    assert {part.get_content_charset() for mail in mails for part in opened(mail).walk()} >= {
        "gb18030",
        "gbk",
        "gb2312",
    }
    threaded = {str(opened(mail)["Subject"])[:2]: opened(mail)["In-Reply-To"] is not None for mail in mails}
    assert threaded == {"回复": False, "Re": True, "答复": True}  # QQ's clients often thread by nothing


def test_a_late_unit_waits_for_the_overdue_letter() -> None:
    for seed in SEEDS:
        assert answers(Habit.LATE, "first", seed) == []
        assert answers(Habit.LATE, "urge", seed) == []
        (mail,) = answers(Habit.LATE, "overdue", seed)
        assert mail.at > DEADLINE


def test_a_unit_that_reports_twice_sends_another_mail_later() -> None:
    first, second = answers(Habit.TWICE)
    assert first.at < second.at
    assert opened(first)["Message-ID"] != opened(second)["Message-ID"]
    assert "更正" in own_words(second)


def test_a_report_in_part_names_the_items_it_covers() -> None:
    (mail,) = answers(Habit.IN_PART)
    words = own_words(mail)
    assert "第7项" in words
    assert "第8项" in words
    assert "第9项" not in words


def test_a_report_in_part_is_completed_after_the_urge() -> None:
    letter = received("urge", items=(9, 12, 16))
    (mail,) = replies(Habit.IN_PART, "市教育局", letter, dice(), workdays=YEAR)
    assert mail.what in ("报送", "零报告")
    assert mail.at < DEADLINE


def test_a_mail_without_thread_holds_nothing_of_the_letter() -> None:
    for seed in SEEDS:
        (mail,) = answers(Habit.WITHOUT_THREAD, "first", seed)
        message = opened(mail)
        assert message["In-Reply-To"] is None
        assert message["References"] is None
        assert tokens_in(str(message["Subject"]) + own_words(mail)) == ()
        assert "第二季度" in str(message["Subject"])


def test_a_private_address_is_the_same_all_year_and_not_the_unit_s() -> None:
    first, later = answers(Habit.PRIVATE_ADDRESS)[0], answers(Habit.PRIVATE_ADDRESS, "overdue", seed=9)[0]
    assert first.from_address == later.from_address
    assert first.from_address.endswith("@qq.example")
    assert tokens_in(str(opened(first)["Subject"]))


def test_a_unit_that_only_thanks_reports_when_it_is_chased() -> None:
    (thanks,) = answers(Habit.THANKS_ONLY)
    assert "收" in own_words(thanks)
    assert len(own_words(thanks).strip()) < 20
    (report,) = answers(Habit.THANKS_ONLY, "urge")
    assert report.what in ("报送", "零报告")


def test_a_unit_with_a_question_asks_first_and_reports_later() -> None:
    question, report = answers(Habit.QUESTION_FIRST)
    assert question.at < report.at
    assert "请问" in own_words(question)


def test_an_auto_reply_comes_within_a_minute_and_tells_its_form() -> None:
    for number in range(10):
        automatic, report = answers(Habit.AUTO_REPLY_FIRST, unit=f"市第{number}局")
        message = opened(automatic)
        assert automatic.at - SENT["first"] < timedelta(minutes=1)
        assert message["Auto-Submitted"] == "auto-replied" or "+auto_=" in str(message["Return-Path"])
        assert str(message["Subject"]).startswith(("自动回复:", "自动答复:"))
        assert report.at > automatic.at


def test_a_bounce_says_who_could_not_be_reached_and_encloses_our_message_id() -> None:
    (mail,) = answers(Habit.BOUNCES)
    message = opened(mail)
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    assert b"Final-Recipient: rfc822; u07@danwei.example" in mail.raw
    assert b"Status: 5.1.1" in mail.raw
    assert f"Message-ID: {received('first').message_id}".encode() in mail.raw


def test_a_unit_that_never_answers_never_answers() -> None:
    for purpose in ("first", "urge", "overdue", "final", "send_back"):
        assert answers(Habit.NEVER, purpose) == []


@pytest.mark.parametrize("habit", [habit for habit in Habit if habit not in (Habit.AUTO_REPLY_FIRST, Habit.BOUNCES)])
def test_nobody_answers_a_receipt(habit: Habit) -> None:
    letter = replace(received("first"), purpose="receipt")
    assert replies(habit, "市教育局", letter, dice()) == []


def test_a_mailbox_that_answers_everything_answers_receipts_too() -> None:
    letter = replace(received("first"), purpose="receipt")
    (mail,) = replies(Habit.AUTO_REPLY_FIRST, "市教育局", letter, dice())
    assert mail.what == "自动回复"


def test_the_same_seed_writes_the_same_bytes() -> None:
    for habit in Habit:
        assert [mail.raw for mail in answers(habit, seed=3)] == [mail.raw for mail in answers(habit, seed=3)]


# The post office


def post(habit: Habit) -> Post:
    return Post({"市教育局": habit}, YEAR, 1)


def test_the_post_keeps_a_mail_until_its_time_and_gives_it_once() -> None:
    office = post(Habit.ON_TIME)
    (planned,) = office.accept((), letter_bytes("first"), SENT["first"])
    assert office.next_at == planned.at
    assert office.due(planned.at - timedelta(seconds=1)) == []
    assert office.due(planned.at) == [(planned.at, planned.raw)]
    assert office.due(planned.at) == []
    assert office.next_at is None


def test_the_post_gives_mails_in_order_of_time() -> None:
    office = Post({"市教育局": Habit.TWICE, "市医保局": Habit.AUTO_REPLY_FIRST}, YEAR, 1)
    office.accept((), letter_bytes("first"), SENT["first"])
    office.accept((), letter_bytes("first", "市医保局"), SENT["first"])
    times = [at for at, _ in office.due(DEADLINE)]
    assert len(times) == 4
    assert times == sorted(times)


def test_times_count_from_when_the_letter_really_left() -> None:
    office = post(Habit.THANKS_ONLY)
    (planned,) = office.accept((), letter_bytes("first"), SENT["first"] + timedelta(days=1))
    assert planned.at > SENT["first"] + timedelta(days=1)


def test_a_unit_with_an_answer_under_way_does_not_start_another_when_reminded() -> None:
    office = post(Habit.ON_TIME)
    office.accept((), letter_bytes("first"), SENT["first"])
    assert office.accept((), letter_bytes("second"), SENT["first"] + timedelta(hours=1)) == ()
    assert len(office) == 1


def test_the_post_leaves_strangers_and_other_mail_alone() -> None:
    office = post(Habit.ON_TIME)
    assert office.accept((), letter_bytes("first", "市财政局"), SENT["first"]) == ()
    assert office.accept(("whsmsb@163.com",), b"Subject: digest\r\n\r\n", SENT["first"]) == ()
    assert office.next_at is None


def test_the_order_in_which_letters_leave_changes_no_answer() -> None:
    one, other = (Post({"市教育局": Habit.TWICE, "市医保局": Habit.IN_PART}, YEAR, 1) for _ in range(2))
    letters = [letter_bytes("first"), letter_bytes("first", "市医保局")]
    for raw in letters:
        one.accept((), raw, SENT["first"])
    for raw in reversed(letters):
        other.accept((), raw, SENT["first"])
    assert one.due(DEADLINE) == other.due(DEADLINE)


# The clocks


def test_a_fast_clock_runs_as_many_times_faster_as_it_is_told() -> None:
    real = [100.0]
    clock = SandboxClock(OPENING, 600, lambda: real[0])
    assert clock.now() == OPENING
    real[0] += 2
    assert clock.now() == OPENING + timedelta(minutes=20)


def test_a_fast_clock_sleeps_simulated_seconds_and_wakes_when_asked_to_stop() -> None:
    stop = threading.Event()
    clock = SandboxClock(OPENING, 100_000)
    woken = clock.sleep(1000, stop)
    assert woken is not None
    assert woken >= OPENING + timedelta(seconds=1000)
    stop.set()
    assert clock.sleep(10**9, stop) is None


def test_a_fast_clock_stands_while_it_is_halted_and_only_sleeping_moves_it() -> None:
    real = [100.0]
    clock = SandboxClock(OPENING, 100_000, lambda: real[0])
    with clock.halted():
        real[0] += 2
        assert clock.now() == OPENING
        assert clock.sleep(1000, threading.Event()) == OPENING + timedelta(seconds=1000)
        real[0] += 2
    real[0] += 1
    assert clock.now() == OPENING + timedelta(seconds=1000 + 100_000)


def test_a_stepped_clock_moves_only_when_told_and_never_back() -> None:
    clock = SteppedClock(OPENING)
    assert clock.now() == OPENING
    assert clock.advance(timedelta(hours=1)) == OPENING + timedelta(hours=1)
    assert clock.set(OPENING) == OPENING + timedelta(hours=1)
    assert clock.advance(-timedelta(hours=1)) == OPENING + timedelta(hours=1)


def test_sleeping_on_a_stepped_clock_takes_no_time_and_stops_when_asked() -> None:
    clock, stop = SteppedClock(OPENING), threading.Event()
    assert clock.sleep(86400, stop) == OPENING + timedelta(days=1)
    stop.set()
    assert clock.sleep(86400, stop) is None
    assert clock.now() == OPENING + timedelta(days=1)


def test_clocks_refuse_a_time_without_a_zone() -> None:
    naive = OPENING.replace(tzinfo=None)
    for make in (SteppedClock, lambda start: SandboxClock(start, 1)):
        with pytest.raises(ValueError, match="时区"):
            make(naive)
    with pytest.raises(ValueError, match="倍速"):
        SandboxClock(OPENING, 0)
