"""Whose words are whose in a mail's text: the sender's own, the signature, and what is quoted; and text out of html."""

import html
import re
from dataclasses import dataclass

from cuibao.papers.shown import PARTING, UNREAD, Look, Shown, gap, look, parts

_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|</?([a-zA-Z][a-zA-Z0-9:]{0,20})([^<>]*)>|<[!?][^<>]*>", re.DOTALL)
_SILENT = frozenset({"style", "script", "head", "title"})
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "table", "h1", "h2", "h3", "h4", "hr", "pre", "ul", "ol", "blockquote", "body"}
)
_CELLS = frozenset({"td", "th"})
_SPACES = re.compile(r"[ \t\r\n\f\u00a0\u3000]+")

_HEADING = re.compile(
    r"^[\s|>]*[-—_=*]{2,}(?:\s|&nbsp;)*(?:原始邮件|邮件原件|邮件原文|原始信息|原文|原邮件|回复的原邮件|转发的原?邮件|转发邮件信息|转发邮件|"
    r"original(?: message)?|forwarded message)(?:\s|&nbsp;)*[-—_=*]*",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:写道|寫道|wrote)\s*[:：]\s*$", re.IGNORECASE)
_WROTE_START = re.compile(r"^\s*(?:在|于|At|On)\s?.{0,80}\d", re.IGNORECASE)
_FROM_LINE = re.compile(r"^[\s|*]*(?:发\s*件\s*人|寄件者|寄件人|From)[\s*|]*(?:[:：]|\|)", re.IGNORECASE)
_HINT = re.compile(
    r"写道|寫道|w(?i:rote)|W(?i:rote)|原始|原件|原文|邮件|o(?i:riginal)|O(?i:riginal)|f(?i:orward|rom)|F(?i:orward|rom)|发\s*件\s*人|寄件"
)
_AT_HINT = re.compile("在|于|a[Tt]|A[Tt]|o[Nn]|O[Nn]")
_AT_START = re.compile(r"^[ \t]*(?:在|于|at|on)\s?.{0,80}\d", re.IGNORECASE | re.MULTILINE)
"""What every kind of quoting has on its first line: one look tells that a text or a line starts none. The alternatives begin with a
character each, as in whichperiod.py."""
_NEXT_LINE = re.compile(
    r"^[\s|*]*(?:发送时间|发送日期|寄件日期|日\s*期|时\s*间|收\s*件\s*人|收件者|至|主\s*题|主旨|抄\s*送|Sent|Date|To|Subject)(?:[\s*|]|&nbsp;)*(?:[:：]|\|)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"^\s*(?:发自|来自|发送自|从|由)\s*(?:我的|于)?.{0,20}(?:iPhone|iPad|手机|邮箱|邮件|客户端|Android|HUAWEI|华为|小米|vivo|OPPO|荣耀|大师).{0,12}$|^\s*Sent from .{0,40}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"电\s*话|手\s*机|传\s*真|地\s*址|邮\s*编|邮\s*箱|联系人|联系方式|\bTel\b|\bFax\b|\bMobile\b|E-?mail|QQ\s*[:：]",
    re.IGNORECASE,
)
_CARD = re.compile(r"签名由.{0,20}定制|^\s*\|.*@.*\|?\s*$")
_ADDRESS = re.compile(r"\s*<?[\w.+-]{1,64}@[\w.-]{3,80}>?\s*")
_NAME = re.compile(r"\s*[^\s，。,；;:：!！?？]{2,12}\s*")
_TITLE = re.compile(r"(?:&nbsp;|\s)*+(?:原始邮件)?(?:&nbsp;|\s)*+")
"""What QQ's program writes over the head of what it quotes, a line each."""
_SIGNED = re.compile(r"自|由|从|\||s(?i:ent)|S(?i:ent)")
_RULE = re.compile(r"^[\s\-—_=*|·.~]*$")
_CONTACT_LENGTH = 60
_LETTER = re.compile(
    r"请贵单位|贵单位报送的|收到贵单位|待贵单位补充|感谢贵单位对民生|涉及贵单位的事项|各责任单位应按季度报送|敬请忽略本邮件|直接回复本邮件|报送提醒系统自动发出|编号[:：]\s*MS-"
)
"""Words of the office's letters that no unit writes."""
_OFFICE_NAME = re.compile(r"(?:^|(?<=\n))[^\n。，]{2,30}办公室\s*\Z")
"""The line that heads a letter of ours in html."""
_SALUTATION = re.compile(r"^\s*[^，。；、\s]{2,20}[:：]\s*$")


@dataclass(frozen=True, slots=True)
class Parts:
    """A text taken apart: the sender's own words, the signature lines under them, and everything quoted; `between` where own words
    stand between quoted lines, and so say something of each that they do not repeat."""

    own: str
    signature: str
    quoted: str
    between: bool = False


def html_text(source: str, hide: bool = True) -> str:
    """The text of an html body, a line a block; what stands in a blockquote begins with "> ". Style and script are dropped, and with
    `hide` what is struck out or not shown. One pass, two where a hidden element is never closed: linear in the length, whatever the
    markup."""
    lines: list[str] = []
    buffer: list[str] = []
    silent = ""
    shown = Shown()
    depth = end = 0

    def flush() -> None:
        line = _SPACES.sub(" ", "".join(buffer)).strip()
        buffer.clear()
        if line or (lines and lines[-1]):
            lines.append("> " + line if depth else line)

    for match in _TOKEN.finditer(source):
        if not silent and match.start() > end:
            buffer.append(shown.words(buffer, html.unescape(source[end : match.start()])))
        end = match.end()
        tag = (match.group(1) or "").lower()
        closing = source.startswith("</", match.start())
        if silent:
            # a body ends a head that nobody closed
            silent = "" if (closing and tag == silent) or (tag == "body" and silent == "head") else silent
        elif tag in _SILENT and not closing:
            silent = tag
        elif tag in _BREAKS:
            flush()
        elif tag in _CELLS:
            buffer.append(" ")
        if tag == "blockquote":
            depth = max(0, depth - 1) if closing else depth + 1
        if tag in _CELLS or tag == "tr":
            shown.end_inline()
        found = None
        if closing:
            found = shown.end(tag)
        elif tag and not silent:
            found = _start(shown, tag, match.group(2) or "", hide=hide)
        if tag and (found in PARTING or parts(tag)):
            buffer += gap(buffer)
    if shown.unread:
        return html_text(source, hide=False)
    if not silent:
        buffer.append(shown.words(buffer, html.unescape(source[end:])))
    flush()
    return "\n".join(lines).strip()


def _start(shown: Shown, tag: str, attributes: str, *, hide: bool) -> Look | None:
    """An element begins; how it is shown. No figure is read here: words that are shown oddly stay as they are."""
    found = look(tag, attributes)
    if found is Look.ODD:
        found = Look.APART
    shown.start(tag, found if hide or found not in UNREAD else None)
    return found


def split(text: str) -> Parts:
    """A mail's text taken apart, for QQ, 163, Foxmail, Outlook, phones and plain > quoting."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    own: list[str] = []
    quoted: list[str] = []
    hinted = _may_quote(text)
    index = answers = 0
    below = False
    while index < len(lines):
        line = lines[index]
        if line.lstrip()[:1] in (">", "＞"):
            quoted.append(line)
            index += 1
            below = True
            continue
        answers += below and bool(line.strip())
        below = below and not line.strip()
        if not hinted or not _may_quote(line):
            own.append(line)
            index += 1
        elif taken := _wrote(lines, index):
            quoted.extend(lines[index : index + taken])
            index += taken
            if not _quotes_by_mark(lines, index):
                break
        elif _starts_quote(lines, index):
            break
        else:
            own.append(line)
            index += 1
    quoted.extend(lines[index:])
    if index < len(lines):
        while own and _TITLE.fullmatch(own[-1]):
            own.pop()
    words, signature = _without_signature(own)
    words, letter = cut_letter(words)
    return Parts(words, signature, "\n".join([letter, *quoted]).strip(), answers > 1 and not letter)


def _may_quote(text: str) -> bool:
    return bool(_HINT.search(text) or (_AT_HINT.search(text) and _AT_START.search(text)))


def _wrote(lines: list[str], index: int) -> int:
    """How many lines "在 2020-06-15 10:00:00，"x" <y> 写道：" takes here, which programs wrap; 0 when it is none."""
    line = lines[index]
    if _WROTE.search(line) and any(char.isdigit() for char in line):
        return 1
    if _WROTE_START.match(line):
        for count in (2, 3):
            if _WROTE.search(" ".join(lines[index : index + count])):
                return count
    return 0


def _quotes_by_mark(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index:] if line.strip()), "")
    return following.lstrip().startswith((">", "＞"))


def _starts_quote(lines: list[str], index: int) -> bool:
    line = lines[index]
    if _HEADING.match(line):
        return True
    if not _FROM_LINE.match(line):
        return False
    following = [other for other in lines[index + 1 : index + 8] if other.strip()]
    return any(_NEXT_LINE.match(other) for other in following[:4])


def _without_signature(lines: list[str]) -> tuple[str, str]:
    signature: list[str] = []
    for index, line in enumerate(lines):
        if line.rstrip() == "--" or line in ("-- ", "—— "):
            lines, signature = lines[:index], lines[index:]
            break
    kept = [line for line in lines if not (_SIGNED.search(line) and (_PHONE.match(line) or _CARD.search(line)))]
    tail: list[str] = []
    while kept and (_RULE.match(kept[-1]) or (len(kept[-1]) <= _CONTACT_LENGTH and _CONTACT.search(kept[-1]))):
        tail.insert(0, kept.pop())
    tail[:0] = _card(kept)
    return "\n".join(kept).strip(), "\n".join([*tail, *signature]).strip()


def _card(kept: list[str]) -> list[str]:
    """The sender's name and, under it, the address, with which QQ's program ends a mail: taken off the lines where words stand above."""
    if (
        len(kept) < 3
        or not _ADDRESS.fullmatch(kept[-1])
        or not _NAME.fullmatch(kept[-2])
        or not any(map(str.strip, kept[:-2]))
    ):
        return []
    card = kept[-2:]
    del kept[-2:]
    return card


def cut_letter(own: str) -> tuple[str, str]:
    """Own words, and the letter of ours among them that a program quoted in no known way: cut at its salutation, or at the line
    before its first words where that is left out."""
    match = _LETTER.search(own)
    if match is None:
        return own, ""
    before = own[: match.start()].split("\n")
    start = next((at for at in range(len(before) - 1, -1, -1) if _SALUTATION.match(before[at])), len(before) - 1)
    kept = _OFFICE_NAME.sub("", "\n".join(before[:start]))
    return kept.strip(), own[len(kept) :].strip()
