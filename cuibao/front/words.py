"""The Chinese words for what code calls by English keys, the same on every surface."""

from cuibao.rules.entries import Kind
from cuibao.rules.letters import RECEIPT, SEND_BACK
from cuibao.rules.verdict import Confidence, MailKind

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
    Kind.FIGURE_SET: "更正完成数",
    Kind.WAVE_APPROVED: "批准发件",
    Kind.WAVE_HELD: "暂缓发件",
    Kind.NOTE_ADDED: "备注",
    Kind.ALARM_RAISED: "告警",
    Kind.ALARM_CLEARED: "告警解除",
    Kind.SANDBOX_OPENED: "演练开始",
}
PURPOSES = {RECEIPT: "回执", SEND_BACK: "退回补报"}
"""Purposes of letters that are no stages; those have the names that the office gives them."""
MAILS = {
    MailKind.SUBMISSION: "报送",
    MailKind.ACKNOWLEDGEMENT: "回复知悉",
    MailKind.QUESTION: "询问",
    MailKind.BOUNCE: "退信",
    MailKind.AUTO_REPLY: "自动回复",
    MailKind.OWN: "本办发件",
    MailKind.OTHER: "其他",
    MailKind.UNCLEAR: "待定",
}
CONFIDENCE = {Confidence.CERTAIN: "确定", Confidence.PROBABLE: "推断", Confidence.NONE: "无法判断"}
