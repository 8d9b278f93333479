"""Names and passwords of those who log in."""

import pytest

from cuibao.rules.officers import RANKS, Rank, checked_name, refuse_weak, tidy
from cuibao.rules.outcomes import UsageError


@pytest.mark.parametrize(
    ("typed", "name"),
    [("陈某", "陈某"), ("  陈某\n", "陈某"), ("欧阳 某某", "欧阳 某某"), ("Zoe\u0308", "Zoë"), ("陈" * 20, "陈" * 20)],
)
def test_a_name_is_kept_as_it_is_compared(typed: str, name: str) -> None:
    assert checked_name(typed) == name == tidy(name)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "现为 0 个"),
        ("　 ", "现为 0 个"),
        ("陈" * 21, "现为 21 个"),
        ("陈\x00某", "不可见"),
        ("陈\n某", "不可见"),
        ("陈\u200b某", "不可见"),
        ("陈\u202e某", "不可见"),
        ("\udcff", "不可见"),
        ("cuibao", "程序自身"),
        (" CuiBao ", "程序自身"),
        ("系统", "程序自身"),
    ],
)
def test_what_is_nobodys_name_is_refused(typed: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        checked_name(typed)


@pytest.mark.parametrize("password", ["12345678", "correct horse", "口令口令口令口令", "x" * 128])
def test_a_password_of_eight_characters_will_do(password: str) -> None:
    refuse_weak(password, "陈某")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "至少 8 位"),
        ("s3cret!", "至少 8 位"),
        ("s3cret!!" * 17, "至多 128 位"),
        ("s3cret!!\x00", "不可见"),
        ("s3cret!!\udcff", "不可见"),
        ("Zoe Chen Wuhu", "与姓名相同"),
        (" zoe chen wuhu ", "与姓名相同"),
    ],
)
def test_a_weak_password_is_refused_and_never_quoted(password: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        refuse_weak(password, "Zoe Chen Wuhu")
    assert "s3cret" not in str(refused.value)


def test_every_rank_has_its_word() -> None:
    assert set(RANKS) == set(Rank)
