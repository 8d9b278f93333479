"""Workbooks, documents, pdfs and archives broken at random, inside their zips too: repeatable by a seed."""

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import hostile
from data.mutate import cut, flip, insert, repeat, splice

OLD_TABLE = Path(__file__).parent / "attachments" / "table.xls"
"""The table as LibreOffice saves it for Excel 97."""
_MUTATIONS = (flip, cut, repeat, insert, splice)
_STEEP = b"0" * 3_000_000


def originals() -> Mapping[str, bytes]:
    """Sound files by their names: those that units send, and archives of them."""
    table = hostile.sheet(("序号", "完成情况"), *((number, f"已完成{number}人") for number in range(1, 30)))
    paper = hostile.word(
        "芜湖市教育局文件", "2020年第二季度民生工作完成情况", "第7项：已新建幼儿园9所。", "2020年6月28日"
    )
    packed = hostile.zipped({"完成情况表.xlsx": table, "报告.docx": paper})
    return {
        "完成情况表.xlsx": table,
        "报告.docx": paper,
        "报告.pdf": hostile.pdf("9"),
        "材料.zip": packed,
        "材料2.zip": hostile.zipped({"内.zip": packed, "报告.docx": paper}),
        "旧名.zip": hostile.gbk_zip("报告.docx", paper),
        "完成情况表.xls": OLD_TABLE.read_bytes(),
        "材料.rar": hostile.rar({"报告.docx": paper}),
        "winmail.dat": hostile.tnef("table.xlsx", table),
    }


def mutated_file(files: Mapping[str, bytes], seed: int) -> tuple[str, bytes]:
    """A name, and the bytes that one of these files became; half of the zips are broken within, and zipped again."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    name = rng.choice(sorted(files))
    data, others = files[name], tuple(files.values())
    if data.startswith(b"PK") and rng.random() < 0.5:
        return name, _within(data, rng, others)
    return name, _broken(data, rng, others)


def _broken(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    for _ in range(rng.randint(1, 3)):
        data = rng.choice(_MUTATIONS)(data or b"\n", rng, others)[:2_000_000]
    return data


def _within(data: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Some members are broken, missing, named otherwise or blown up; the zip itself is sound."""
    members: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            draw = rng.random()
            if draw < 0.05:
                continue
            member = archive.read(name)
            if draw < 0.1:
                member = _STEEP
            elif draw < 0.15:
                name = rng.choice(("../" * 9 + name, "\x01" + name, name.upper(), "a" * 3000))
            elif draw < 0.5:
                member = _broken(member, rng, others)
            members[name] = member
    return hostile.zipped(members)
