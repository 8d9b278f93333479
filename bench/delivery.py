"""Delivery of a prepared wave of 1,000 letters of 18 KB to a hundred units, pacing off, ledger synced, beside bare smtplib and yagmail.send()."""

import contextlib
import io
import smtplib
import tempfile
import time
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import yagmail
from _desk import desk, many_units
from _sink import sink
from world import NOTICE, PERIODS, at

from cuibao.desk.context import Desk
from cuibao.desk.deliver import deliver
from cuibao.gateways.servers import Account, RealMailServers, ServerAddress
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.letters import LetterKey, LetterNote, note_to_data
from cuibao.rules.office import Pace

LETTERS = 1000
UNITS = 100
FEW = 100
"""How many yagmail.send() is given: it makes a connection for each."""
NOW = at("2020-06-15T09:30")
PASSWORD = "bench"
ADDRESS = "bangongshi@163.example"


def address(number: int) -> str:
    return f"u{number % UNITS}@x.example"


def a_letter(number: int) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = ADDRESS, address(number)
    message["Subject"] = f"关于报送第二季度完成情况的提醒 {number}"
    message["Message-ID"] = f"<cuibao.bench.{number}@163.example>"
    message.set_content("请于6月30日前报送。" * 500, cte="base64")
    return message.as_bytes()


def intended(here: Desk, number: int, raw: bytes) -> Draft:
    unit = here.office.registry.units[number % UNITS]
    items = tuple(duty.item for duty in here.duties[unit.name])
    key = LetterKey(NOTICE, PERIODS[0].key, unit.name, "first", PERIODS[0].last_day, f"bench:{number}")
    marks = here.marks(key)
    _, file = here.letters.keep(raw, NOW)
    note = LetterNote(key, items, (address(number),), (), "提醒", marks.message_id, marks.token, file)
    return Draft(Kind.LETTER_INTENDED, NOW, key.period, key.unit, note.items, data=note_to_data(note))


def cuibao_seconds(folder: Path, port: int, letters: list[bytes]) -> float:
    server = ServerAddress("127.0.0.1", port, "none")
    base = replace(many_units(UNITS), pace=Pace(per_day=100_000, receipts_share=0, seconds_between=0))
    here = desk(folder, base, RealMailServers(Account(ADDRESS, PASSWORD, ADDRESS, server, server)))
    here.ledger.append([intended(here, number, raw) for number, raw in enumerate(letters)])
    later = NOW  # the same moment: letters of this very tick are not looked for in 已发送
    begun = time.perf_counter()
    done = deliver(here, later, lambda _seconds: later)
    seconds = time.perf_counter() - begun
    assert len(done) == len(letters), len(done)
    return seconds


def bare_seconds(port: int, letters: list[bytes]) -> float:
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.login(ADDRESS, PASSWORD)
        for number, raw in enumerate(letters):
            connection.sendmail(ADDRESS, [address(number)], raw)
    return time.perf_counter() - begun


def yagmail_seconds(port: int, count: int) -> float:
    begun = time.perf_counter()
    for number in range(count):
        with contextlib.redirect_stdout(io.StringIO()):
            yag = yagmail.SMTP(ADDRESS, PASSWORD, "127.0.0.1", port, smtp_ssl=False, smtp_starttls=False)
            yag.send("jyj@edu.example", f"提醒 {number}", "请于6月30日前报送。" * 500)
            yag.close()
    return time.perf_counter() - begun


def main() -> None:
    letters = [a_letter(number) for number in range(LETTERS)]
    size = len(letters[0]) / 1024
    with sink() as port, tempfile.TemporaryDirectory(dir=".") as folder:
        bare_seconds(port, letters[:50])
        bare = bare_seconds(port, letters)
        ours = cuibao_seconds(Path(folder), port, letters)
        bare = (bare + bare_seconds(port, letters)) / 2
        yag = yagmail_seconds(port, FEW) / FEW
    print(f"{LETTERS} letters of {size:.0f} KB: cuibao {LETTERS / ours:.0f}/s, bare smtplib {LETTERS / bare:.0f}/s")
    print(f"of bare smtplib: {bare / ours:.2f}; of yagmail.send() in a loop: {yag * LETTERS / ours:.1f}")


if __name__ == "__main__":
    main()
