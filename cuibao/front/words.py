"""The Chinese words for what code calls by English keys, the same on every surface."""

import re
from collections.abc import Iterable
from datetime import date

from cuibao.papers.wording import MAILS as MAILS
from cuibao.papers.wording import PURPOSE_WORDS, chinese_date
from cuibao.rules.book import ACTS
from cuibao.rules.entries import Entry, Kind
from cuibao.rules.office import Office
from cuibao.rules.period import Period
from cuibao.rules.verdict import Confidence, Evidence, MailKind

KINDS = {
    Kind.LETTER_INTENDED: "拟发",
    Kind.LETTER_SENT: "已发",
    Kind.LETTER_FAILED: "发送失败",
    Kind.LETTER_DOUBTFUL: "是否送出待查",
    Kind.LETTER_BOUNCED: "退信",
    Kind.LETTER_WITHDRAWN: "撤回未发",
    Kind.STAGE_LAPSED: "阶段已过",
    Kind.MAIL_KEPT: "收件存档",
    Kind.MAIL_JUDGED: "来件判定",
    Kind.MAIL_PARKED: "来件待查",
    Kind.SUBMISSION_RECEIVED: "收到报送",
    Kind.SUBMISSION_ACCEPTED: "核定",
    Kind.SUBMISSION_SENT_BACK: "退回",
    Kind.OBLIGATION_EXEMPTED: "免报",
    Kind.OBLIGATION_EXTENDED: "延期",
    Kind.CONTACT_LEARNED: "登记联系人",
    Kind.CONTACT_DISABLED: "停用联系人",
    Kind.CONTACT_ENABLED: "启用联系人",
    Kind.FIGURE_SET: "登记完成数",
    Kind.WAVE_APPROVED: "批准发件",
    Kind.WAVE_HELD: "暂缓发件",
    Kind.NOTE_ADDED: "备注",
    Kind.ALARM_RAISED: "告警",
    Kind.ALARM_CLEARED: "告警解除",
    Kind.SANDBOX_OPENED: "演练开始",
}
CONFIDENCE = {Confidence.CERTAIN: "确定", Confidence.PROBABLE: "推断", Confidence.NONE: "无法判断"}
CONTENT = frozenset(
    {"question", "own_words", "nil_report", "thanks", "attachment", "enclosed", "bounce", "auto_reply", "away_until"}
)
"""Evidence of what a mail says; the rest is evidence of whose it is."""
EVIDENCE = {
    "thread": "所复邮件",
    "subject_token": "主题中的标识",
    "body_token": "引文中的标识",
    "form_token": "报表中的标识",
    "sender": "发件人",
    "sender_domain": "发件人邮箱域名",
    "enclosed_sender": "所附邮件的发件人",
    "name_in_subject": "主题中的单位",
    "name_in_attachment": "附件名称中的单位",
    "name_in_letterhead": "文头单位",
    "name_in_signature": "落款单位",
    "period_form": "完成情况表的季度",
    "period_token": "所复函件的季度",
    "period_in_subject": "主题中的季度",
    "period_in_attachment": "附件名称中的季度",
    "period_in_text": "信中的季度",
    "period_window": "按时间推定的季度",
    "attachment": "附件",
    "own_words": "信中原话",
    "nil_report": "零报告",
    "question": "询问",
    "thanks": "知悉",
    "enclosed": "所附邮件",
    "auto_reply": "自动回复",
    "away_until": "返岗日期",
    "bounce": "退信",
    "letter": "所退函件",
    "own": "本办发件",
}
"""What a rule of the judgement looked at."""

_SAYING = ("reason", "subject", "reply", "words", "text", "email")
"""What an entry says, the plainest first."""
_TROUBLED = (Kind.LETTER_FAILED, Kind.LETTER_DOUBTFUL)
"""Letters of which the server's answer is what matters."""


def stage_name(office: Office, key: str) -> str:
    """What people call a letter's stage or purpose."""
    stage = office.stage(key)
    return stage.name if stage else PURPOSE_WORDS.get(key, key)


def guess_words(kind: MailKind, confidence: Confidence) -> str:
    """报送（确定）."""
    return f"{MAILS[kind]}（{CONFIDENCE[confidence]}）"


def evidence_words(evidence: tuple[Evidence, ...], periods: Iterable[Period]) -> str:
    """What a judgement rests on, where it gives no reasons of its own."""
    spoken = [one for one in evidence if one.rule in CONTENT] or evidence
    return "；".join(f"{EVIDENCE.get(one.rule, one.rule)}“{evidence_value(one, periods)}”" for one in spoken)


def evidence_value(one: Evidence, periods: Iterable[Period]) -> str:
    """What a rule saw, a quarter by its name."""
    if not one.rule.startswith("period_"):
        return one.value
    names = {period.key: period.name for period in periods}
    return "、".join(names.get(key, key) for key in one.value.split("、"))


def short_subject(subject: str) -> str:
    """A subject as people scan it: without Re:, 答复: and the like, and without our own mark."""
    plain = re.sub(r"\s*〔MS-\w+〕", "", subject)
    return re.sub(r"^(?:\s*(?:re|fw|fwd|回复|答复|转发)\s*[:：]\s*)+", "", plain, flags=re.IGNORECASE)


def judged_words(entry: Entry) -> str:
    """A mail.judged entry in one line: 判为报送（确定）：二季度完成情况."""
    verdict = entry.data["verdict"]
    kind, subject = MailKind(verdict["kind"]), entry.data.get("subject") or "（无主题）"
    if entry.data.get("settled"):
        return f"定为{MAILS[kind]}：{subject}"
    told = f"判为{guess_words(kind, Confidence(verdict['confidence']))}：{subject}"
    return f"重复来件，{told}" if entry.data.get("duplicate") else told


def act_words(entry: Entry) -> str:
    """What an act about a unit's report says in one line: 延期至2020年7月15日：来函申请."""
    data = entry.data
    if entry.kind is Kind.OBLIGATION_EXTENDED:
        what = f"延期至{chinese_date(date.fromisoformat(data['until']))}"
    elif entry.kind is Kind.OBLIGATION_EXEMPTED and data.get("undone"):
        what = "撤销免报"
    elif entry.kind is Kind.SUBMISSION_RECEIVED and data.get("message_id") is not None:
        what = "来函零报告" if data.get("nil") else "来函报送"
        what += "（所附为其他季度的表，内容按本季度登记）" if data.get("adopted") else ""
    else:
        what = KINDS[entry.kind]
    return f"{what}{'（迟报）' if data.get('late') else ''}" + (f"：{data['reason']}" if data.get("reason") else "")


def figure_words(office: Office, entry: Entry) -> str:
    """What an officer's figure says: 第7项“新建”第二季度完成数由9所更正为12所：电话核实. What it replaced the ledgers of old do not say."""
    data = entry.data
    period = office.period(entry.period or "")
    about = f"第{data['item']}项“{data['indicator']}”{period.name if period else entry.period}完成数"
    now, was = (f"{one['value']}{one['measure']}" if one else "" for one in (data, data.get("was")))
    changed = f"由{was}更正为{now}" if was not in ("", now) else now
    return f"{about}{changed}：{data['reason']}"


def summary(office: Office, entry: Entry) -> str:
    """What an entry says, in one line."""
    data = entry.data
    if entry.kind is Kind.MAIL_JUDGED:
        return judged_words(entry)
    if entry.kind in ACTS:
        return act_words(entry)
    if entry.kind is Kind.FIGURE_SET:
        return figure_words(office, entry)
    key = data.get("purpose") or data.get("stage")
    about = stage_name(office, str(key)) if key else ""
    about += "（提前发出）" if entry.kind is Kind.WAVE_APPROVED and data.get("now") else ""
    names = ("reply", *_SAYING) if entry.kind in _TROUBLED else _SAYING
    said = next((str(data[name]) for name in names if data.get(name)), "")
    return said if about and said.startswith(about) else "：".join(filter(None, (about, said)))
