"""How mails are read: headers as programs really write them, own words apart from quotes, and no bytes that raise."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cuibao.gateways.templates import load_templates
from cuibao.papers import charset, headers, mail, quoting
from cuibao.papers.letter import PURPOSES, compose
from cuibao.papers.samples import samples

MAILS = Path(__file__).parents[1] / "data" / "mails"


def sample(number: int) -> mail.Mail:
    return mail.read(next(MAILS.glob(f"{number:04}-*.eml")).read_bytes())


def letter(body: str, kind: str = "text/plain; charset=utf-8") -> mail.Mail:
    return mail.read(f"From: a@b.cn\nSubject: x\nContent-Type: {kind}\n\n{body}".encode())


def test_raw_gbk_headers_are_text():
    found = sample(33)
    assert (found.subject, found.sender_name, found.sender) == ("二季度完成情况", "市教育局", "jyj@wuhu.example")


def test_a_line_without_a_colon_hides_nothing():
    found = sample(34)
    assert (found.subject, found.sender) == ("完成情况", "jyj@wuhu.example")
    assert "信头中有不合规的行，已略过" in found.problems
    assert "发件日期无法识别" in found.problems


def test_a_character_split_over_two_encoded_words_is_whole():
    assert sample(40).subject == "完成情"


def test_a_name_in_rfc2231_pieces_is_whole():
    assert sample(39).attachments[0].name == "二季度.pdf"


def test_received_is_the_topmost_and_has_a_zone():
    assert sample(2).received == datetime(2020, 6, 28, 2, 0, 5, tzinfo=UTC)


def test_threading_headers_are_kept():
    found = sample(42)
    assert found.in_reply_to.startswith("<cuibao.7k2m")
    assert found.references[0].startswith("<cuibao.8k2m")
    assert found.to == ("whsmsb@163.com",)


def test_a_base64_enclosed_mail_is_read():
    inner = sample(32).enclosed[0]
    assert inner.sender == "czj@wuhu.example"
    assert "公办幼儿园" in inner.own_text


@pytest.mark.parametrize("number", [1, 3, 4, 5, 6, 7, 41])
def test_our_letter_is_never_among_the_own_words(number):
    found = sample(number)
    assert "请贵单位" not in found.own_text
    assert "原始邮件" not in found.own_text
    assert found.quoted_text


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("好\n\n市民生办 <whsmsb@163.com> 于2020年6月15日周一 上午10:00写道：\n\n> 请报送", "好"),
        ('在 2020-06-15 10:00:00，\n"市民生办" <whsmsb@163.com> 写道：\n> 请报送\n已办', "已办"),
        ("好\n---- 回复的原邮件 ----\n| 发件人 | 市民生办 |\n请报送", "好"),
        ("好\n发件人: 市民生办\n发送时间: 2020\n请报送", "好"),
        ("发件人：我局\n已办", "发件人：我局\n已办"),
        ("好\n-- \n张三", "好"),
        ("好\n发自我的华为手机", "好"),
        ("好\n联系电话：0553-1234567\n地址：芜湖市", "好"),
        ("在2020年我局已完成三件事\n其一", "在2020年我局已完成三件事\n其一"),
        ("> 全是引文", ""),
        ("收到\n\n教育局\njyj@qq.com", "收到"),
        ("报表请发\n教育局请重发：\njyj@qq.com", "报表请发\n教育局请重发：\njyj@qq.com"),
        ("收到\njyj@qq.com", "收到\njyj@qq.com"),
        ("\n收到\njyj@qq.com", "收到\njyj@qq.com"),
    ],
)
def test_own_words_are_told_from_the_rest(text, own):
    assert quoting.split(text).own == own


def test_a_letter_quoted_in_no_known_way_is_cut_at_its_salutation():
    assert quoting.cut_letter("好的\n市教育局：\n请贵单位于6月30日前报送") == (
        "好的",
        "市教育局：\n请贵单位于6月30日前报送",
    )
    assert quoting.cut_letter("好的\n请贵单位报送") == ("好的", "请贵单位报送")
    assert quoting.cut_letter("好的") == ("好的", "")


TEMPLATES = load_templates(Path(__file__).parents[2] / "templates")


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("html", [False, True])
def test_every_letter_of_ours_is_cut_though_nothing_marks_it_as_quoted(purpose, html):
    for facts in samples(purpose):
        composed = compose(purpose, facts, TEMPLATES)
        text = quoting.html_text(composed.html) if html else composed.text
        parts = quoting.split(f"收到，谢谢！\n\n{text}")
        assert parts.own == "收到，谢谢！"
        assert "贵单位" in parts.quoted


LETTER = "市教育局：\n请贵单位报送第7—12项，已完成9800人〔MS-7K2M9QXD4T〕"
FROM, SENT = '"市民生办"<whsmsb@163.com>', "2020年6月15日(星期一) 上午9:00"


@pytest.mark.parametrize(
    "quote",
    [
        f"------------------&nbsp;原始邮件&nbsp;------------------\n发件人: {FROM};\n发送时间:&nbsp;{SENT}\n主题:&nbsp;x\n{LETTER}",
        f"---原始邮件---\n发件人: {FROM}\n发送时间: {SENT}\n收件人: jyj;\n主题: x\n{LETTER}",
        f"------------------ Original ------------------\nFrom:  {FROM};\nDate:  Mon, Jun 15, 2020 09:00 AM\n{LETTER}",
        f"签名由 网易邮箱大师 定制\n\n在2020年06月15日 09:00，市民生办 写道：\n{LETTER}",
        f"---- 回复的原邮件 ----\n| 发件人 | 市民生办 |\n| 日期 | 2020年06月15日 09:00 |\n{LETTER}",
        f"At 2020-06-15 09:00:00, {FROM} wrote:\n{LETTER}",
        f"-------- 转发邮件信息 --------\n发件人：{FROM}\n发送日期：2020-06-15\n{LETTER}",
        f"From: 市民生办\nDate: 2020-06-15 09:00\nTo: jyj\nSubject: x\n{LETTER}",
        f"-----邮件原件-----\n发件人: 市民生办 [mailto:whsmsb@163.com]\n发送时间: {SENT}\n{LETTER}",
        f"________________________________\n发件人: {FROM}\n发送时间: {SENT}\n收件人: jyj\n{LETTER}",
        f"-----Original Message-----\nFrom: {FROM}\nSent: Monday, June 15, 2020 9:00 AM\n{LETTER}",
        f"发件人：{FROM}\n日期：{SENT}\n至：jyj\n主题：x\n{LETTER}",
        f"寄件者: {FROM}\n寄件日期: 2020年6月15日\n收件者: jyj\n主旨: x\n{LETTER}",
        f"发自我的iPhone\n\n> 在 2020年6月15日，上午9:00，市民生办 <whsmsb@163.com> 写道：\n> \n> {LETTER}",
        f"发自我的华为手机\n\n-------- 原始邮件 --------\n发件人： {FROM}\n日期： {SENT}\n{LETTER}",
        f"市民生办 <whsmsb@163.com>于 2020年6月15日周一 上午9:00写道：\n\n> {LETTER}",
        f"On Mon, Jun 15, 2020 at 9:00 AM 市民生办\n<whsmsb@163.com> wrote:\n\n> {LETTER}",
        f"-----原始邮件-----\n发件人:{FROM}\n发送时间:2020-06-15 09:00:00 (星期一)\n{LETTER}",
        f"----邮件原文----\n发件人：{FROM}\n收 件人：jyj\n抄 送： （无）\n{LETTER}",
        f"----------------------------------------\n发件人：{FROM}\n日　期：{SENT}\n主　题：x\n{LETTER}",
        f"*发件人:* {FROM}\n*发送时间:* {SENT}\n*主题:* x\n{LETTER}",
        f"在 2020/6/15 9:00, 市民生办 写道:\n> {LETTER}",
        f"教育局\njyj@qq.com\n\n\n&nbsp;\n\n         原始邮件\n         \n发件人：{FROM}\n发件时间：{SENT}\n收件人：jyj\n{LETTER}",
    ],
)
def test_our_letter_is_told_from_the_words_over_it_in_every_programs_style(quote):
    parts = quoting.split(f"已完成9所。\n\n\n{quote}")
    assert parts.own.split() == ["已完成9所。"]
    assert "请贵单位" in parts.quoted


@pytest.mark.parametrize(
    ("text", "between"),
    [
        ("> 第7项\n已建成9所\n> 第8项\n已完成12所", True),
        ("> 第7项\n> 第8项\n\n已建成9所\n已完成12所", False),
        ("已建成9所\n> 第7项", False),
    ],
)
def test_answers_between_the_lines_are_known(text, between):
    assert quoting.split(text).between is between


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("--q\nContent-Type: text/plain; charset=utf-8\n\n已完成\n--q--", "已完成"),
        ("--q\n\nx\n--q--", "--q\n\nx\n--q--"),
    ],
)
def test_parts_under_another_boundary_than_the_heads_are_found(told, text):
    found = letter(told, "multipart/mixed; boundary=other")
    assert (found.text, found.problems) == (text, ("邮件分段标记有误，按正文读取",))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<p>已报<span style="display:none">xxx<span>y</span></span>送</p>', "已报送"),
        ('<tr style="DISPLAY: none;"><td>抄送：xxx</td></tr><p>好</p>', "好"),
        ('<div style="display:none"><br>没有关上', "没有关上"),
        ('<img style="display:none"><p>好</p>', "好"),
        ('<p style="color:red">好</p>', "好"),
        ("<p>已报<s>2所</s><del>x</del>3所</p>", "已报3所"),
        ('<p>已报<span style="text-decoration: line-through">2</span>3所</p>', "已报3所"),
        ("<p>整治300m<sup>2</sup>，培训23000<sup>&#49;</sup>人</p>", "整治300m²，培训23000^1人"),
        ("<table><tr><td><s>2</td><td>3</td></tr></table>", "3"),
        ("<p>已报<s>3所", "已报3所"),
    ],
)
def test_what_html_does_not_show_is_no_text(source, text):
    assert quoting.html_text(source) == text


def test_html_becomes_lines_without_style_and_script():
    source = "<head><style>p{}</style><body><!-- x --><p>一&nbsp;二</p><script>x<y</script><table><tr><td>三</td><td>四</td></tr></table>"
    assert quoting.html_text(source) == "一 二\n\n三 四"


def test_unclosed_markup_takes_no_time_and_loses_no_words():
    assert quoting.html_text("<style>" * 20_000 + "</style>完") == "完"
    assert quoting.html_text("完<!--" * 20_000).startswith("完")


def test_blanks_without_end_over_a_quote_take_no_time():
    assert quoting.split("已完成9所\n" + " " * 200_000 + "完\n-----原始邮件-----\n收到").own.startswith("已完成9所\n")


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ("Sun, 28 Jun 2020 10:00:00 CST", 10),
        ("Sun, 28 Jun 2020 10:00:00", 10),
        ("Sun, 28 Jun 2020 02:00:00 +0000", 10),
        ("Sun, 28 Jun 2020 02:00:00 -0000", 10),
        ("Sun, 28 Jun 2020 10:00:00 +0800 (CST)", 10),
    ],
)
def test_dates_are_moments_in_china(value, hour):
    found = headers.read_date(value)
    assert found is not None
    assert (found.hour, found.tzinfo is not None) == (hour, True)


@pytest.mark.parametrize(
    "value", ["", "x", "Mon, 99 Foo 99999", "Mon, 1 Jan 2020 10:00:00 +9999999", "Tue, 31 Feb 2020 10:00:00 +0800"]
)
def test_absurd_dates_are_none(value):
    assert headers.read_date(value) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"张三, 李四" <A@b.cn>', ("张三, 李四", "A@b.cn")),
        ('"x <y@z.cn>" <a@b.cn>', ("x <y@z.cn>", "a@b.cn")),
        ("a@b.cn (张三)", ("张三", "a@b.cn")),
        ("=?utf-8?B?5bygPGFAYi5jbj4=?=", ("张", "a@b.cn")),
        ("没有地址", ("没有地址", "")),
    ],
)
def test_senders_are_read_however_they_are_written(value, found):
    assert headers.read_sender(value) == found


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        ("镕".encode("gbk"), "gb2312", "镕"),
        ("好".encode("gbk"), "x-gbk", "好"),
        ("好".encode(), "utf8mb4", "好"),
        ("好".encode(), "", "好"),
        ("好".encode("gbk"), "us-ascii", "好"),
        ("好".encode(), "no-such", "好"),
        (b"\xff\xff", "utf-8", "\ufffd\ufffd"),
        (b"caf\xe9 x", "utf-8", "café x"),
        (b"caf\xe9s", "", "cafés"),
        (b"\xe0\xcb\xb5", "windows-874", "เหต"),
        ("好事".encode("gbk")[:3], "", "好\ufffd"),
        (b"\xe5\r\n\xa5\xbd\xff", "utf-8", "好\ufffd"),
    ],
)
def test_charsets_are_what_programs_mean_by_them(raw, label, text):
    assert charset.decode(raw, label) == text


def test_raw_headers_are_in_the_charset_of_the_body():
    raw = "From: a@b.cn\nSubject: Отчёт\nContent-Type: {}\n\nx".encode("cp1251")
    typed = raw.replace(b"{}", b"text/plain; charset=windows-1251")
    boxed = raw.replace(b"{}", b"multipart/mixed; boundary=q").replace(
        b"\n\nx", b"\n\n--q\nContent-Type: text/plain; charset=windows-1251\n\nx\n--q--\n"
    )
    assert mail.read(typed).subject == mail.read(boxed).subject == "Отчёт"
    assert mail.read(raw.replace(b"{}", b"text/plain; charset=nonsense")).subject


def test_an_unlabelled_body_is_in_the_charset_of_the_subject():
    raw = b"From: a@b.cn\nSubject: =?iso-8859-9?Q?=DCye?=\n\n" + "yazdığı".encode("iso-8859-9")
    assert mail.read(raw).text == "yazdığı"


def test_encoded_words_survive_bad_base64_and_q():
    assert charset.header_text("=?utf-8?Q?=E5=A5=BD_x?= y =?gbk?B?usM?=") == "好 x y 好"
    assert charset.header_text("=?utf-8?B?5?=") == ""


def test_parameters_are_read_with_quotes_and_without():
    found = charset.params('a/b; name="x \\"y\\".doc"; filename=完成 情况.xlsx; *bad=1; charset*=utf-8\'\'gbk')
    assert found == {"name": 'x "y".doc', "filename": "完成 情况.xlsx", "charset": "gbk"}


def test_a_name_cut_inside_an_escape_is_whole():
    found = charset.params("a; name*0*=gb18030''%B6%F; name*1*=E%BC%BE%B; name*2*=6%C8; name*3=.x; name*4*=%6")
    assert found == {"name": "二季度.x%6"}


def nested(count: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(count))
    return b"From: a@b.cn\nSubject: deep\n" + heads


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 100,
        b"\xff\xfe" * 50,
        b"\n\n\n",
        b'From: \xd6\xd0\nContent-Type: text/plain; charset="\x00"\n\nx',
        b"Content-Type: multipart/mixed; boundary=x\n\nno parts",
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"From: a@b\rSubject: x\r\rbody",
        b"Subject : spaced\nFrom: a@b.cn\n\nx",
        b"no colon at all\nnor here",
        nested(1500),
        nested(100),
    ],
)
def test_no_bytes_raise(raw):
    assert isinstance(mail.read(raw), mail.Mail)


@pytest.mark.parametrize("raw", [nested(1500), nested(200) + b"x\n" * 30_000])
def test_a_mail_nested_too_deep_keeps_its_headers(raw):
    begun = time.process_time()
    found = mail.read(raw)
    assert found.subject == "deep"
    assert found.problems == ("邮件嵌套层数过多，只读取了信头",)
    assert time.process_time() - begun < 4


def test_html_stands_in_where_the_plain_part_says_nothing():
    raw = (
        b"From: a@b.cn\nContent-Type: multipart/alternative; boundary=q\n\n--q\nContent-Type: text/plain\n\n \n"
        b"--q\nContent-Type: text/html; charset=utf-8\n\n<p>\xe5\xa5\xbd</p>\n--q--\n"
    )
    assert mail.read(raw).own_text == "好"


def test_mails_in_mails_are_read_to_a_limit():
    raw = b"From: a@b.cn\n\nx"
    for _ in range(8):
        raw = b"From: a@b.cn\nContent-Type: message/rfc822\n\n" + raw
    found = mail.read(raw)
    depth = 0
    while found.enclosed:
        found, depth = found.enclosed[0], depth + 1
    assert depth == mail.DEEPEST
    assert any("嵌套过深" in words for words in found.problems)


def test_html_without_a_label_tells_its_own_charset():
    assert letter("<meta charset=utf-8>好", "text/html").own_text == "好"


BOX = "From: a@b.cn\nSubject: x\nContent-Type: multipart/mixed; boundary=q\n\n--q\n{}\n--q--\n"


def boxed(part: str) -> mail.Mail:
    return mail.read(BOX.format(part).encode())


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        ("aGVsbG8=", b"hello"),
        ("aGVs\nbG8=\n", b"hello"),
        ("aGVs bG8", b"hello"),
        ("aGVsbG8=\n-- \n", b"hello"),
        ("aGVs\x01bG8=", b"hello"),
        ("", b""),
    ],
)
def test_base64_is_read_clean_or_not(payload, data):
    head = "Content-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: BASE64\n\n"
    assert boxed(head + payload).attachments[0].data[:5] == data


def test_a_message_id_without_brackets_gets_them():
    assert mail.read(b"From: a@b.cn\nMessage-ID: 1@b.cn\n\nx").message_id == "<1@b.cn>"
    assert mail.read(b"From: a@b.cn\nMessage-ID: <>\n\nx").message_id == "<>"


def test_of_a_header_that_stands_twice_the_first_counts():
    assert mail.read(b"From: a@b.cn\nSubject: one\nSubject: two\n\nx").subject == "one"


def test_one_header_that_fails_costs_no_other(monkeypatch):
    def fail(value):
        raise ValueError(value)

    monkeypatch.setattr(mail, "read_sender", fail)
    found = mail.read(b"From: a@b.cn\nSubject: x\n\nx")
    assert (found.sender, found.subject) == ("", "x")
    assert "发件人无法识别" in found.problems


def test_a_body_that_the_parser_fails_on_leaves_the_headers(monkeypatch):
    def fail(raw):
        raise LookupError(raw)

    monkeypatch.setattr(mail, "message_from_bytes", fail)
    found = mail.read(b"From: a@b.cn\nSubject: x\n\nx")
    assert (found.sender, found.text) == ("a@b.cn", "")
    assert found.problems == ("邮件结构无法解析（LookupError），只读取了信头",)


def test_a_mail_that_nothing_can_parse_is_its_problems(monkeypatch):
    def fail(*given, **named):
        raise LookupError(given)

    monkeypatch.setattr(mail, "_from_message", fail)
    found = mail.read(b"From: a@b.cn\n\nx")
    assert found.sender == ""
    assert found.problems[-1] == "信头无法解析（LookupError）"


def test_a_part_that_cannot_be_read_hides_no_other(monkeypatch):
    def fail(*given):
        raise ValueError(given)

    monkeypatch.setattr(mail, "attach", fail)
    found = boxed("Content-Type: application/pdf; name=a.pdf\n\n%PDF\n--q\nContent-Type: text/plain\n\n已完成")
    assert found.own_text == "已完成"
    assert found.problems == ("邮件的一个部分无法读取（ValueError）",)


def test_a_picture_that_the_html_shows_is_inline_whatever_its_label():
    png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    head = (
        "Content-Type: text/html; charset=utf-8\n\n<img src='cid:logo'>\n--q\nContent-Type: image/png; name=a.png\n"
        "Content-ID: <{}>\nContent-Disposition: attachment; filename=a.png\nContent-Transfer-Encoding: base64\n\n"
    )
    assert boxed(head.format("logo") + png).attachments[0].inline
    assert not boxed(head.format("form") + png).attachments[0].inline


def test_a_mail_attached_as_a_file_is_read_too():
    found = boxed("Content-Type: application/octet-stream; name=a.eml\n\nFrom: c@d.cn\nSubject: inner\n\n已完成")
    assert found.enclosed[0].sender == "c@d.cn"
    assert [(one.name, one.kind) for one in found.attachments] == [("a.eml", "mail")]


def test_a_text_whose_base64_the_parser_gives_up_on_is_read_as_far_as_it_goes():
    found = mail.read(
        "From: a@b.cn\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n好=5bey5a6M\n".encode()
    )
    assert found.text


def test_a_delivery_report_without_blocks_is_text_all_the_same():
    found = mail.read(
        b"From: a@b.cn\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nQWN0aW9uOiBmYWlsZWQ=\n"
    )
    assert found.status_text


def test_text_between_encoded_words_stays():
    assert charset.header_text("=?utf-8?B?5aW9?= and =?utf-8?Q?=E5=A5=BD?=") == "好 and 好"
    assert charset.header_text("Re: =?utf-8?B?5aW9?= =?utf-8?B?5aW9?=") == "Re: 好好"
    assert charset.header_text(" =?utf-8?B?5aW9?=") == "好"


def test_a_closing_tag_that_opened_nothing_costs_nothing():
    assert quoting.html_text("</blockquote><p>好</p><title>x") == "好"


def test_a_trouble_is_told_once():
    broken = (
        "Content-Type: multipart/mixed; boundary=other\n\nx\n--q\nContent-Type: multipart/mixed; boundary=more\n\ny"
    )
    assert boxed(broken).problems == ("邮件分段标记有误，按正文读取",)


def test_returned_headers_are_an_enclosed_mail_but_no_attachment():
    found = boxed("Content-Type: text/rfc822-headers\n\nFrom: c@d.cn\nMessage-ID: <1@d.cn>\n")
    assert found.enclosed[0].message_id == "<1@d.cn>"
    assert found.attachments == ()


def test_an_empty_delivery_report_says_nothing():
    assert mail.read(b"From: a@b.cn\nContent-Type: message/delivery-status\n\n").status_text == ""


HEAD = b"From: a@b.cn\nSubject: x\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b.cn\nSubject: " + b"=?gbk?B?0tE=?= " * 100_000 + b"\n\nx",
        b"From: " + b"<a" * 500_000 + b"\nSubject: x\n\nx",
        b"From: a@b.cn\n" + b"no colon\n" * 100_000 + b"Subject: x\n\nx",
        b"From: a@b.cn\nContent-Type: text/plain" + b"; a*1*=" * 100_000 + b"\n\nx",
        HEAD + b"Content-Type: multipart/mixed; boundary=q\n\n" + b"--q\n\nx\n" * 20_000,
        HEAD
        + b"Content-Type: multipart/mixed; boundary=z\n\n"
        + b"--q\nContent-Type: multipart/mixed; boundary=z\n\n" * 1000,
        HEAD + b"Content-Type: text/html\n\n" + b"<div style='display:none'>" * 50_000,
        HEAD + b"Content-Type: text/html\n\n<div " + b"style=style=" * 80_000 + b">",
        HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + b"\xe5\n" * 300_000 + b"\xff\xff",
        HEAD + "\n发件人：".encode() * 50_000,
        HEAD + b"\n" + "在 1 ".encode() * 100_000,
        b"From: MAILER-DAEMON@x.cn\nSubject: failure notice\n\n" + "收件人".encode() * 100_000,
        b"From: MAILER-DAEMON@x.cn\nSubject: failure notice\n\n" + (b"," * 490 + b"\n") * 90,
    ],
    ids=range(13),
)
def test_no_mail_takes_long(raw):
    begun = time.process_time()
    assert mail.read(raw).sender_name is not None
    assert time.process_time() - begun < 4
