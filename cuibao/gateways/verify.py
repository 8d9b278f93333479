"""The audit of a store: does the ledger's chain hold, and is every archived file there as the ledger says."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cuibao.gateways.disk import telling
from cuibao.gateways.system_words import why
from cuibao.rules.entries import Kind, first_break
from cuibao.rules.outcomes import LedgerError, Problem, Severity


def verify_store(ledger_path: Path, store: Path) -> list[Problem]:
    """What is wrong with the ledger and with the files that it names (relative to the store); empty when all is well. A
    missing ledger is an empty one. A torn end, which the next writer sets aside, is a warning. Raises LedgerError when the
    ledger cannot be read. What no chain can show is a change of the very last line that leaves it well-formed."""
    with telling(ledger_path, "读取台账"):
        raw = ledger_path.read_bytes() if ledger_path.exists() else b""
    whole, _, torn = raw.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    return [*_torn(ledger_path, torn, len(lines)), *_chain(ledger_path, lines), *_files(ledger_path, lines, store)]


def audit_store(ledger_path: Path, store: Path, *, sandbox: bool) -> list[Problem]:
    """verify_store() for a ledger that must be there, of the sandbox or of the office. Raises LedgerError for the other's."""
    with telling(ledger_path, "读取台账"):
        if not ledger_path.exists():
            remedy = "请核对 --store；尚未启用的，先运行 ./bot run"
            return [Problem(ledger_path.name, "", f"没有找到台账 {ledger_path}", remedy)]
        with ledger_path.open("rb") as file:
            kind = _kind(file.readline())
    if kind and (kind == Kind.SANDBOX_OPENED) is not sandbox:
        found, remedy = ("正式", "请去掉 --sandbox") if sandbox else ("演练", "请加 --sandbox")
        raise LedgerError(f"{ledger_path} 是{found}台账", f"{remedy}，或用 --store 另指文件夹")
    return verify_store(ledger_path, store)


def _kind(line: bytes) -> str:
    """The kind of an entry, or nothing where the line is none."""
    try:
        return str(json.loads(line)["kind"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _torn(ledger_path: Path, torn: bytes, whole: int) -> Iterator[Problem]:
    if torn:
        yield Problem(
            ledger_path.name,
            f"第 {whole + 1} 行",
            "末行没有写完（写入时程序曾意外中止）",
            "无需处理：下次写入时自动移出另存，此前各行不受影响。",
            Severity.WARNING,
        )


def _chain(ledger_path: Path, lines: list[bytes]) -> Iterator[Problem]:
    number = first_break(lines)
    if number is not None:
        before = f"，或第 {number - 1} 行被改动过" if number > 1 else ""
        yield Problem(
            ledger_path.name,
            f"第 {number} 行",
            f"校验链在此中断：本行损坏{before}",
            "请用备份中的同名文件比对并恢复；恢复前请勿继续写入。",
        )


def _files(ledger_path: Path, lines: list[bytes], store: Path) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, start=1):
        named = _named(line)
        if named is None or named in seen:
            continue
        seen.add(named)
        if wrong := _wrong(store, *named):
            place = f"{ledger_path.name} 第 {number} 行"
            yield Problem(named[0], place, wrong, "请从备份中恢复该文件。")


def _named(line: bytes) -> tuple[str, str] | None:
    """The archived file that a line names, and its digest."""
    try:
        doc: Any = json.loads(line)
        file, digest = doc["data"]["file"], doc["data"]["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (file, digest) if isinstance(file, str) and isinstance(digest, str) and file else None


def _wrong(store: Path, file: str, digest: str) -> str:
    """What is wrong with an archived file, in Chinese; empty when nothing is."""
    try:
        path = (store / file).resolve()
        if not path.is_relative_to(store.resolve()):
            return "台账所记的文件不在存档文件夹内"
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "存档文件不见了"
    except OSError as error:
        return f"存档文件无法读取（{why(error)}）"
    except ValueError:
        return "台账所记的文件名不能使用"
    return "" if found == digest else "存档文件内容与台账所记摘要不符，已被改动或损坏"
