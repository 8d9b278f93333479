"""The morning's digest: who reported, who has not, what waits, whom to telephone; sent whatever the quota says."""

from dataclasses import replace

from doubles import PROGRESS, Post, desk, entries, mail, no_wait, parsed
from world import EDUCATION, FINANCE, HEALTH, act, at, office, with_unit

from cuibao.desk import deliver, digest, waves
from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Draft, Kind
from cuibao.rules.office import Approval, Pace
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome

CHEN = "chen@office.example"


def told(post: Post | None = None, **changes: object) -> Desk:
    return desk(post, digest_to=(CHEN,), **changes)


def ring(book: Desk, *moments: str) -> None:
    bell = Bell(book, lambda _seconds: at(moments[0]))
    for moment in moments:
        bell.pause = no_wait(at(moment))
        bell.tick(at(moment))


def text(post: Post, which: int = -1) -> str:
    body = parsed(post.to(CHEN)[which]).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_each_working_morning_of_a_quarter_brings_one_digest() -> None:
    post = Post()
    ring(told(post), "2020-06-15T08:30", "2020-06-15T08:31", "2020-06-16T08:30", "2020-06-20T08:30")
    assert [parsed(raw)["Subject"].partition("〔")[0] for raw in post.to(CHEN)] == [
        "测试办报送日报（6月15日，第二季度）：无待处理事项",
        "测试办报送日报（6月16日，第二季度）：无待处理事项",
    ]


def test_nobody_asked_for_gets_none() -> None:
    post = Post()
    ring(desk(post), "2020-06-15T08:30")
    assert post.accepted == []


def test_out_of_season_with_nothing_to_tell_there_is_none() -> None:
    post = Post()
    ring(told(post), "2020-06-10T08:30")
    assert post.accepted == []


def test_out_of_season_a_late_report_is_told() -> None:
    post = Post()
    book = told(post)
    book.ledger.append(
        [
            act(
                Kind.SUBMISSION_RECEIVED,
                EDUCATION,
                "2020-08-02T10:00",
                7,
                late=True,
                arrived_at="2020-08-02T09:58:00+08:00",
            )
        ]
    )
    ring(book, "2020-08-03T08:30")
    assert "市教育局：第7项，8月2日09:58收到（迟报）" in text(post)


def test_it_says_who_reported_since_the_last_one_and_who_has_not() -> None:
    post = Post()
    book = told(post)
    ring(book, "2020-06-15T08:30", "2020-06-15T09:00")
    post.arrive(
        mail("jyj@edu.example", "Re", PROGRESS, answering=post.to("jyj@edu.example")[0]), at("2020-06-15T10:00")
    )
    book.ledger.append([act(Kind.SUBMISSION_RECEIVED, HEALTH, "2020-06-15T10:30", 18, nil=True)])
    book.ledger.append([replace(act(Kind.SUBMISSION_RECEIVED, FINANCE, "2020-06-15T11:00"), actor="陈某")])
    ring(book, "2020-06-16T08:30", "2020-06-17T08:30")
    second, third = text(post, 1), text(post, 2)
    assert "市教育局：第7、11项，6月15日10:00收到" in second
    assert "市医保局：第18项，6月15日10:30收到（零报告）" in second
    assert "市财政局：全部应报事项，6月15日11:00收到（陈某登记）" in second
    assert "三、尚未报齐的单位（1个）" in second
    assert "市医保局：第19项，部分报送，已函告1次" in second
    assert "没有新的报送" in third


def test_it_lists_the_mails_that_wait_with_their_numbers() -> None:
    post = Post()
    book = told(post)
    ring(book, "2020-06-15T09:00")
    question = mail("jyj@edu.example", "请示", "请问能否延期五天报送？", answering=post.to("jyj@edu.example")[0])
    post.arrive(question, at("2020-06-15T10:00"))
    ring(book, "2020-06-15T10:01", "2020-06-16T08:30", "2020-06-18T08:30")
    (waiting,) = book.book().triage()
    assert "待处理1件" in str(parsed(post.to(CHEN)[-1])["Subject"])
    assert waiting.sha256[:10] in text(post)
    assert "推断为市教育局；来信询问" in text(post)
    assert "对该单位的催报已恢复" in text(post)
    assert "对该单位的催报已恢复" not in text(post, 1)


def test_it_says_whom_to_telephone_and_which_addresses_bounce() -> None:
    post = Post(answers=[Outcome(Delivery.SENT, "250"), Outcome(Delivery.REFUSED, "550 5.1.1", ("jyj@edu.example",))])
    book = told(post)
    book.office = with_unit(office(digest_to=(CHEN,)), FINANCE, contacts=())
    ring(book, "2020-06-15T09:00", "2020-06-16T08:30")
    assert "（一）没有可用邮箱，请电话联系" in text(post)
    assert "市财政局：第11、18项" in text(post)
    assert "四、退信的邮箱，请核对更正\n　　市教育局：jyj@edu.example" in text(post).replace("\r\n", "\n")


def test_it_says_what_could_not_be_sent_and_how_to_let_it_go() -> None:
    post = Post(answers=[Outcome(Delivery.SENT, "250"), Outcome(Delivery.HELD, "554 DT:SPM")])
    book = told(post)
    book.ledger.append(
        [
            Draft(Kind.NOTE_ADDED, at("2020-06-15T08:40"), "2020Q2", HEALTH, data={"reason": "回执未能拟稿：模板有误"}),
            Draft(
                Kind.NOTE_ADDED, at("2020-06-15T08:40"), "2020Q2", HEALTH, actor="陈某", data={"reason": "已电话催办"}
            ),
            act(
                Kind.STAGE_LAPSED,
                FINANCE,
                "2020-06-15T08:41",
                stage="urge",
                deadline="2020-06-30",
                reason="已无可发时段",
            ),
        ]
    )
    ring(book, "2020-06-15T09:00", "2020-06-16T08:30")
    found = text(post)
    assert "市教育局：提醒：发送失败，待经办人处理：554 DT:SPM（批准后另发：./bot wave approve 2020Q2 first）" in found
    first = text(post, 0)
    assert "市医保局：回执未能拟稿：模板有误" in first
    assert "已电话催办" not in first
    assert "市财政局：催报：已无可发时段，不再补发" in first


def test_it_tells_of_a_letter_that_was_written_and_never_left() -> None:
    post = Post(answers=[Outcome(Delivery.LATER, "451")] * 3)
    book = told(post)
    ring(book, "2020-06-15T09:00")
    post.answers = []
    ring(book, "2020-06-28T09:00", "2020-06-29T08:30")
    assert "市教育局：提醒：已过本阶段的发送时间，未能发出" in text(post)


def test_it_names_the_waves_that_wait_for_approval() -> None:
    post = Post()
    ring(told(post, approval=Approval.REQUIRED), "2020-06-15T08:30")
    assert "第二季度提醒：3封，应于2020年6月15日09:00发出（./bot wave approve 2020Q2 first）" in text(post)


def test_it_tells_a_quota_that_is_too_small() -> None:
    post = Post()
    book = told(post, pace=Pace(per_day=1, receipts_share=0))
    ring(book, "2020-06-30T08:31")
    assert "每日发信限额内已排不到" in text(post)


def test_a_report_from_an_unknown_address_is_offered_for_registering() -> None:
    post = Post()
    book = told(post)
    ring(book, "2020-06-15T09:00")
    raw = mail("zhang@qq.example", "Re", PROGRESS, answering=post.to("jyj@edu.example")[0])
    post.arrive(raw, at("2020-06-15T10:00"))
    ring(book, "2020-06-15T10:01", "2020-06-16T08:30")
    assert "市教育局：zhang@qq.example（" in text(post)


def test_a_digest_leaves_though_the_quota_is_used_up_and_the_office_is_closed() -> None:
    post = Post()
    ring(told(post, pace=Pace(per_day=1, receipts_share=0)), "2020-06-15T08:30", "2020-06-16T08:30")
    told_of = [str(parsed(raw)["Subject"]) for raw in post.to(CHEN)]
    assert sum("日报" in words for words in told_of) == 2
    assert sum("告警" in words for words in told_of) == 1  # that no letter to a unit fits in beside the digest
    assert post.to("jyj@edu.example") == []


def test_a_digest_that_could_not_leave_is_withdrawn_the_next_day() -> None:
    post = Post(answers=[Outcome(Delivery.LATER, "451")])
    book = told(post)
    ring(book, "2020-06-15T08:30")
    assert deliver.deliver(book, at("2020-06-16T07:00"), no_wait(at("2020-06-16T07:00"))) == ()
    assert [entry.data["reason"] for entry in entries(book, "letter.withdrawn")] == ["已过时效"]


def test_a_digest_whose_template_fails_stops_nothing_else() -> None:
    post = Post()
    book = told(post)
    book.templates = {**book.templates, "mail/digest.txt": "{{ nobody.knows }}"}
    done = Bell(book, no_wait(at("2020-06-15T09:00"))).tick(at("2020-06-15T09:00"))
    assert [which for which, _ in done.unwritten] == ["日报"]
    assert len(post.accepted) == 3


def test_the_digest_is_a_letter_of_the_office_and_not_of_a_unit() -> None:
    book = told(Post())
    ring(book, "2020-06-15T08:30")
    (intended,) = entries(book, "letter.intended")
    assert (intended.unit, intended.period, intended.data["to"]) == (None, "2020Q2", [CHEN])
    assert digest.purpose_name(book, "receipt") == "回执"
    assert waves.plan(book, at("2020-06-15T08:31"), at("2020-06-15T08:31")).letters == ()


def test_a_receipt_that_was_refused_is_told() -> None:
    post = Post()
    book = told(post)
    ring(book, "2020-06-15T09:00")
    post.arrive(
        mail("jyj@edu.example", "Re", PROGRESS, answering=post.to("jyj@edu.example")[0]), at("2020-06-15T10:00")
    )
    post.answers = [Outcome(Delivery.REFUSED, "550 no")]
    ring(book, "2020-06-15T10:01", "2020-06-16T08:30")
    assert "市教育局：回执：550 no" in text(post)


def test_an_extension_and_a_return_are_followed_after_the_quarter_is_over() -> None:
    post = Post()
    book = told(post)
    book.ledger.append(
        [
            act(Kind.SUBMISSION_RECEIVED, FINANCE, "2020-06-16T10:00"),
            act(Kind.SUBMISSION_RECEIVED, HEALTH, "2020-06-16T10:00"),
            act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-29T10:00", 7, until="2020-07-20"),
            act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-29T10:00", 11),
        ]
    )
    ring(book, "2020-07-16T08:30", "2020-07-17T08:30", "2020-07-27T08:30", "2020-07-28T08:30")
    days = [str(parsed(raw)["Subject"]).partition("（")[2].partition("，")[0] for raw in post.to(CHEN)]
    assert days == ["7月16日", "7月17日", "7月27日"]  # the last one tells what left or lapsed until then
    assert "市教育局：第7项" in text(post, 0)
    book.ledger.append([act(Kind.SUBMISSION_SENT_BACK, HEALTH, "2020-08-11T10:00", 18, reason="缺数")])
    before = len(post.to(CHEN))
    ring(book, "2020-08-12T08:30")
    assert len(post.to(CHEN)) == before + 1
    assert "市医保局：第18项，退回补报" in text(post)


def test_in_the_next_quarter_a_line_about_the_last_one_names_it() -> None:
    post = Post()
    book = told(post)
    book.ledger.append(
        [
            act(Kind.OBLIGATION_EXTENDED, EDUCATION, "2020-06-29T10:00", 7, 11, until="2020-09-25"),
            act(Kind.SUBMISSION_RECEIVED, HEALTH, "2020-09-22T10:00"),
        ]
    )
    ring(book, "2020-09-23T08:30")
    assert "市教育局：第7、11项，第二季度，" in text(post)
    assert "市医保局：全部应报事项，第二季度，9月22日10:00收到" in text(post)


def test_a_digest_that_may_have_arrived_is_not_sent_again_while_nobody_can_look() -> None:
    post = Post(answers=[Outcome(Delivery.DOUBTFUL, "lost")])
    book = told(post)
    ring(book, "2020-06-15T08:30")
    post.imap_down = MailServerError("away")
    ring(book, "2020-06-15T09:40", "2020-06-15T10:40")
    assert len(post.to(CHEN)) == 1
