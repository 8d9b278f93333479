"""Letters: what they say, and that their bytes are what a mail server and every mail program accept."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from cuibao.gateways.templates import load_templates
from cuibao.papers.letter import (
    PURPOSES,
    Composed,
    LetterFacts,
    OfficeFacts,
    PassOn,
    ReceiptFacts,
    Returned,
    build,
    compose,
    office_facts,
    quote,
    sender_of,
)
from cuibao.papers.token import Marks
from cuibao.rules.office import MailboxRules, Notice, Office
from cuibao.rules.outcomes import CuibaoError
from cuibao.rules.period import Period
from cuibao.rules.progress import Figure, Words
from cuibao.rules.registry import Comparison, Item, Registry, Target
from cuibao.rules.workdays import CHINA, OfficeHours, Workdays

TEMPLATES = load_templates(Path(__file__).parents[2] / "templates")
NAME = "芜湖市民生工作领导小组办公室"
OFFICE = OfficeFacts(NAME, "市民生办", "王科员", "0553-0000000", "whsmsb@163.com")
NOTICE = Notice("民生办〔2020〕5号", 2020, "2020年全市民生工作要点")
Q2 = Period("2020Q2", "第二季度", date(2020, 6, 30))
CHILDREN = Target("幼儿资助", Comparison.AT_LEAST, Decimal(2276), "人次")
LEAD = (
    Item(7, "二", "推进学前教育促进工程", ("市教育局",), targets=(CHILDREN,)),
    Item(8, "二", "加强义务教育经费保障", ("市教育局",)),
)
COOPERATING = (Item(16, "四", "稳定发展村医队伍", ("市卫生健康委",), ("市教育局",)),)
MARKS = Marks("MS-7K2M9QXD4T", "<cuibao.7k2m9qxd4t.0123456789abcdef@163.com>")
AT = datetime(2020, 6, 15, 9, 0, tzinfo=CHINA)
STAGES = tuple(purpose for purpose in PURPOSES if purpose != "receipt")
REMINDERS = ("first", "second", "due")


def facts(**changes) -> LetterFacts:
    plain = LetterFacts(
        office=OFFICE,
        notice=NOTICE,
        unit="市教育局",
        period=Q2,
        last_day=Q2.last_day,
        today=date(2020, 6, 15),
        token=MARKS.token,
        lead=LEAD,
        cooperating=COOPERATING,
        days_left=10,
    )
    return replace(plain, **changes)


def receipt(**changes) -> ReceiptFacts:
    plain = ReceiptFacts(
        office=OFFICE,
        notice=NOTICE,
        unit="市教育局",
        period=Q2,
        last_day=Q2.last_day,
        today=date(2020, 6, 18),
        token=MARKS.token,
        from_address="jyj@wuhu.example",
        received_at=datetime(2020, 6, 18, 10, 5, tzinfo=CHINA),
        subject="第二季度完成情况",
        attachments=("完成情况.xlsx",),
        received=LEAD,
        missing=COOPERATING,
    )
    return replace(plain, **changes)


def sample(purpose: str):
    return receipt() if purpose == "receipt" else facts()


def words_of(html: str) -> str:
    """What a reader of the html sees, without any blanks."""
    body = html.partition("<body")[2].partition(">")[2]
    return re.sub(r"\s", "", unescape(re.sub(r"<!--.*?-->|<[^>]*>", "", body, flags=re.DOTALL)))


def mail(composed: Composed | None = None, **changes) -> bytes:
    given = {
        "sender": sender_of(OFFICE),
        "to": ["jyj@wuhu.example"],
        "cc": [],
        "marks": MARKS,
        "at": AT,
        "invitation": None,
    }
    return build(composed or compose("first", facts(), TEMPLATES), **{**given, **changes})


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


# what letters say


@pytest.mark.parametrize("purpose", PURPOSES)
def test_text_and_html_say_the_same(purpose):
    composed = compose(purpose, sample(purpose), TEMPLATES)
    titles = [item.title for item in (*LEAD, *COOPERATING)]
    assert all(title in composed.text and title in composed.html for title in titles)
    sentences = [line.strip() for line in composed.text.split("\n") if line.startswith("　　") and "。" in line]
    assert sentences
    assert all(re.sub(r"\s", "", sentence) in words_of(composed.html) for sentence in sentences)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_subject_is_one_line_with_quarter_unit_and_token(purpose):
    subject = compose(purpose, sample(purpose), TEMPLATES).subject
    assert "\n" not in subject
    assert "第二季度" in subject
    assert subject.endswith("（市教育局）〔MS-7K2M9QXD4T〕")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_letter_names_unit_notice_office_and_date(purpose):
    letter = sample(purpose)
    text = compose(purpose, letter, TEMPLATES).text
    assert text.startswith("市教育局：\n\n")
    assert "民生办〔2020〕5号" in text
    assert f"\n{NAME}\n2020年6月{letter.today.day}日\n" in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_letter_scolds(purpose):
    composed = compose(purpose, sample(purpose), TEMPLATES)
    assert not any(word in composed.text for word in ("未报", "迟报", "漏报", "零报送", "通报", "批评", "拖延", "严肃"))


@pytest.mark.parametrize("purpose", REMINDERS)
def test_a_reminder_before_the_deadline_does_not_say_that_something_is_missing(purpose):
    assert not any(word in compose(purpose, facts(), TEMPLATES).text for word in ("尚未", "仍未", "未收到"))


@pytest.mark.parametrize("purpose", STAGES)
def test_items_stand_by_role_with_their_targets(purpose):
    text = compose(purpose, facts(), TEMPLATES).text
    assert "牵头事项（2项）：第7、8项" in text
    assert "目标：幼儿资助不少于2276人次" in text
    assert "协同事项（1项）：第16项" in text


@pytest.mark.parametrize("purpose", STAGES)
def test_a_role_without_items_is_not_mentioned(purpose):
    assert "协同" not in compose(purpose, facts(cooperating=()), TEMPLATES).text


@pytest.mark.parametrize("purpose", [purpose for purpose in STAGES if purpose != "send_back"])
def test_a_nil_report_is_offered(purpose):
    assert "请作零报告" in compose(purpose, facts(), TEMPLATES).text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_contact_line_stands_only_when_the_office_has_one(purpose):
    nobody = replace(OFFICE, contact="", phone="")
    assert "联系人：王科员　联系电话：0553-0000000" in compose(purpose, sample(purpose), TEMPLATES).text
    assert "联系" not in compose(purpose, replace(sample(purpose), office=nobody), TEMPLATES).text


@pytest.mark.parametrize("purpose", ["second", "urge", "due", "overdue", "final"])
def test_an_earlier_letter_is_named_by_its_date(purpose):
    assert (
        "我办曾于6月15日就此函告贵单位。" in compose(purpose, facts(earlier_letter=date(2020, 6, 15)), TEMPLATES).text
    )
    assert "我办曾于" not in compose(purpose, facts(), TEMPLATES).text


def test_a_chaser_tells_the_working_days_left():
    text = compose("urge", facts(today=date(2020, 6, 28), days_left=2), TEMPLATES).text
    assert "截至6月28日，距报送截止还有2个工作日" in text


def test_an_extended_deadline_is_printed_beside_the_first_one():
    extended = facts(last_day=date(2020, 7, 7))
    assert extended.extended
    assert "请贵单位于7月7日前（含当日，原定6月30日）报送" in compose("first", extended, TEMPLATES).text


def test_the_plain_deadline_counts_as_not_extended():
    assert not facts().extended


def test_an_overdue_letter_asks_to_report_or_to_call():
    text = compose("overdue", facts(today=date(2020, 7, 1)), TEMPLATES).text
    assert "截至7月1日，下列事项的第二季度完成情况我办尚未收到" in text
    assert "请回复本邮件或致电0553-0000000告知" in text


ITEM_7 = Returned(7, "缺少完成率")


@pytest.mark.parametrize(
    ("purpose", "returned", "words"),
    [
        ("urge", (), "下列事项的第二季度完成情况我办尚未收到"),
        ("overdue", (ITEM_7, Returned(8, ""), Returned(16, "")), "完成情况尚待贵单位补充完善（说明附于各事项之后）"),
        ("urge", (ITEM_7,), "尚未收到或尚待补充完善（需补充完善的，说明附于该事项之后）"),
        ("final", (), "完成情况我办仍未收到"),
    ],
)
def test_what_urges_tells_what_is_missing_from_what_is_to_be_mended(
    purpose: str, returned: tuple[Returned, ...], words: str
) -> None:
    composed = compose(purpose, facts(returned=returned), TEMPLATES)
    assert words in composed.text
    assert words in composed.html


def test_a_lead_is_asked_to_pass_the_letter_on_to_members_nobody_has_listed():
    text = compose("first", facts(pass_on=(PassOn(2, "市就业工作领导小组各成员单位"),)), TEMPLATES).text
    assert "第2项的责任单位包括市就业工作领导小组各成员单位，烦请贵单位作为牵头单位转告有关成员单位" in text


def test_a_unit_that_is_only_informed_is_asked_for_nothing():
    composed = compose("first", facts(inform_only=True), TEMPLATES)
    assert "告知函" in composed.subject
    assert "无需报送" in composed.text
    assert "零报告" not in composed.text


def test_a_returned_item_carries_the_officers_words():
    returned = facts(returned=(Returned(7, "请补充人次 <含民办园>"),))
    composed = compose("send_back", returned, TEMPLATES)
    assert "退回说明：请补充人次 <含民办园>" in composed.text
    assert "退回说明：请补充人次 &lt;含民办园&gt;" in composed.html
    assert "说明附于各事项之后" in composed.text
    assert returned.count == 3


def test_a_letter_sent_back_without_words_promises_none():
    assert "说明" not in compose("send_back", facts(), TEMPLATES).text


def test_a_letter_sent_back_after_the_deadline_asks_to_mend_it_soon():
    assert "请贵单位尽快补报。" in compose("send_back", facts(today=date(2020, 7, 2)), TEMPLATES).text


# receipts


def test_a_receipt_tells_who_wrote_what_and_when():
    text = compose("receipt", receipt(), TEMPLATES).text
    assert "我办已于2020年6月18日10:05收到贵单位《2020年全市民生工作要点》" in text
    assert "来信地址：jyj@wuhu.example\n邮件主题：第二季度完成情况\n附　　件：完成情况.xlsx\n登记事项：第7、8项" in text


def test_a_receipt_lists_items_by_title_without_their_targets():
    composed = compose("receipt", receipt(missing=LEAD), TEMPLATES)
    assert "7. 推进学前教育促进工程" in composed.text
    assert not any("目标" in words for words in (composed.text, composed.html))


@pytest.mark.parametrize("purpose", [purpose for purpose in STAGES if purpose != "send_back"])
def test_a_letter_addresses_all_responsible_units_be_they_the_citys_or_not(purpose):
    text = compose(purpose, facts(), TEMPLATES).text
    assert "民生办〔2020〕5号文件要求，各责任单位应按季度报送" in text
    assert "市直" not in text


def test_a_receipt_tells_what_is_missing_and_by_when():
    assert "尚有第16项的完成情况未收到，请于6月30日前（含当日）补报" in compose("receipt", receipt(), TEMPLATES).text


def test_a_receipt_after_the_deadline_names_no_day_that_has_passed():
    text = compose("receipt", receipt(today=date(2020, 7, 2), late=True), TEMPLATES).text
    assert "尚有第16项的完成情况未收到，请尽快补报" in text
    assert "报送时限为6月30日前（含当日），收到时间已逾期，已据实登记" in text


def test_a_receipt_for_a_report_without_a_form_asks_for_the_figures_of_what_the_unit_leads():
    composed = compose("receipt", receipt(received=(*LEAD, *COOPERATING)), TEMPLATES)
    asked = "第7项列有量化指标，来件未填《完成情况表》，完成数尚未登记。"
    assert asked in composed.text
    assert asked in composed.html
    figure = Figure(7, CHILDREN.indicator, Decimal(9), "人次")
    for told in ({"nil": True}, {"figures": (figure,)}, {"problems": ("附件已加密",)}, {"received": COOPERATING}):
        assert "尚未登记" not in compose("receipt", receipt(**told), TEMPLATES).text


def test_a_receipt_for_words_says_which_figure_stands_and_asks_only_for_those_that_do_not():
    figure = Figure(7, CHILDREN.indicator, Decimal(9), "人次")
    composed = compose("receipt", receipt(standing=(figure,)), TEMPLATES)
    stands = f"{CHILDREN.indicator}：仍按此前登记的9人次计"
    assert stands in composed.text
    assert stands in composed.html
    assert "尚未登记" not in composed.text
    other = replace(LEAD[0], targets=(CHILDREN, replace(CHILDREN, indicator="新增学位")))
    assert "尚未登记" in compose("receipt", receipt(received=(other,), standing=(figure,)), TEMPLATES).text


def test_a_receipt_for_everything_asks_for_nothing_more():
    text = compose("receipt", receipt(received=(*LEAD, *COOPERATING), missing=(), whole=True), TEMPLATES).text
    assert "已全部收到" in text
    assert "按贵单位全部应报事项登记" in text


def test_a_receipt_for_a_mail_without_items_subject_or_attachment_says_so():
    text = compose("receipt", receipt(received=(), attachments=(), subject=""), TEMPLATES).text
    assert "邮件主题：（无主题）\n附　　件：（无）\n登记事项：（未能对应到具体事项）" in text


def test_a_receipt_calls_a_nil_report_by_its_name():
    assert "第二季度零报告" in compose("receipt", receipt(nil=True), TEMPLATES).text


def test_a_receipt_for_a_correction_says_so():
    composed = compose("receipt", receipt(correction=True), TEMPLATES)
    assert composed.subject.startswith("回执（更正）：")
    assert "更正后的" in composed.text


def test_a_receipt_lists_what_is_to_be_checked():
    assert "（1）第7项填写的不是数字" in compose("receipt", receipt(problems=("第7项填写的不是数字",)), TEMPLATES).text


def read_from_a_form() -> ReceiptFacts:
    figure = Figure(7, "新建", Decimal(9), "所")
    return receipt(figures=(figure,), said=((7, Words("开工9所", "", "加快进度")),), problems=("第7项有疑问",))


def test_a_receipt_tells_item_by_item_what_was_read():
    text = compose("receipt", read_from_a_form(), TEMPLATES).text
    assert "新建：本年累计完成9所\n　　　　进展情况：开工9所\n　　　　下一步打算：加快进度" in text


def test_a_receipts_html_tells_the_same_of_each_item():
    shown = words_of(compose("receipt", read_from_a_form(), TEMPLATES).html)
    assert all(words in shown for words in ("新建：本年累计完成9所", "进展情况：开工9所", "下一步打算：加快进度"))


def test_a_receipt_says_by_when_to_mend_what_looks_wrong():
    text = compose("receipt", receipt(problems=("有疑问",)), TEMPLATES).text
    assert "需要更正的，请于6月30日前（含当日）直接回复本邮件：" in text


def test_a_receipt_after_the_deadline_asks_to_mend_it_soon():
    text = compose("receipt", receipt(problems=("有疑问",), today=date(2020, 7, 2)), TEMPLATES).text
    assert "需要更正的，请尽快直接回复本邮件：" in text


def test_a_strangers_words_are_cut_and_stripped_of_tricks():
    assert quote("完成\r\nBcc: x@y.z \u202efdp.exe\udc80\x00") == "完成 Bcc: x@y.z fdp.exe"
    assert quote("长" * 500) == "长" * 120 + "……"


@pytest.mark.parametrize("field", ["subject", "from_address"])
def test_a_strangers_words_are_escaped_in_html(field):
    html = compose("receipt", receipt(**{field: "<script>alert(1)</script>"}), TEMPLATES).html
    assert "<script" not in html


def test_a_strangers_file_name_is_escaped_in_html():
    assert "<img" not in compose("receipt", receipt(attachments=("<img src=x>.xlsx",)), TEMPLATES).html


# html


def test_a_unit_name_is_escaped_in_html_and_plain_in_text():
    composed = compose("first", facts(unit="市<教育>局"), TEMPLATES)
    assert "市&lt;教育&gt;局" in composed.html
    assert "<教育>" not in composed.html
    assert composed.text.startswith("市<教育>局：")


def test_sentences_shared_with_the_text_are_escaped_in_html_once():
    composed = compose("first", facts(notice=replace(NOTICE, title="要点<b>&")), TEMPLATES)
    assert "《要点&lt;b&gt;&amp;》" in composed.html
    assert "《要点<b>&》" in composed.text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_html_needs_nothing_from_outside(purpose):
    html = compose(purpose, sample(purpose), TEMPLATES).html
    assert not re.search(r"<(script|style|link|img|iframe)|url\(|https?://|@import", html)


# templates that fail


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("市\n{{ letter.nothing }}", "templates/mail/first.txt：第2行：模板引用了没有的内容"),
        ("市\n\n{{ 1 // 0 }}", "templates/mail/first.txt：第3行：模板无法填写"),
        ("{% if %}", "templates/mail/first.txt：第1行：模板语法有误"),
        ('{% include "mail/first.txt" %}', "templates/mail/first.txt：第1行：模板无法填写"),
        ('{% include "mail/_gone.txt" %}', "缺少发件模板 templates/mail/_gone.txt"),
    ],
)
def test_a_template_that_fails_is_named_with_its_line(text, message):
    with pytest.raises(CuibaoError) as caught:
        compose("first", facts(), {**TEMPLATES, "mail/first.txt": text})
    assert caught.value.message.startswith(message)
    assert caught.value.remedy


def test_a_template_that_is_missing_is_named():
    with pytest.raises(CuibaoError, match=r"缺少发件模板 templates/mail/nothing\.subject"):
        compose("nothing", facts(), TEMPLATES)


# bytes


def test_the_same_letter_gives_the_same_bytes():
    assert mail(invitation=b"BEGIN:VCALENDAR\r\n") == mail(invitation=b"BEGIN:VCALENDAR\r\n")


def test_the_headers_say_who_when_and_that_a_machine_wrote():
    message = read(mail(cc=["ld@wuhu.example"]))
    assert message["From"] == f"{NAME} <whsmsb@163.com>"
    assert (message["To"], message["Cc"]) == ("jyj@wuhu.example", "ld@wuhu.example")
    assert message["Date"] == "Mon, 15 Jun 2020 09:00:00 +0800"
    assert message["Message-ID"] == MARKS.message_id
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_letter_without_copies_has_no_cc():
    assert read(mail())["Cc"] is None


def test_the_time_is_written_for_china():
    elsewhere = datetime.fromisoformat("2020-06-15T01:00:00+00:00")
    assert mail(at=elsewhere) == mail()


def test_subject_text_and_html_survive_the_journey():
    composed = compose("first", facts(), TEMPLATES)
    message = read(mail(composed))
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert message["Subject"] == composed.subject
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == composed.text
    assert html is not None
    assert html.get_content().replace("\r\n", "\n") == composed.html


def test_the_lines_are_crlf_seven_bit_and_short():
    raw = mail(compose("first", facts(unit="市" + "教" * 2000), TEMPLATES), invitation=b"X" * 5000)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_newline_in_a_unit_name_makes_no_header():
    message = read(mail(compose("first", facts(unit="市教育局\r\nBcc: x@y.z"), TEMPLATES)))
    assert message["Bcc"] is None
    assert "市教育局 Bcc: x@y.z" in message["Subject"]


def test_a_newline_in_a_composed_subject_makes_no_header():
    assert read(mail(Composed("甲\r\nBcc: x@y.z", "文", "<p>文</p>")))["Bcc"] is None


@pytest.mark.parametrize("address", ["a@b.c\r\nBcc: x@y.z", "没有邮箱", "", "a b@c", "a@b.c, d@e.f"])
def test_an_address_that_is_none_is_told(address):
    with pytest.raises(CuibaoError, match="邮箱地址有误"):
        mail(to=[address])


def test_a_long_message_id_stays_whole():
    long = Marks(MARKS.token, f"<cuibao.7k2m9qxd4t.0123456789abcdef@{'a' * 60}.example>")
    assert long.message_id.encode() in mail(marks=long)


def test_the_invitation_is_an_attachment_with_a_name():
    message = read(mail(invitation=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"))
    (part,) = message.iter_attachments()
    assert (part.get_content_type(), part.get_content_disposition()) == ("text/calendar", "attachment")
    assert (part.get_filename(), part.get_param("method")) == ("报送时限.ics", "PUBLISH")
    assert part.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def test_a_letter_without_invitation_is_plain_alternatives():
    assert read(mail()).get_content_type() == "multipart/alternative"


def test_the_office_writes_under_what_it_has_set():
    hours = OfficeHours((), Workdays())
    mailbox = MailboxRules("whsmsb@163.com", date(2020, 5, 15))
    office = Office(NAME, "市民生办", "王科员", "0553-0000000", (), NOTICE, hours, (Q2,), (), Registry((), ()), mailbox)
    assert office_facts(office) == OFFICE
