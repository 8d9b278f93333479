"""Mails broken at random are read and judged without raising and in bounded time; `bench/fuzz.py` does the same a hundred thousand times."""

import json
import time

from data.mutate import mutated, samples
from data.one_office import office
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cuibao.papers import mail
from cuibao.papers.judge import judge
from cuibao.rules.verdict import Verdict, doc_to_verdict, verdict_to_doc

RAWS, VIEW = samples(), office()
LONGEST = 5.0
"""Seconds of the processor for one mail."""
SHORT = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def read_and_judge(raw: bytes) -> Verdict:
    begun = time.process_time()
    found = judge(mail.read(raw), VIEW)
    assert time.process_time() - begun < LONGEST
    # what the ledger keeps is text that can be written down
    assert doc_to_verdict(verdict_to_doc(found)) == found
    json.dumps(verdict_to_doc(found), ensure_ascii=False).encode()
    return found


@settings(SHORT, max_examples=400)
@given(st.integers(0, 2**32))
@example(75521)
def test_a_mutated_mail_gets_a_verdict(seed: int) -> None:
    read_and_judge(mutated(RAWS, seed))


@settings(SHORT, max_examples=150)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"From: ", b"Content-Type: multipart/mixed; boundary=", b"Subject: =?gbk?B?"]),
)
def test_any_bytes_get_a_verdict(rest: bytes, start: bytes) -> None:
    read_and_judge(start + rest)


def test_the_same_seed_gives_the_same_mail() -> None:
    assert mutated(RAWS, 7) == mutated(RAWS, 7)
