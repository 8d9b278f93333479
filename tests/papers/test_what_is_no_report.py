"""Words that speak of a report without being one, and those that are."""

from email.message import EmailMessage

import pytest
from world import REGISTRY

from cuibao.papers import mail
from cuibao.papers.what import what


def judged(words: str) -> tuple[str, bool]:
    message = EmailMessage()
    message["From"], message["Subject"] = "jyj@edu.example", "回复"
    message.set_content(words)
    found = what(mail.read(message.as_bytes()), REGISTRY)
    return str(found.kind), found.sure


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("第7、11项材料因系统升级需推迟至7月3日报送。", "question"),
        ("因负责同志出差，第7—11项完成情况7月2日前补报。", "unclear"),
        ("本季度暂无完成情况统计数据，7月初才能出数。", "unclear"),
        ("第7项目标应为25所，通知中误写为35所，请更正。", "question"),
        ("第7、11项有关情况于2020年6月30日另行说明。", "unclear"),
    ],
)
def test_a_request_an_excuse_or_an_objection_is_no_report(words: str, kind: str) -> None:
    assert judged(words)[0] == kind


def test_a_dates_digits_beside_a_figure_do_not_hide_it() -> None:
    assert judged("第7项：截至6月30日，已新建公办幼儿园25所，开展幼儿资助2276人次。") == ("submission", True)
