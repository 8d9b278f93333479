"""Writes the numbered sample mails beside it: made-up mails in the forms that Chinese mail programs really send."""

import base64
import io
import zipfile
from pathlib import Path

HERE = Path(__file__).parent / "mails"
LETTER_ID = "<cuibao.7k2m9qxd4t.0123456789abcdef@163.com>"
DIGEST_ID = "<cuibao.9k2m9qxd4t.0123456789abcdef@163.com>"
OTHER_ID = "<cuibao.8k2m9qxd4t.0123456789abcdef@163.com>"
TOKEN = "MS-7K2M9QXD4T"
SUBJECT = f"关于报送2020年民生工作要点第二季度完成情况的提醒（市教育局）〔{TOKEN}〕"
JYJ = "jyj@wuhu.example"
OFFICE = "whsmsb@163.com"
PROGRESS = "第7项：已建成公办幼儿园9所，新增学位2430个，完成年度目标的67.6%。\n第8项：已完成校舍改造12所。"


def xlsx() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def docx() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 6, 28, 9, 0, 0)), data)
    return target.getvalue()


def locked_xlsx() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + "EncryptedPackage".encode("utf-16-le") + b"\0" * 1024


def word(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def b64(data: bytes) -> str:
    return base64.encodebytes(data).decode()


def head(
    subject: str, sender: str = f"{word('张三', 'gbk')} <{JYJ}>", extra: str = "", number: int = 1, message_id: str = ""
) -> str:
    return (
        "Received: from mail.wuhu.example by mx12 (Coremail); Sun, 28 Jun 2020 10:00:05 +0800 (CST)\n"
        f"From: {sender}\nTo: whsmsb@163.com\nSubject: {subject}\n"
        f"Date: Sun, 28 Jun 2020 10:00:00 +0800\nMessage-ID: {message_id or f'<sample{number}@wuhu.example>'}\nMIME-Version: 1.0\n{extra}"
    )


def plain(subject: str, text: str, charset: str = "utf-8", **more: object) -> bytes:
    body = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
    return (head(subject, **more) + body + b64(text.encode("gb18030" if charset == "gb2312" else charset))).encode()  # type: ignore[arg-type]


def page(subject: str, html: str, charset: str = "gb18030", **more: object) -> bytes:
    body = f'Content-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: base64\n\n'
    return (head(subject, **more) + body + b64(html.encode(charset))).encode()  # type: ignore[arg-type]


def with_parts(subject: str, text: str, *parts: str, **more: object) -> bytes:
    first = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{b64(text.encode())}"
    joined = "".join(f"--=_b\n{part}\n" for part in (first, *parts))
    return (head(subject, **more) + f'Content-Type: multipart/mixed; boundary="=_b"\n\n{joined}--=_b--\n').encode()  # type: ignore[arg-type]


def file(
    name: str, data: bytes, kind: str = "application/octet-stream", disposition: str = "attachment", extra: str = ""
) -> str:
    return (
        f'Content-Type: {kind}; name="{word(name)}"\nContent-Disposition: {disposition}; filename="{word(name)}"\n'
        f"{extra}Content-Transfer-Encoding: base64\n\n{b64(data)}"
    )


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REPLY = f"In-Reply-To: {LETTER_ID}\nReferences: {LETTER_ID}\n"
RE = word("答复: " + SUBJECT)
QQ_QUOTE = f'\n\n------------------ 原始邮件 ------------------\n发件人: "市民生办" <whsmsb@163.com>;\n主题: {SUBJECT}\n\n市教育局：\n请贵单位于6月30日前报送。'
NETEASE_QUOTE = (
    f'\n\n在 2020-06-15 09:00:00，"市民生办" <whsmsb@163.com> 写道：\n市教育局：\n请贵单位报送第7—12项。〔{TOKEN}〕'
)
FOXMAIL_QUOTE = f"\n\n发件人： 市民生办\n发送时间： 2020-06-15 09:00\n收件人： jyj\n主题： {SUBJECT}\n市教育局：请贵单位于6月30日前报送。"
OUTLOOK_QUOTE = FOXMAIL_QUOTE.replace("\n\n发件人", "\n\n-----邮件原件-----\n发件人")
MARKED_QUOTE = f"\n\n> 市教育局：\n> 请贵单位报送第7—12项，已完成的请说明。{TOKEN}"
PRIVATE = "li@qq.com"

DSN_HEAD = head(word("系统退信", "gb2312"), "Postmaster@163.com", f"X-CM-Original-Message-ID: {LETTER_ID[1:-1]}\n", 24)


def dsn(action: str, status: str, extra: str = "") -> bytes:
    return (
        DSN_HEAD.replace("X-CM-Original-Message-ID", extra or "X-CM-Original-Message-ID")
        + 'Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"\n\n'
        + f"--=_r\nContent-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n{b64('您的邮件无法投递'.encode('gbk'))}\n"
        + "--=_r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.163.com\n\n"
        + f"Final-Recipient: rfc822; {JYJ}\nAction: {action}\nStatus: {status}\n\n"
        + f"--=_r\nContent-Type: message/rfc822\n\nFrom: whsmsb@163.com\nSubject: {word(SUBJECT)}\nMessage-ID: {LETTER_ID}\n\nx\n--=_r--\n"
    ).encode()


INNER = plain(word("转报情况"), PROGRESS, sender=f"jyj <{JYJ}>")
INNER_CAIZHENG = plain(word("转报情况"), PROGRESS, sender="czj <czj@wuhu.example>")

MAILS: dict[str, bytes] = {
    "0001-qq-html-with-form": page(
        RE, f"<style>p{{}}</style><div>您好，报表见附件。</div><div>{QQ_QUOTE.replace(chr(10), '<br>')}</div>"
    ),
    "0002-reply-with-spreadsheet": with_parts(
        RE, "报表见附件。" + NETEASE_QUOTE, file("市教育局二季度完成情况.xlsx", xlsx()), extra=REPLY
    ),
    "0003-own-words-in-163-reply": plain(RE, PROGRESS + NETEASE_QUOTE, extra=REPLY),
    "0004-own-words-over-foxmail-quote": plain(RE, PROGRESS + FOXMAIL_QUOTE, "gb2312"),
    "0005-own-words-over-outlook-quote": plain(RE, PROGRESS + OUTLOOK_QUOTE, "gb2312"),
    "0006-thanks-with-marked-quote": plain(RE, "收到，谢谢！" + MARKED_QUOTE),
    "0007-thanks-and-promise": plain(
        RE, "您好：\n邮件收到，我局将按要求尽快报送。\n\n发自我的iPhone" + QQ_QUOTE, extra=REPLY
    ),
    "0008-question-about-delay": plain(RE, "请问能否延期至7月5日？" + NETEASE_QUOTE, extra=REPLY),
    "0009-see-attachment-without-one": plain(RE, "报表见附件，请查收。" + NETEASE_QUOTE, extra=REPLY),
    "0010-claims-to-have-reported": plain(
        word("市教育局二季度报送完毕"), "我局二季度完成情况已于6月28日报送至贵办，请查收。"
    ),
    "0011-nil-report": plain(RE, "第7—8项本季度无进展，特此零报告。" + NETEASE_QUOTE, extra=REPLY),
    "0012-private-address-with-token": with_parts(
        RE, "附件请查收", file("完成情况.docx", docx()), sender=f"li <{PRIVATE}>"
    ),
    "0013-private-address-without-token": with_parts(
        word("报送二季度完成情况"), "见附件", file("情况.pdf", PDF), sender=f"li <{PRIVATE}>"
    ),
    "0014-token-of-another-unit": with_parts(RE, "见附件", file("情况.pdf", PDF), sender="czj <czj@wuhu.example>"),
    "0015-registered-sender-no-thread": plain(word("第7、8项完成情况"), PROGRESS, sender=f"<{JYJ.upper()}>"),
    "0016-other-quarter-in-name": with_parts(RE, "见附件", file("第三季度完成情况.xlsx", xlsx()), extra=REPLY),
    "0017-encrypted-workbook": with_parts(RE, "见附件", file("报表.xlsx", locked_xlsx()), extra=REPLY),
    "0018-inline-picture-only": with_parts(
        RE, "收到", file("logo.png", PNG, "image/png", "inline", "Content-ID: <a>\n"), extra=REPLY
    ),
    "0019-picture-sent-as-file": with_parts(RE, "扫描件", file("扫描.png", PNG, "image/png"), extra=REPLY),
    "0020-zip-with-report": with_parts(RE, "见附件", file("报送.zip", zipped({"table.xls": b"x"})), extra=REPLY),
    "0021-zip-without-report": with_parts(RE, "见附件", file("报送.zip", zipped({"a.exe": b"x"})), extra=REPLY),
    "0022-auto-reply-qq": plain(
        word("自动回复: " + SUBJECT), "我在休假", sender="jyj <jyj@qq.com>", extra=f"{REPLY}X-QQ-mid: bizmail\n"
    ),
    "0023-auto-submitted": plain(RE, "不在办公室", extra=f"{REPLY}Auto-Submitted: auto-replied\n"),
    "0024-coremail-bounce": dsn("failed", "5.1.1"),
    "0025-delayed-report": dsn("delayed", "4.4.1"),
    "0026-qq-text-bounce": plain(
        word("来自qq.com的退信"),
        f"很抱歉，您的邮件被退回。收件人 <{JYJ}> 不存在。\n主题：{SUBJECT}",
        sender="PostMaster@qq.com",
    ),
    "0027-bounce-of-a-stranger": plain(
        "Undelivered Mail Returned to Sender", "user unknown <x@y.example>", sender="MAILER-DAEMON@mx.example"
    ),
    "0028-own-letter-in-inbox": plain(
        word(SUBJECT), "市教育局：\n请贵单位报送", sender="whsmsb@163.com", extra="Auto-Submitted: auto-generated\n"
    ),
    "0029-advertisement": plain(
        word("发票代开优惠"), "本公司长期代开发票，优惠多多，请来电咨询", sender="ad@spam.example"
    ),
    "0030-forged-sender": plain(
        word("第7项完成情况"),
        PROGRESS,
        extra="Authentication-Results: mx12; spf=fail smtp.mailfrom=jyj@wuhu.example; dkim=none\n",
    ),
    "0031-forwarded-report-attached": with_parts(
        word("转发"), "", "Content-Type: message/rfc822\n\n" + INNER.decode(), sender=f"<{JYJ}>"
    ),
    "0032-base64-enclosed-other-unit": with_parts(
        word("转发"),
        "",
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + b64(INNER_CAIZHENG),
        sender=f"<{JYJ}>",
    ),
    "0033-raw-gbk-headers": b"From: "
    + "市教育局".encode("gbk")
    + b" <jyj@wuhu.example>\nSubject: "
    + "二季度完成情况".encode("gbk")
    + b"\n\n"
    + PROGRESS.encode("gbk"),
    "0034-colonless-header-line": b"Received: x; bad\nthis line has no colon\nFrom: jyj@wuhu.example\nSubject: =?gb2312?B?"
    + base64.b64encode("完成情况".encode("gbk"))
    + b"?=\nDate: Mon, 99 Foo 99999 10:00:00 CST\n\n"
    + PROGRESS.encode(),
    "0035-shared-address": with_parts(
        word("二季度情况"), "见附件", file("情况.pdf", PDF), sender="<shared@wuhu.example>"
    ),
    "0036-report-and-question": plain(RE, PROGRESS + "\n请问第9项是否需要报送？" + NETEASE_QUOTE, extra=REPLY),
    "0037-attachment-and-question": with_parts(
        RE, "报表见附件。请问能否补报？", file("报表.xlsx", xlsx()), extra=REPLY
    ),
    "0038-year-end-by-period-words": plain(word("2020年1—12月完成情况"), PROGRESS),
    "0039-rfc2231-name": with_parts(
        RE,
        "",
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0*=gb2312''%B6%FE%BC%BE; filename*1*=%B6%C8.pdf\nContent-Transfer-Encoding: base64\n\n"
        + b64(PDF),
        extra=REPLY,
    ),
    "0040-split-encoded-word": plain(
        f"=?utf-8?B?{base64.b64encode('完成情'.encode()[:8]).decode()}?=\n =?utf-8?B?{base64.b64encode('完成情'.encode()[8:]).decode()}?=",
        PROGRESS,
    ),
    "0041-html-blockquote": page(
        RE,
        "<p>好的，收到。</p><blockquote><p>已完成培训14500人，新增就业岗位若干，开展活动多次</p></blockquote>",
        extra=REPLY,
    ),
    "0042-two-threads-disagree": plain(
        word("完成情况"), PROGRESS, extra=f"In-Reply-To: {LETTER_ID}\nReferences: {OTHER_ID}\n"
    ),
    "0043-item-of-another-unit": plain(word("第52项完成情况"), "已完成9800人，占年度目标的67.6%。"),
    "0044-list-of-its-own": plain(
        RE, "第一项，幼儿园建设：已开工9所，完成投资1200万元。\n第二项，学生资助：已资助3210人次。", extra=REPLY
    ),
    "0045-officer-writes-from-the-mailbox": plain(word("内部转存"), PROGRESS, sender=f"<{OFFICE}>"),
    "0046-officer-forwards-enclosed-report": with_parts(
        word("转发"), "请登记", "Content-Type: message/rfc822\n\n" + INNER.decode(), sender=f"<{OFFICE}>"
    ),
    "0047-officer-forwards-quoted-report": with_parts(
        word("Fw: 二季度情况"),
        f'\n\n------------------ 原始邮件 ------------------\n发件人: "张三" <{JYJ}>;\n主题: 二季度情况\n\n见附件',
        file("情况.pdf", PDF),
        sender=f"<{OFFICE}>",
    ),
    "0048-quarter-of-last-year": with_parts(RE, "见附件", file("2019年四季度完成情况.pdf", PDF), extra=REPLY),
    "0049-first-quarter": plain(word("一季度完成情况"), PROGRESS),
    "0050-a-month": plain(word("完成情况"), "现报送5月份完成情况：" + PROGRESS),
    "0051-request-for-delay": plain(RE, "材料正在汇总，需推迟至7月3日报送。" + NETEASE_QUOTE, extra=REPLY),
    "0052-promise": plain(RE, "已安排专人负责，预计6月28日前完成并报送。" + QQ_QUOTE, extra=REPLY),
    "0053-target-disputed": plain(RE, "第7项目标应为9800人，请更正。", extra=REPLY),
    "0054-figures-and-promise": plain(RE, "已完成9所，其余数据待核实后再报。第8项材料稍后报送。", extra=REPLY),
    "0055-delay-requested-beside-attachment": with_parts(
        RE, "请准予推迟至7月3日报送。", file("扫描件.pdf", PDF), extra=REPLY
    ),
    "0056-nil-report-in-few-words": plain(RE, "本季度没有相关工作。" + NETEASE_QUOTE, extra=REPLY),
    "0057-short-report": plain(RE, "完成9所，占年度目标36%", extra=REPLY),
    "0058-thanks-by-name-only": plain(word("市教育局"), "收到，谢谢！", sender=f"<{PRIVATE}>"),
    "0059-digest-in-inbox": plain(word("每日情况"), "今日无待办", sender=f"<{OFFICE}>", message_id=DIGEST_ID),
    "0060-digest-came-back": dsn("failed", "5.1.1").replace(LETTER_ID[1:-1].encode(), DIGEST_ID[1:-1].encode()),
}


def main() -> None:
    """Write every mail anew."""
    from program_mails import MAILS as OTHERS  # made of the pieces above

    HERE.mkdir(exist_ok=True)
    for name, raw in (MAILS | OTHERS).items():
        (HERE / f"{name}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
