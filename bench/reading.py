"""Reading 2,000 mails of a folder (archive, parse, judge, record) beside a loop that reads, parses, writes a copy and syncs each."""

import email
import os
import tempfile
import time
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from _desk import desk, many_units
from world import at

from cuibao.desk.receive import Source, take_in
from cuibao.front.house import NoServers
from cuibao.rules.traffic import Arrival

MAILS = 2000
NOW = at("2020-06-20T10:00")
BATCH = 50
UNITS = 40


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
    for number, file in enumerate(files):
        raw = file.read_bytes()
        email.message_from_bytes(raw).get("Subject")
        with (folder / f"{number}.eml").open("wb") as copy:
            copy.write(raw)
            copy.flush()
            os.fsync(copy.fileno())
    return time.perf_counter() - begun


def cuibao_seconds(folder: Path, files: list[Path]) -> float:
    here = desk(folder, many_units(UNITS), NoServers())
    begun = time.perf_counter()
    for start in range(0, len(files), BATCH):
        sources = [
            Source(file.name, Arrival("INBOX", 1, start + n, NOW - timedelta(hours=1), file.read_bytes()))
            for n, file in enumerate(files[start : start + BATCH], start=1)
        ]
        take_in(here, sources, NOW, receipts_from=NOW)
    seconds = time.perf_counter() - begun
    assert len(here.book().mails) == len(files)
    return seconds


def main() -> None:
    for size in (2048, 65536):
        with tempfile.TemporaryDirectory(dir=".") as name:
            folder = Path(name)
            for sub in ("in", "bare", "ours"):
                (folder / sub).mkdir()
            files = []
            for number in range(MAILS):
                file = folder / "in" / f"{number:05d}.eml"
                file.write_bytes(a_mail(number, size))
                files.append(file)
            bare = bare_seconds(folder / "bare", files)
            ours = cuibao_seconds(folder / "ours", files)
        print(
            f"{MAILS} mails of {size // 1024} KB: cuibao {MAILS / ours:.0f}/s, bare loop {MAILS / bare:.0f}/s, ratio {bare / ours:.2f}"
        )


if __name__ == "__main__":
    main()
