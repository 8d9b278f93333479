"""Signed: the name and the words that an officer's act carries, checked before anything is written, whoever asks for it."""

from cuibao.rules.entries import BOT
from cuibao.rules.outcomes import UsageError

LONGEST_NAME = 50
LONGEST_WORDS = 2000
"""In characters: a name and a reason, not a report."""


def name(by: str) -> str:
    """The officer's name without blanks around it. Raises UsageError for none, one too long, or the one by which the ledger
    knows what no person did."""
    plain = by.strip()
    if not plain or not plain.isprintable():
        raise UsageError("未写明经办人", "请写明经办人姓名")
    if len(plain) > LONGEST_NAME:
        raise UsageError(f"经办人姓名过长（{len(plain)} 字）", f"请写明姓名，不超过 {LONGEST_NAME} 字")
    if plain.casefold() == BOT:
        raise UsageError(f"“{plain}”是系统自用的名称，不能作经办人姓名", "请写明经办人本人的姓名")
    return plain


def words(text: str, what: str) -> str:
    """The words without blanks around them; `what` names them in the refusal (原因, 备注). Raises UsageError for none or too
    many."""
    plain = text.strip()
    if not plain:
        raise UsageError(f"{what}不能为空", f"请写明{what}，以便记入台账")
    if len(plain) > LONGEST_WORDS:
        raise UsageError(f"{what}过长（{len(plain)} 字）", f"请压缩到 {LONGEST_WORDS} 字以内")
    return plain
