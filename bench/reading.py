"""Reading 2,000 mails of a folder (archive, parse, judge, record) beside a loop that reads, parses, writes a copy and syncs each.

The two take turns batch by batch, so that what else the machine does falls on both; printed is the median of several rounds."""

import email
import os
import statistics
import tempfile
import time
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from _desk import desk, many_units
from world import at

from cuibao.desk.context import Desk
from cuibao.desk.receive import Source, take_in
from cuibao.front.house import NoServers
from cuibao.rules.traffic import Arrival

MAILS = 2000
NOW = at("2020-06-20T10:00")
BATCH = 50
UNITS = 40
ROUNDS = 5


def a_mail(number: int, size: int) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"u{number % UNITS}@x.example", "bangongshi@163.example"
    message["Subject"] = f"答复: 第二季度民生工作完成情况 {number}"
    message["Message-ID"] = f"<bench.{number}@edu.example>"
    message.set_content(f"现报送第{number}批：已完成新建幼儿园 {number} 所。\n" + "工作按计划推进。" * 20, cte="base64")
    if size > 4096:
        message.add_attachment(
            b"PK\x03\x04" + os.urandom(size * 3 // 4 - 2000), maintype="application", subtype="zip", filename="附件.zip"
        )
    return message.as_bytes()


def bare_seconds(folder: Path, files: list[Path]) -> float:
    begun = time.perf_counter()
    for file in files:
        raw = file.read_bytes()
        email.message_from_bytes(raw).get("Subject")
        with (folder / file.name).open("wb") as copy:
            copy.write(raw)
            copy.flush()
            os.fsync(copy.fileno())
    return time.perf_counter() - begun


def cuibao_seconds(here: Desk, files: list[Path]) -> float:
    begun = time.perf_counter()
    sources = [
        Source(file.name, Arrival("INBOX", 1, int(file.stem) + 1, NOW - timedelta(hours=1), file.read_bytes()))
        for file in files
    ]
    take_in(here, sources, NOW, receipts_from=NOW)
    return time.perf_counter() - begun


def one_round(files: list[Path]) -> tuple[float, float]:
    """Seconds that the bare loop and cuibao took for all the mails, each into a folder of its own."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        bare, ours = Path(name, "bare"), Path(name, "ours")
        bare.mkdir()
        ours.mkdir()
        here = desk(ours, many_units(UNITS), NoServers())
        batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
        taken = [(bare_seconds(bare, batch), cuibao_seconds(here, batch)) for batch in batches]
        assert len(here.book().mails) == len(files)
    return sum(one for one, _ in taken), sum(one for _, one in taken)


def told(values: list[float], form: str) -> str:
    """The median and the range."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main() -> None:
    for size in (2048, 65536):
        with tempfile.TemporaryDirectory(dir=".") as name:
            files = [Path(name, f"{number:05d}.eml") for number in range(MAILS)]
            for number, file in enumerate(files):
                file.write_bytes(a_mail(number, size))
            rounds = [one_round(files) for _ in range(ROUNDS)]
        print(
            f"{MAILS} mails of {size // 1024} KB, medians of {ROUNDS} rounds: cuibao {told([MAILS / ours for _, ours in rounds], '.0f')}/s, "
            f"bare loop {told([MAILS / bare for bare, _ in rounds], '.0f')}/s, ratio {told([bare / ours for bare, ours in rounds], '.2f')}"
        )


if __name__ == "__main__":
    main()
