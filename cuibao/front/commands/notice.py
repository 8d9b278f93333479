"""`notice import`, `notice adopt`: an official notice to a draft of the configuration, and the draft put live once a person has
checked it."""

import os
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cuibao.front import problems as told
from cuibao.front import show
from cuibao.front.house import House
from cuibao.gateways.adoption import Adopted, adopt
from cuibao.gateways.draft_folder import PAGE, SHEET, new_folder, write_draft
from cuibao.gateways.ledger import Mode
from cuibao.gateways.reading_room import ReadingRoom, sweep
from cuibao.gateways.store_files import ledgers_in
from cuibao.gateways.system_words import why
from cuibao.gateways.templates import load_template
from cuibao.gateways.yaml_places import shown_path
from cuibao.papers.attachments import safe_name
from cuibao.papers.charset import guess
from cuibao.papers.notice.changes import changes
from cuibao.papers.notice.draft import Draft, NoticeHead, NoticeRefused, Question
from cuibao.papers.notice.reading import read_notice
from cuibao.papers.notice.review import MERGED, merged_names, review
from cuibao.papers.wording import number_words
from cuibao.rules.outcomes import Problem, UsageError
from cuibao.rules.registry import Item, Registry

LARGEST = 50 << 20
"""Bytes of a notice's file."""
_SCRATCH = "cuibao-notice-"


def run(args: Namespace, now: datetime) -> int:
    return _adopt(args, now) if args.act == "adopt" else _import(args, now)


def _import(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    data = _bytes(args.file)
    live = house.configured.registry
    try:
        draft = _with_question(_read(_name(args.file), data, live), house.configured.mailbox.address)
    except NoticeRefused as refused:
        return _refused(args, refused)
    found = changes(live, _registry(draft))
    folder = args.out or new_folder(house.store / "notices", draft.notice.year)
    origin = {"file": _name(args.file), "sha256": sha256(data).hexdigest()}
    template = load_template(house.template_folder, "notice/review.html")
    learned = house.desk.book().learned if house.begun else {}
    unknown = {one.unit: one.place for one in draft.questions if one.unit} if house.begun else {}
    write_draft(folder, review(draft, found), house.config, template, origin, now, learned, unknown)
    if args.json:
        show.as_json(_doc(draft, folder, found if args.diff else None))
    else:
        _tell(draft, folder, found if args.diff else None, tuple(unknown))
    return 1 if unknown else 0


def _name(path: Path) -> str:
    """What the file is called, in characters that a sheet and a file of JSON can hold: unpacked elsewhere, it may be called in GBK."""
    return safe_name(guess(os.fsencode(path.name)))


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} 无法读取：{why(error)}", "请核对文件的路径和权限") from error
    if len(data) > LARGEST:
        raise UsageError(f"{path} 过大，超过 {LARGEST >> 20} MB", "请只保留通知正文和附表，另存后再导入")
    return data


def _read(name: str, data: bytes, live: Registry) -> Draft:
    """What the notice says. Nothing is left on the disk, but by a run that is killed, and that until a later one. Raises NoticeRefused."""
    with TemporaryDirectory(prefix=_SCRATCH) as folder:
        sweep(Path(folder).parent.glob(f"{_SCRATCH}*"))
        room = ReadingRoom(Path(folder))
        try:
            return read_notice(room.lay_out(name, data), live)
        finally:
            room.close()


def _with_question(draft: Draft, address: str) -> Draft:
    """The draft, with the question that another mailbox raises: the bot reads only the one of which it has the account."""
    printed = draft.notice.mailbox
    if not printed or printed.lower() == address.lower():
        return draft
    message = f"通知所列的报送邮箱是{printed}，现用的是{address}，草案仍用现用的"
    remedy = "改用新邮箱的，请改草案 office.yaml 的 mailbox.address，并在 .env 中换上该邮箱的账号"
    return replace(draft, questions=(*draft.questions, Question("报送邮箱", message, remedy)))


def _registry(draft: Draft) -> Registry:
    return Registry(draft.items, draft.units, draft.collectives)


def _refused(args: Namespace, refused: NoticeRefused) -> int:
    problem = Problem(_name(args.file), refused.place, refused.message, refused.remedy)
    if args.json:
        show.as_json({"problems": told.problems_doc([problem])})
    else:
        show.warn(f"未能导入，没有写入任何文件：{refused.place}：{refused}")
    return 1


def _tell(draft: Draft, folder: Path, found: Sequence[str] | None, unknown: Sequence[str]) -> None:
    notice = draft.notice
    targets = sum(len(item.targets) for item in draft.items)
    show.say(
        f"已读 {notice.number or '（未写文号）'}《{notice.title}》：{len(draft.items)} 个事项，{len(draft.units)} 个单位，"
        f"{len(draft.collectives)} 个成员单位，{targets} 个目标。"
    )
    if draft.aliases:
        show.table("归并的单位名称", MERGED, merged_names(draft.aliases))
    if draft.questions:
        asked = [(_item_words(one), one.place, one.message, one.remedy) for one in draft.questions]
        show.table("请核对", ("事项", "位置", "情况", "办法"), asked, caption=f"共 {len(asked)} 处")
    if found is not None:
        show.say("与现行通知相比：", *(f"　　{text}" for text in found or ["没有变化"]))
    shown = shown_path(folder)
    if unknown:
        show.warn(
            f"有 {len(unknown)} 个单位从未登记（{'、'.join(unknown)}）：请在草案的 units.yaml 中填写联系人，或写明 duty，或列为已有单位的别名；答复之前不能启用。"
        )
    show.say(
        f"草案已写入 {shown}。请打开其中的 {SHEET} 或 {PAGE}，对照原文核对；要改的改在草案的 registry.yaml、units.yaml、office.yaml 中。",
        f"核对无误后启用：./bot notice adopt '{shown}'",
    )


def _item_words(question: Question) -> str:
    return f"第{question.item}项" if question.item else "—"


def _doc(draft: Draft, folder: Path, found: Sequence[str] | None) -> dict[str, Any]:
    asked = [
        {"place": one.place, "message": one.message, "remedy": one.remedy, "item": one.item, "unit": one.unit or None}
        for one in draft.questions
    ]
    document: dict[str, Any] = {
        "notice": _notice_doc(draft.notice),
        "items": [_item_doc(item) for item in draft.items],
        "units": [{"name": unit.name, "aliases": list(unit.aliases)} for unit in draft.units],
        "collectives": [body.name for body in draft.collectives],
        "aliases": [
            {"seen": alias.seen, "name": alias.name, "why": alias.why, "printed": alias.printed}
            for alias in draft.aliases
        ],
        "questions": asked,
        "draft": str(folder),
    }
    return document if found is None else document | {"changes": list(found)}


def _notice_doc(notice: NoticeHead) -> dict[str, Any]:
    return {
        "number": notice.number,
        "year": notice.year,
        "title": notice.title,
        "organ": notice.organ,
        "issued_on": notice.issued_on.isoformat() if notice.issued_on else None,
        "mailbox": notice.mailbox,
        "periods": [
            {"key": period.key, "name": period.name, "deadline": period.deadline.isoformat()}
            for period in notice.periods
        ],
        "reporters": notice.reporters,
    }


def _item_doc(item: Item) -> dict[str, Any]:
    """An item as registry.yaml has it; a target's value is a number."""
    return {
        "no": item.no,
        "section": item.section,
        "title": item.title,
        "lead": list(item.lead),
        "cooperating": list(item.cooperating),
        "open_ended": item.open_ended,
        "targets": [
            {
                "indicator": target.indicator,
                "comparison": str(target.comparison),
                "value": float(target.value) if "." in number_words(target.value) else int(target.value),
                "measure": target.measure,
            }
            for target in item.targets
        ],
    }


def _adopt(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    _refuse_rehearsal(house)
    mode: Mode = "sandbox" if args.sandbox else "office"
    learned = house.desk.book().learned if house.begun else {}
    made = adopt(args.draft, house.config, house.store, now, mode=mode, learned=learned)
    if args.json:
        show.as_json(_adopted_doc(made))
    else:
        _tell_adopted(house, made)
    return 0


def _adopted_doc(made: Adopted) -> dict[str, Any]:
    return {
        "year": made.office.notice.year,
        "number": made.office.notice.number,
        "kept": str(made.kept) if made.kept else None,
        "set_aside": str(made.aside) if made.aside else None,
        "backup": str(made.backup),
    }


def _refuse_rehearsal(house: House) -> None:
    """A rehearsal shares config/ with the office, whose year in force it does not know."""
    program = house.env_file.parent
    if house.sandbox and house.config.resolve() == (program / "config").resolve() and ledgers_in(program / "store"):
        raise UsageError(
            "本办已有正式台账，演练中启用会换掉正式使用的配置",
            "正式启用请去掉 --sandbox；演练请先将 config/ 复制一份，以 --config 指明",
        )


def _tell_adopted(house: House, made: Adopted) -> None:
    notice = made.office.notice
    show.say(f"已启用 {notice.number}《{notice.title}》。启用前的备份：{shown_path(made.backup)}")
    if made.kept:
        show.say(
            f"上一年的配置保存在 {shown_path(made.kept)}：未了的季度继续催报、收件、登记，直至办结；"
            f"查询时写明季度即可，如 ./bot status --period {made.kept.name}Q4。"
        )
    if made.aside:
        show.say(f"该处原有的文件移在 {shown_path(made.aside)}，程序不再读取，核对后可自行删除。")
    show.say("正在运行的后台服务将自动换用新的配置；请运行 ./bot check 核对。")
