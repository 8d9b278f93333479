"""What the sandbox's units write: progress, nil reports, thanks and questions, in the plain prose of such mails.

No text names another period than the letter's: 全年 or 上半年 would speak of a quarter of its own."""

import random
from collections.abc import Iterator, Sequence

from cuibao.front.sandbox.received import ReceivedLetter

AUTOMATIC = "您好，您的邮件已收到，我会尽快处理。本邮件为系统自动回复，请勿直接回复。"
_THANKS = ("收到，谢谢！", "已收到，谢谢。", "收到，谢谢！我们抓紧办理。", "您好，邮件收悉，谢谢！")
_EXTRA_DAYS = (3, 5, 7)
_STEPS = (
    "各项工作按计划推进，已完成计划的{percent}%",
    "已召开专题调度会，相关任务完成{percent}%",
    "资金已拨付到位，工程进度达到{percent}%",
    "已完成{count}人（件），占目标的{percent}%",
    "制度文件已印发实施，日常监管正常开展，完成{percent}%",
)


def progress(letter: ReceivedLetter, unit: str, items: Sequence[int], rng: random.Random, *, more: bool = False) -> str:
    """A report in words, a line an item; `more` says that the rest will follow."""
    lines = [f"市民生办：\n\n现将我单位{letter.period_name}民生工作完成情况报送如下："]
    lines += [f"第{item}项：{_step(letter, rng)}。" for item in items]
    if not items:
        lines.append(f"我单位{letter.period_name}{_step(letter, rng)}。")
    if more:
        lines.append("其他事项数据正在核对，随后报送。")
    return "\n".join(lines) + signature(unit)


def nil(letter: ReceivedLetter, unit: str, rng: random.Random) -> str:
    """A nil report with its reason."""
    reason = rng.choice(("项目尚在招标阶段", "上级实施方案尚未下达", "相关工作按计划安排在下一阶段开展"))
    return f"市民生办：\n\n我单位{letter.period_name}所涉事项暂无新的进展，现作零报告。原因：{reason}。" + signature(
        unit
    )


def covering(letter: ReceivedLetter, unit: str) -> str:
    """The words above an attachment."""
    return f"市民生办：\n\n现将我单位{letter.period_name}民生工作完成情况报上，详见附件，请查收。" + signature(unit)


def corrected(letter: ReceivedLetter, unit: str) -> str:
    """The words of a second report that replaces the first."""
    words = f"市民生办：\n\n前次报送的{letter.period_name}完成情况表中个别数据有误，现报送更正后的完成情况表，请以本次为准。"
    return words + signature(unit)


def thanks(rng: random.Random) -> str:
    """An acknowledgement, and nothing more."""
    return rng.choice(_THANKS)


def question(letter: ReceivedLetter, rng: random.Random) -> str:
    """A question that only a person can answer."""
    if letter.deadline is None or rng.random() < 1 / 3:
        return "您好，请问协同事项是由牵头单位统一报送，还是各单位分别报送？盼复。"
    return f"您好，我单位{letter.period_name}数据尚在汇总，请问能否延期{rng.choice(_EXTRA_DAYS)}天报送？盼复，谢谢。"


def rows(letter: ReceivedLetter, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """The rows of a table of progress, its head first."""
    yield "序号", "完成情况", "备注"
    for item in letter.items:
        yield str(item), _step(letter, rng), ""
    if not letter.items:
        yield "", _step(letter, rng), ""


def nickname(unit: str) -> str:
    """What a clerk calls a private mailbox."""
    return random.Random(f"昵称{unit}").choice(("云淡风轻", "江城小雨", "平安是福", "赭山晨光"))  # noqa: S311 - no secret


def signature(unit: str) -> str:
    """Who reports; the date is the mail's own."""
    return f"\n\n{unit}办公室"


def _step(letter: ReceivedLetter, rng: random.Random) -> str:
    percent = min(100, 25 * int(letter.period_key[-1]) + rng.randint(-6, 6))
    return rng.choice(_STEPS).format(percent=percent, count=rng.randint(40, 9000))
