"""By what a second delivery of the same mail is known."""

import pytest

from cuibao.papers.fingerprint import fingerprint
from cuibao.papers.mail import Mail, read

RAW = (
    b"From: a@b.cn\nSubject: x\nMessage-ID: <1@b.cn>\nContent-Type: multipart/mixed; boundary=q\n\n--q\nContent-Type: text/plain\n\n"
    b"done\n--q\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xCiUlRU9G\n--q--\n"
)


def mark(raw: bytes) -> str:
    return fingerprint(read(raw))


def test_another_route_is_the_same_mail():
    assert mark(b"Received: by mx2; Mon, 15 Jun 2020 10:00:00 +0800\n" + RAW.replace(b"\n", b"\r\n")) == mark(RAW)
    assert len(mark(RAW)) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<1@", b"<2@"),
        (b"a@b", b"c@b"),
        (b": x", b": y"),
        (b"done", b"not done"),
        (b"a.pdf", b"b.pdf"),
        (b"xCiU", b"xDiU"),
    ],
)
def test_other_content_is_another_mail(old, new):
    assert RAW.count(old) == 1 or old == b"a@b"
    assert mark(RAW.replace(old, new)) != mark(RAW)


def test_a_mail_without_a_message_id_has_no_identity_but_its_bytes():
    assert fingerprint(Mail(subject="x", text="y")) == ""


def test_text_that_no_encoding_can_hold_has_a_fingerprint_too():
    assert fingerprint(Mail(message_id="<1@b.cn>", subject="\ud800"))
