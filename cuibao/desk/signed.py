"""Signed: the name and the words that an officer's act carries, checked before anything is written, whoever asks for it."""

from unicodedata import category

from cuibao.rules.entries import BOT
from cuibao.rules.outcomes import UsageError

_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
LONGEST_NAME = 50
LONGEST_WORDS = 2000
"""In characters: a name and a reason, not a report."""


def name(by: str) -> str:
    """The officer's name without blanks around it. Raises UsageError for none, one too long, one in no known characters, or the one by
    which the ledger knows what no person did."""
    plain = _legible(by, "经办人姓名").strip()
    if not _seen(plain) or not plain.isprintable():
        raise UsageError("未写明经办人", "请写明经办人姓名")
    if len(plain) > LONGEST_NAME:
        raise UsageError(f"经办人姓名过长（{len(plain)} 字）", f"请写明姓名，不超过 {LONGEST_NAME} 字")
    if plain.casefold() == BOT:
        raise UsageError(f"“{plain}”是系统自用的名称，不能作经办人姓名", "请写明经办人本人的姓名")
    return plain


def words(text: str, what: str) -> str:
    """The words without blanks around them and without what cannot be seen, such as U+200B or U+202E; `what` names them in the refusal
    (原因, 备注). Raises UsageError for none, too many, or words in no known characters."""
    lines = _legible(text, what).replace("\r\n", "\n")
    plain = "".join(char for char in lines if char.isprintable() or char in "\n\t" or category(char) == "Zs").strip()
    if not _seen(plain):
        raise UsageError(f"{what}不能为空", f"请写明{what}，以便记入台账")
    if len(plain) > LONGEST_WORDS:
        raise UsageError(f"{what}过长（{len(plain)} 字）", f"请压缩到 {LONGEST_WORDS} 字以内")
    return plain


def _seen(text: str) -> bool:
    """Whether anything of it has ink: marks that change a letter before them have none of their own, nor have fillers, which Unicode counts
    among letters and signs."""
    return any(category(char)[0] in "LNPS" and char not in _FILLERS for char in text)


def _legible(text: str, what: str) -> str:
    """The text, unless it was typed in other bytes than UTF-8, for which Python puts halves of characters (PEP 383): the ledger would keep
    them for ever, and a unit would be written to in them."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{what}含有无法识别的字符", "请将终端的字符编码设为 UTF-8 后重新填写")
    return text
