"""Automatic replies: told by their form, and read for the day of the return."""

from datetime import datetime

import pytest

from cuibao.papers import autoreply
from cuibao.papers.mail import Mail
from cuibao.rules.workdays import CHINA

JUNE = datetime(2020, 6, 28, 10, tzinfo=CHINA)


@pytest.mark.parametrize(
    "found",
    [
        Mail(headers={"auto-submitted": "auto-replied"}),
        Mail(headers={"x-autoreply": "yes"}),
        Mail(headers={"precedence": "auto_reply"}),
        Mail(headers={"content-type": "multipart/report; report-type=disposition-notification"}),
        Mail(headers={"return-path": "<1234+auto_=ab@qq.com>"}),
        Mail(subject="自动回复:x"),
        Mail(subject="自动答复: x"),
        Mail(subject="Automatic reply: x"),
        Mail(subject="已读: x"),
        Mail(subject="已读回执：x"),
        Mail(subject="Read: x"),
    ],
)
def test_automatic_replies_are_known(found):
    assert autoreply.auto_reply(found)


@pytest.mark.parametrize(
    "found",
    [
        Mail(subject="已读通知，现报送二季度完成情况"),
        Mail(subject="Re: x"),
        Mail(headers={"auto-submitted": "no"}),
        Mail(subject="答复: 自动回复: x"),
        Mail(headers={"x-autoreply": "no"}),
    ],
)
def test_people_are_not_taken_for_machines(found):
    assert autoreply.auto_reply(found) is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("自7月1日起休假，7月10日返岗，紧急事项请致电。", "2020-07-10（7月10日返岗）"),
        ("您好，我将于 2020-07-10 回来，届时回复。", "2020-07-10（2020-07-10回来）"),
        ("返岗时间：7月10日", "2020-07-10（返岗时间：7月10日）"),
        ("我于6月29日至7月3日出差", "2020-07-03（至7月3日出差）"),
        ("休假至2020年7月3日。", "2020-07-03（休假至2020年7月3日）"),
        ("元旦放假，1月4日上班", "2021-01-04（1月4日上班）"),
        ("6月25日返岗", "2020-06-25（6月25日返岗）"),
        ("6月31日返岗", "6月31日返岗"),
        ("您的来信已收到，我会尽快回复。", None),
        ("截至6月30日已完成9所", None),
    ],
)
def test_the_day_of_the_return_is_read(text, until):
    assert autoreply.away_until(Mail(own_text=text, received=JUNE)) == until


def test_without_a_date_of_its_own_the_mail_gives_the_words():
    assert autoreply.away_until(Mail(own_text="7月10日返岗")) == "7月10日返岗"
    assert autoreply.away_until(Mail(own_text="7月10日返岗", date=JUNE)) == "2020-07-10（7月10日返岗）"
    assert autoreply.away_until(Mail(own_text="2020年7月10日返岗")) == "2020-07-10（2020年7月10日返岗）"
