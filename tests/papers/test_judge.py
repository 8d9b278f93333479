"""What the judge says of the numbered sample mails: whose they are, what they are, and why."""

import csv
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from data.one_office import CZJ, DIGEST, JYJ, LETTER, office

from cuibao.papers import mail as mails
from cuibao.papers.attachments import Attachment, attach
from cuibao.papers.itemnumbers import items_in
from cuibao.papers.judge import View, judge
from cuibao.papers.whichperiod import periods_in
from cuibao.rules.verdict import Confidence, Evidence, MailKind, Verdict
from cuibao.rules.workdays import CHINA

DATA = Path(__file__).parents[1] / "data"
MAILS = DATA / "mails"


def judged(number: int) -> Verdict:
    path = next(MAILS.glob(f"{number:04}-*.eml"))
    return judge(mails.read(path.read_bytes()), office())


def wrote(text: str, **changes: object) -> Verdict:
    """The verdict on a plain answer to our letter by 市教育局."""
    answer = mails.Mail(
        message_id="<a@b>", in_reply_to=LETTER.message_id, subject="答复", sender="jyj@wuhu.example", own_text=text
    )
    return judge(replace(answer, **changes), office())  # type: ignore[arg-type]


TABLE = list(csv.DictReader((DATA / "verdicts.csv").read_text("utf-8").splitlines()))
SUB, ACK, ASK, UNC = MailKind.SUBMISSION, MailKind.ACKNOWLEDGEMENT, MailKind.QUESTION, MailKind.UNCLEAR
YES, MAYBE, NO = Confidence.CERTAIN, Confidence.PROBABLE, Confidence.NONE


def told(found: Verdict) -> list[str]:
    """What a verdict gives as its grounds: reasons, evidence, and what a bounce says."""
    bounce = found.bounce
    came_back = [f"{'permanent' if bounce.permanent else 'temporary'}: {bounce.recipient}"] if bounce else []
    return [*found.reasons, *(f"{one.rule}: {one.value}" for one in found.evidence), *came_back]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["mail"])
def test_every_sample_mail_gets_its_verdict(row):
    found = judged(int(row["mail"]))
    got = (
        str(found.kind),
        str(found.confidence),
        found.unit or "",
        found.period or "",
        "、".join(map(str, found.items)),
    )
    assert got == (row["kind"], row["confidence"], row["unit"], row["period"], row["items"]), found
    assert any(words.startswith(row["because"]) for words in told(found)), told(found)


def test_every_sample_mail_has_its_line_in_the_table():
    assert [path.name[:4] for path in sorted(MAILS.glob("*.eml"))] == [row["mail"] for row in TABLE]


def test_an_unknown_sender_with_our_token_is_marked_and_still_certain():
    found = judged(12)
    assert found.unknown_sender
    assert "发件人未登记" in found.reasons


def test_a_forged_sender_is_no_evidence_and_says_why():
    assert any("spf=fail" in reason for reason in judged(30).reasons)


def test_a_failure_told_by_a_foreign_host_is_not_believed():
    found = wrote(
        "第7项已完成幼儿园建设9所，完成率百分之百", in_reply_to="", headers={"authentication-results": "evil; spf=fail"}
    )
    assert (found.unit, found.confidence) == (JYJ, YES)


def test_a_registered_sender_that_fails_is_for_a_person_even_with_our_token():
    headers = {"authentication-results": "mx12; spf=fail smtp.mailfrom=x"}
    found = wrote("第7项已完成幼儿园建设9所，完成率百分之百", headers=headers)
    assert (found.kind, found.unit, found.confidence) == (SUB, JYJ, MAYBE)
    other = wrote("第7项已完成幼儿园建设9所，完成率百分之百", headers=headers, sender="li@qq.com")
    assert other.confidence is YES


@pytest.mark.parametrize(
    ("text", "confidence", "unit"),
    [
        ("市教育局：\n第7项：已建成公办幼儿园9所。\n市财政局：\n第9项：已拨付1200万元。", MAYBE, JYJ),
        (
            "报送如下\n一、市教育局\n第7项：已建成公办幼儿园9所。\n二、芜湖市财政局情况\n第9项：已拨付1200万元。",
            MAYBE,
            JYJ,
        ),
        ("报送如下\n一、市财政局\n第7项：已建成公办幼儿园9所。", MAYBE, None),
        ("市财政局：\n第7项：已建成公办幼儿园9所。", YES, JYJ),
        ("市财政局：\n报送如下：\n第7项：已建成公办幼儿园9所。", YES, JYJ),
        ("报送如下\n一、市教育局完成情况\n第7项：已建成公办幼儿园9所。", YES, JYJ),
    ],
)
def test_units_that_head_parts_of_the_own_words_are_named(text, confidence, unit):
    found = wrote(text)
    assert (found.kind, found.confidence, found.unit) == (SUB, confidence, unit), found


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请查收\n从QQ邮箱发来的超大附件\n二季度完成情况.zip (65.20M, 2020年08月01日 10:00 到期)\n进入下载页面", UNC),
        ("请查收\n从网易邮箱发来的云附件\n二季度.docx (1.2M, 2020年7月17日 10:00 到期)\n下载", UNC),
        ("材料见链接：https://pan.baidu.com/s/1abc 提取码: a1b2", UNC),
        ("第7项：已建成公办幼儿园9所。\n从QQ邮箱发来的超大附件\n佐证.zip (65.20M, 2020年08月01日 10:00 到期)", SUB),
    ],
)
def test_what_hangs_on_a_link_is_for_a_person_before_it_is_gone(text, kind):
    found = wrote(text)
    assert (found.kind, found.confidence) == (kind, MAYBE)
    assert any("有效期内下载" in reason for reason in found.reasons)


def test_nothing_reported_is_said_in_these_words():
    assert judged(9).reasons == ("信中未见报送内容",)


def test_an_encrypted_workbook_is_named_in_the_reasons():
    assert any("报表.xlsx" in reason for reason in judged(17).reasons)


def test_a_strangers_bounce_has_no_effect():
    found = judged(27)
    assert found.bounce is not None
    assert found.bounce.letter is None
    assert found.reasons == ("与我方发件无关",)


def came_back(text: str, view: View, **changes: object) -> Verdict:
    answer = mails.Mail(sender="postmaster@wuhu.example", subject="系统退信", text=text)
    return judge(replace(answer, **changes), view)  # type: ignore[arg-type]


SENT = replace(LETTER, to=("jyj@wuhu.example",), subject="关于报送2020年民生工作要点完成情况的提醒〔MS-7K2M9QXD4T〕")


@pytest.mark.parametrize(
    ("text", "changes", "letter"),
    [
        ("收件人 jyj@wuhu.example 不存在", {}, SENT.message_id),
        ("主  题 关于报送2020年民生工作要…\n收件人 jyj@wuhu.example", {}, SENT.message_id),
        ("主  题 会议通知\n收件人 jyj@wuhu.example", {}, None),
        ("收件人 other@wuhu.example 不存在", {}, None),
        ("收件人 jyj@wuhu.example 〔MS-0000000000〕", {}, None),
        ("收件人 jyj@wuhu.example", {"enclosed": (mails.Mail(subject="会议通知"),)}, None),
        ("收件人 jyj@wuhu.example", {"headers": {"x-cm-original-message-id": "<1@x.cn>"}}, None),
    ],
)
def test_a_bounce_that_names_no_mail_is_the_last_letters_to_that_address(text, changes, letter):
    found = came_back(text, replace(office(), by_recipient={"jyj@wuhu.example": SENT}), **changes)
    assert found.bounce is not None
    assert (found.kind, found.bounce.letter) == (MailKind.BOUNCE, letter)
    assert found.reasons == (() if letter else ("与我方发件无关",))


def test_a_bounce_of_empty_lines_takes_no_time():
    found = came_back(
        "收件人 jyj@wuhu.example" + "\n" * 200_000 + "x", replace(office(), by_recipient={"jyj@wuhu.example": SENT})
    )
    assert found.kind is MailKind.BOUNCE


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        (("jyj@wuhu.example",), "jyj@wuhu.example"),
        (("jyj@wuhu.example", "ju@wuhu.example"), "moved@qq.com"),
        ((), "moved@qq.com"),
    ],
)
def test_the_contact_of_a_letter_that_was_passed_on_is_the_one_that_it_went_to(to, recipient):
    view = replace(office(), letters={"MS-7K2M9QXD4T": replace(SENT, to=to)})
    found = came_back("收件人 moved@qq.com 不存在 〔MS-7K2M9QXD4T〕", view)
    assert found.bounce is not None
    assert found.bounce.recipient == recipient
    assert Evidence("bounce", "moved@qq.com") in found.evidence


def test_an_automatic_reply_says_when_its_sender_is_back():
    found = wrote(
        "自7月1日起休假，7月10日返岗。", subject="自动回复: 提醒", received=datetime(2020, 7, 1, 9, tzinfo=CHINA)
    )
    assert found.kind is MailKind.AUTO_REPLY
    assert Evidence("away_until", "2020-07-10（7月10日返岗）") in found.evidence


def test_a_nil_report_is_marked_with_its_items():
    found = judged(11)
    assert found.nil
    assert found.items == (7, 8)


def test_a_nil_report_that_names_no_item_covers_all():
    assert (judged(56).nil, judged(56).items) == (True, ())


def test_items_that_are_not_the_units_go_to_a_person_who_is_told_which():
    found = judged(43)
    assert found.items == ()
    assert "信中所列第52项不是市教育局的事项，请经办人核定" in found.reasons


def test_a_list_of_its_own_names_no_item():
    assert (judged(44).items, judged(44).reasons) == ((), ())


PROGRESS = "已完成9800人，占年度目标的67.6%。"


@pytest.mark.parametrize(
    ("text", "subject", "items", "confidence"),
    [
        (f"第7项{PROGRESS}", "", (7,), YES),
        (f"第7、52项{PROGRESS}", "", (7,), MAYBE),
        (f"第一项{PROGRESS}", "", (), MAYBE),
        (f"第60项{PROGRESS}", "", (), MAYBE),
        (f"第1、2项{PROGRESS}", "", (), MAYBE),
        (f"第一项{PROGRESS}第二项{PROGRESS}", "第7、8项完成情况", (7, 8), YES),
        ("".join(f"第{no}项{PROGRESS}" for no in range(1, 10)), "", (7, 8, 9), MAYBE),
        (f"本季度第一项{PROGRESS}第二项{PROGRESS}", "", (), MAYBE),
    ],
)
def test_only_items_of_the_unit_count_as_named(text, subject, items, confidence):
    found = wrote(text, subject=subject)
    assert (found.items, found.confidence) == (items, confidence)


def test_a_unit_that_has_the_first_items_names_them():
    view = replace(office(), duties={JYJ: frozenset({1, 2, 4})})
    answer = mails.Mail(sender="jyj@wuhu.example", own_text=f"第一项{PROGRESS}\n第二项{PROGRESS}")
    assert judge(answer, view).items == (1, 2)


def test_where_nobody_knows_the_duties_the_notices_items_count():
    view = replace(office(), duties={})
    assert judge(mails.Mail(sender="jyj@wuhu.example", own_text=f"第52、53项{PROGRESS}"), view).items == (52,)


def test_the_reason_names_the_notice_where_the_unit_is_unknown():
    found = wrote(f"第60项{PROGRESS}", sender="x@qq.com", in_reply_to="", subject="民生工作")
    assert any("第60项不是本通知的事项" in reason for reason in found.reasons)


@pytest.mark.parametrize("number", [46, 47])
def test_a_report_that_an_officer_passes_on_waits_for_a_person(number):
    assert judged(number).needs_person
    assert "此信由本办邮箱转发，请经办人核定所属单位和内容" in judged(number).reasons


def test_an_automatic_answer_of_our_own_mailbox_passes_nothing_on():
    inner = mails.Mail(sender="jyj@wuhu.example", own_text=f"第7项{PROGRESS}")
    found = wrote("", sender="whsmsb@163.com", enclosed=(inner,), headers={"auto-submitted": "auto-replied"})
    assert found.kind is MailKind.OWN


@pytest.mark.parametrize(
    ("quoted", "unit", "period"),
    [("发件人: 市财政局", CZJ, "2020Q2"), ("市财政局、市教育局", None, None), ("某单位", None, None)],
)
def test_whose_report_an_officer_passes_on_is_told_by_the_quoted_words(quoted, unit, period):
    pdf = attach("扫描件.pdf", b"%PDF-1.4\n%%EOF\n")
    found = wrote("", sender="whsmsb@163.com", in_reply_to="", quoted_text=quoted, attachments=(pdf,))
    assert (found.unit, found.period) == (unit, period)
    assert found.kind is (MailKind.OWN if quoted == "某单位" else SUB)


def test_an_enclosed_letter_or_thanks_of_a_unit_makes_no_report_of_an_officers_mail():
    inner = mails.Mail(sender="jyj@wuhu.example", own_text="收到，谢谢")
    assert wrote("", sender="whsmsb@163.com", enclosed=(inner,)).kind is MailKind.OWN


def test_an_answer_to_a_digest_ties_to_no_unit():
    found = wrote("收到，谢谢", sender="wang@wuhu.gov.example", in_reply_to=DIGEST.message_id)
    assert (found.unit, found.confidence, found.evidence[0].rule) == (None, NO, "thanks")


def test_thanks_that_are_only_probably_a_units_wait_for_a_person():
    assert judged(58).needs_person


@pytest.mark.parametrize(
    ("text", "subject", "seen"),
    [
        (PROGRESS, "2019年四季度完成情况", "2019年四季度"),
        (PROGRESS, "一季度完成情况", "一季度"),
        (PROGRESS, "5月份完成情况", "5月份"),
        (PROGRESS, "9月报表", "9月"),
        (PROGRESS, "1—5月完成情况", "1—5月"),
        (PROGRESS, "前5个月完成情况", "前5个月"),
        (PROGRESS, "下半年完成情况", "下半年"),
        (PROGRESS, "民生工作月报", "月报"),
        (PROGRESS, "二、三季度完成情况", "二、三季度"),
        (PROGRESS, "去年第二季度完成情况", "去年第二季度"),
        (PROGRESS, "二〇一九年完成情况", "二〇一九年"),
        (PROGRESS, "2021年二季度完成情况", "2021年二季度"),
        ("2019年" + PROGRESS, "答复", "2019年"),
        ("第一季度" + PROGRESS, "答复", "第一季度"),
        ("5月份，幼儿园开工9所。", "答复", "5月份"),
    ],
)
def test_a_time_that_is_no_period_of_the_notices_goes_to_a_person(text, subject, seen):
    found = wrote(text, subject=subject, in_reply_to="")
    assert (found.confidence, found.period) == (MAYBE, "2020Q3" if "三季度" in subject else "2020Q2")
    assert f"信中写有“{seen}”，与本通知的报送季度不符，请经办人核定" in found.reasons


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (PROGRESS, "2020年6月份完成情况"),
        (PROGRESS, "4—6月完成情况"),
        (PROGRESS, "1月至6月完成情况"),
        (PROGRESS, "截至6月底完成情况"),
        (PROGRESS, "6月28日报送"),
        ("二季度" + PROGRESS + "一季度已完成3000人。", "答复"),
        (PROGRESS + "较2019年同期增长12%。", "答复"),
        ("5月份召开现场会，截至6月底" + PROGRESS, "答复"),
        (PROGRESS + "下一步，下半年继续推进。", "答复"),
        (PROGRESS + "\n2021年1月4日", "答复"),
    ],
)
def test_other_times_beside_the_period_do_no_harm(text, subject):
    found = wrote(text, subject=subject, in_reply_to="")
    assert (found.confidence, found.period) == (YES, "2020Q2"), found


def test_rules_that_disagree_leave_the_unit_open_and_name_both():
    found = judged(14)
    assert any(JYJ in reason and CZJ in reason for reason in found.reasons)


def test_our_letter_in_the_inbox_is_our_own():
    found = wrote("", sender="WHSMSB@163.com", message_id=LETTER.message_id)
    assert (found.kind, found.unit) == (MailKind.OWN, JYJ)


@pytest.mark.parametrize("text", ["内部转存", "第7项已完成幼儿园建设9所，新增学位2430个。", "收到，谢谢"])
def test_what_an_officer_writes_from_the_mailbox_is_own(text):
    found = wrote(text, sender="whsmsb@163.com")
    assert (found.kind, found.unit, found.needs_person) == (MailKind.OWN, None, False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("收到，谢谢", ACK),
        ("好的", ACK),
        ("已收到，我们会尽快报送，谢谢！", ACK),
        ("OK", ACK),
        ("能否延期？", ASK),
        ("我局申请延期至7月5日报送。", ASK),
        ("见正文", UNC),
        ("已报送", UNC),
        ("报送完毕，谢谢。", UNC),
        ("见附件", UNC),
        ("", UNC),
        ("张三", UNC),
        ("暂无进展。", SUB),
        ("第7项已完成9800人，占年度目标的67.6%。", SUB),
        ("现将二季度情况报告如下：\n一、累计新增就业2.1万人，发放补贴1200万元，惠及企业300家。", SUB),
        ("我局将于6月30日前完成第7项材料并报送。", UNC),
        (
            "我局认真组织实施民生工程，扎实推进学前教育普及普惠工作，开展专项督导检查，建立健全工作机制，落实责任分工，"
            "各项工作有序推进，群众满意度不断提高，整治了一批突出问题。",
            SUB,
        ),
    ],
)
def test_own_words_are_sorted(text, kind):
    assert wrote(text).kind is kind


def test_a_name_alone_is_a_guess_for_a_person():
    found = wrote("第7项已完成幼儿园建设9所，新增学位2430个", sender="x@qq.com", in_reply_to="", subject="市教育局情况")
    assert (found.unit, found.confidence) == (JYJ, MAYBE)
    assert Evidence("name_in_subject", JYJ) in found.evidence


def test_letterhead_and_signature_are_heard():
    text = "芜湖市教育局工作报告\n第7项已完成幼儿园建设9所，新增学位2430个。\n市教育局\n2020年6月28日"
    rules = {one.rule for one in wrote(text, sender="x@wuhu.example", in_reply_to="").evidence}
    assert {"name_in_letterhead", "name_in_signature"} <= rules


def test_a_domain_of_one_unit_supports_but_never_decides():
    view = replace(office(), senders={"jyj@edu.example": (JYJ,)})
    found = judge(mails.Mail(sender="wang@edu.example", own_text="收到，谢谢"), view)
    assert (found.unit, found.confidence) == (JYJ, MAYBE)


def test_a_mail_from_a_list_is_other_whatever_it_carries():
    found = wrote("第7项完成情况", sender="x@list.example", in_reply_to="", headers={"list-unsubscribe": "<x>"})
    assert found.kind is MailKind.OTHER


@pytest.mark.parametrize(
    ("text", "quarters"),
    [
        ("2020年第二季度", {2}),
        ("上半年", {2}),
        ("１—６月", {2}),
        ("1月至6月", {2}),
        ("Q3情况", {3}),
        ("前三季度", {3}),
        ("1—9月", {3}),
        ("四季度", {4}),
        ("4—6月", {2}),
        ("7月至9月", {3}),
        ("10-12月", {4}),
        ("2020Q2报表", {2}),
        ("2019Q2报表", set()),
        ("〔MS-MBNKRQQBQ4〕", set()),
        ("〔MS-MBNKRQ2BQQ〕", set()),
        ("〔MS-MBNKRBQ9Q2〕", set()),
        ("年终总结", {4}),
        ("1-12月", {4}),
        ("完成全年目标", set()),
        ("2019年二季度", set()),
        ("一季度", set()),
        ("没有", set()),
    ],
)
def test_words_name_the_period(text, quarters):
    assert periods_in(text, office()) == {f"2020Q{n}" for n in quarters}


def test_two_quarters_in_one_mail_go_to_a_person():
    found = wrote("第7项已完成幼儿园建设9所，新增学位2430个", in_reply_to="", subject="二季度和三季度完成情况")
    assert found.confidence is MAYBE
    assert any("不止一个季度" in reason for reason in found.reasons)


def test_what_comes_next_does_not_name_the_period():
    assert wrote("第7项已完成建设9所，新增学位2430个。下一步，三季度继续推进。").confidence is YES


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第7—12项", (7, 8, 9, 10, 11, 12)),
        ("第7、8项", (7, 8)),
        ("第 7 项", (7,)),
        ("第七项和第十二项", (7, 12)),
        ("第7项、第9项", (7, 9)),
        ("第7项至第9项", (7, 8, 9)),
        ("第60项", ()),
        ("完成12项任务", ()),
    ],
)
def test_items_are_named_by_number(text, numbers):
    assert tuple(sorted({no for no in items_in(text) if office().registry.item(no)})) == numbers


def forwarded(inner: str) -> Verdict:
    raw = (
        "From: x@qq.com\nSubject: 转发\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: message/rfc822\n\n"
        f"{inner}\n--q--\n"
    )
    return judge(mails.read(raw.encode()), office())


def test_a_forwarded_bounce_or_question_is_no_report():
    bounce = "From: MAILER-DAEMON@qq.com\nSubject: 退信\n\n无法投递\n"
    question = "From: jyj@wuhu.example\nSubject: 问\nContent-Type: text/plain; charset=utf-8\n\n能否延期？\n"
    assert forwarded(bounce).kind is not MailKind.SUBMISSION
    assert forwarded(question).kind is not MailKind.SUBMISSION


def enclosing(sender: str, text: str = "", own: str = "第7项已完成幼儿园建设9所") -> Verdict:
    inner = mails.Mail(sender=sender, subject="转报", own_text=own)
    return wrote(text, in_reply_to="", enclosed=(inner,))


def test_an_enclosed_report_of_the_unit_itself_is_certain():
    assert enclosing("jyj@wuhu.example").confidence is YES


def test_an_enclosed_report_of_a_stranger_goes_to_a_person():
    found = enclosing("ad@x.example")
    assert (found.kind, found.confidence) == (SUB, MAYBE)
    assert "所附邮件的发件人不是该单位登记的地址，请经办人核定" in found.reasons


@pytest.mark.parametrize("text", ["收到，谢谢！", "材料稍后报送"])
def test_other_words_over_an_enclosed_report_leave_it_to_a_person(text):
    found = enclosing("jyj@wuhu.example", text)
    assert (found.kind, found.confidence) == (SUB, MAYBE)


def test_the_domain_of_a_public_provider_names_no_unit():
    view = replace(office(), senders={"jyj@qq.com": (JYJ,), "jyj@wuhu.example": (JYJ,)})
    assert view.domains == {"wuhu.example": frozenset({JYJ})}


@pytest.mark.parametrize("piece", ["一", "9", "第一", "已完成", "1月至", "，", "推迟"])
def test_no_text_takes_long(piece):
    begun = time.perf_counter()
    wrote(piece * 100_000, subject=piece * 3000)
    assert time.perf_counter() - begun < 2


# ---- what the reading room found in attachments


def report(name: str, *texts: str, **more: object) -> Attachment:
    """An attachment that was opened; of several texts the later ones are a zip's members'."""
    data = b"%PDF-1.4\n%%EOF" if name.endswith(".pdf") else b"<html>" if name.endswith(".doc") else b"9"
    made = attach(name, data)
    members = tuple(replace(made, name=f"{n}.doc", kind="document", text=text) for n, text in enumerate(texts[1:]))
    changes = {"text": texts[0], "members": members, "reports": True, **more}
    return replace(made, **changes)  # type: ignore[arg-type]


GOOD = "芜湖市教育局文件\n2020年第二季度民生工作完成情况\n一、主要做法\n已新建幼儿园9所。\n芜湖市教育局\n2020年6月28日"


def test_a_document_may_bear_out_whose_it_is_and_of_which_period() -> None:
    found = wrote("见附件。", attachments=(report("附件.doc", GOOD),))
    assert (found.kind, found.confidence, found.unit, found.period) == (SUB, YES, JYJ, "2020Q2")
    rules = [one.rule for one in found.evidence]
    assert {"name_in_letterhead", "name_in_signature", "period_in_attachment"} <= set(rules)


@pytest.mark.parametrize(
    ("lines", "items"),
    [
        (
            ("市民生办：", "情况如下。", *(f"第{no}项：已新建幼儿园{no}所。" for no in (7, 8, 9, 10, 11, 12))),
            (7, 8, 9, 10, 11, 12),
        ),
        (("  第8项 已新建幼儿园9所。",), (8,)),
        (("第7—9项：已新建幼儿园9所。", "第１１项：已完成。"), (7, 8, 9, 11)),
        (
            ("报告", "如下：", "一、做法", "二、成效", "已新建幼儿园9所，第9项另行报送。"),
            (),
        ),  # within a sentence: it may be said of anything
        (("关于第7项工作完成情况的报告", "已新建幼儿园9所。"), (7,)),  # a title names what it is about
        (("第一项：已新建幼儿园9所。", "第二项：已完成培训30人。"), ()),  # its own list
    ],
)
def test_a_document_names_the_items_that_it_is_ordered_by(lines: tuple[str, ...], items: tuple[int, ...]) -> None:
    found = wrote("见附件。", attachments=(report("附件.doc", "\n".join(lines)),))
    assert (found.kind, found.confidence, found.items) == (SUB, YES, items)


@pytest.mark.parametrize(
    "more",
    [
        {"subject": "市教育局、市财政局第二季度完成情况"},
        {"attachments": (report("市教育局.doc", GOOD), report("市财政局.doc", "9"))},
        {"text": f"{PROGRESS}\n市教育局　市财政局"},
    ],
)
def test_a_mail_for_several_units_goes_to_a_person_with_all_of_them(more: dict[str, object]) -> None:
    found = wrote(**{"text": PROGRESS, **more})  # type: ignore[arg-type]
    assert (found.kind, found.confidence, found.unit) == (SUB, MAYBE, JYJ)
    assert "市教育局、市财政局，可能一并报送" in "".join(found.reasons)


def test_a_document_alone_decides_nothing() -> None:
    found = wrote("见附件。", in_reply_to="", sender="x@else.example", attachments=(report("附件.doc", GOOD),))
    assert (found.kind, found.confidence, found.unit) == (SUB, MAYBE, JYJ)


@pytest.mark.parametrize(
    ("name", "texts", "reason"),
    [
        ("附件.doc", (GOOD.replace("市教育局文件", "市财政局文件"),), "文头单位名称指向市财政局"),
        ("附件.doc", (GOOD.replace("市教育局\n2020", "市财政局\n2020"),), "落款单位名称指向市财政局"),
        ("附件.zip", ("", GOOD, GOOD.replace("教育", "财政")), "落款单位名称指向市财政局"),
        ("附件.doc", (GOOD.replace("第二季度", "第三季度"),), "第三季度"),
        ("二季度.doc", (GOOD.replace("第二季度", "第三季度"),), "第三季度"),
        ("附件.doc", (GOOD.replace("2020年第二季度", "2019年第四季度"),), "2019年第四季度"),
        ("附件.doc", ("关于申请延期报送的请示\n市民生办：\n因故……",), "信中有延期、更正一类请求，请经办人核定"),
        ("附件.doc", ("关于召开会议的通知\n各单位：",), "附件“附件.doc”从标题看不是完成情况，请经办人核定"),
    ],
)
def test_a_document_that_says_otherwise_goes_to_a_person(name: str, texts: tuple[str, ...], reason: str) -> None:
    found = wrote("见附件。", attachments=(report(name, *texts),))
    assert (found.kind, found.confidence) == (SUB, MAYBE)
    assert reason in "".join(found.reasons)


def test_the_end_of_a_table_signs_nothing_and_rows_are_no_titles() -> None:
    table = "序号\t单位\n1\t市财政局\n2\t市教育局\n3\t市教育局\n市财政局"
    found = wrote("见附件。", attachments=(report("附件.csv", table),))
    assert (found.confidence, found.unit) == (YES, JYJ)


def test_a_nil_report_may_stand_in_the_title() -> None:
    assert wrote("见附件。", attachments=(report("附件.doc", "市教育局第二季度零报告\n无。"),)).nil


def test_a_report_that_does_not_open_is_told_and_left_to_a_person() -> None:
    broken = report("报表.pdf", "", problem="未能读出内容，文件可能已损坏", doubtful=True)
    found = wrote("见附件。", attachments=(broken,))
    assert (found.kind, found.confidence) == (SUB, MAYBE)
    assert "附件“报表.pdf”未能读出内容，文件可能已损坏" in found.reasons
    found = wrote("见附件。", attachments=(broken, report("附件.doc", GOOD)))
    assert (found.kind, found.confidence) == (SUB, YES)
    assert "附件“报表.pdf”未能读出内容，文件可能已损坏" in found.reasons


def test_what_is_too_large_is_told_in_one_sentence() -> None:
    found = wrote("见附件。", attachments=(attach("报表.zip", b"PK\x03\x04" + b"x" * (70 << 20)),))
    assert (found.kind, found.confidence) == (UNC, MAYBE)
    assert found.reasons == ("信中未见报送内容", "附件“报表.zip”内容过多，超出读取限度，未予读取")
