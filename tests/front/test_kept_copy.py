"""One mail from the office to itself tells whether what is sent can be found again."""

import pytest
from doubles import Post, parsed
from world import at

from cuibao.front.kept_copy import Found, KeptCopy, send_and_look
from cuibao.rules.outcomes import MailServerError
from cuibao.rules.traffic import Delivery, Outcome, SentMessage

ADDRESS = "bangongshi@163.example"
NINE = at("2020-06-15T09:00")


def look(post: Post) -> tuple[KeptCopy, list[float]]:
    waited: list[float] = []
    return send_and_look(post, ADDRESS, NINE, waited.append), waited


def keeping(post: Post, message_id: str = "") -> Post:
    """A provider that keeps a copy, under its own Message-ID if one is given."""

    def keep() -> None:
        message = parsed(post.accepted[-1][0])
        post.sent_folder.append(
            SentMessage(message_id or str(message["Message-ID"]), str(message["Subject"]), (ADDRESS,))
        )

    post.before_answer = keep
    return post


def test_a_copy_under_our_message_id_is_found() -> None:
    found, waited = look(keeping(Post()))
    assert (found.found, found.problem(), waited) == (Found.MESSAGE_ID, None, [])


def test_a_copy_under_another_one_is_known_by_the_mark_in_its_subject() -> None:
    found, _ = look(keeping(Post(), "<theirs@163.com>"))
    assert found.found is Found.MARK
    assert "以主题编号辨认" in found.words()


def test_without_a_copy_one_is_warned_after_some_seconds() -> None:
    found, waited = look(Post())
    problem = found.problem()
    assert (found.found, sum(waited)) == (Found.NOTHING, 20)
    assert problem is not None
    assert "SMTP发信后保存到服务器" in problem.remedy


@pytest.mark.parametrize(
    "post",
    [Post(smtp_down=MailServerError("535")), Post(answers=[Outcome(Delivery.HELD, "554 DT:SPM")])],
)
def test_a_mail_that_does_not_leave_is_not_looked_for(post: Post) -> None:
    found, waited = look(post)
    assert (found.found, waited, post.lookups) == (Found.NOTHING, [], 0)


def test_a_mailbox_that_cannot_be_read_finds_nothing() -> None:
    assert look(Post(imap_down=MailServerError("away")))[0].found is Found.NOTHING


def test_the_mail_says_that_a_machine_wrote_it_and_goes_to_the_office_alone() -> None:
    post = Post()
    look(post)
    ((raw, recipients),) = post.accepted
    assert (parsed(raw)["Auto-Submitted"], recipients) == ("auto-generated", (ADDRESS,))
