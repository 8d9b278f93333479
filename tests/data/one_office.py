"""The office to which the numbered sample mails come: what it knows when it judges them."""

from datetime import date

from cuibao.papers.judge import LetterRef, View
from cuibao.rules.period import Period
from cuibao.rules.registry import Contact, Item, Registry, Unit

JYJ, CZJ = "市教育局", "市财政局"
LETTER = LetterRef(JYJ, "2020Q2", "<cuibao.7k2m9qxd4t.0123456789abcdef@163.com>", (7, 8))
OTHER = LetterRef(CZJ, "2020Q2", "<cuibao.8k2m9qxd4t.0123456789abcdef@163.com>", (9,))
DIGEST = LetterRef("", "", "<cuibao.9k2m9qxd4t.0123456789abcdef@163.com>", ())


def office() -> View:
    """市民生办 with two units that owe for the second quarter, one letter sent to each, and one address that both share."""
    units = (
        Unit(JYJ, ("教体局",), contacts=(Contact("张三", "jyj@wuhu.example"),)),
        Unit(CZJ, contacts=(Contact("李四", "czj@wuhu.example"),)),
    )
    registry = Registry(tuple(Item(no, "一", f"事项{no}", (JYJ,)) for no in range(1, 53)), units)
    periods = tuple(
        Period(f"2020Q{n}", f"第{name}季度", date(2020, n * 3, 30)) for n, name in ((2, "二"), (3, "三"), (4, "四"))
    )
    return View(
        registry=registry,
        mailbox_address="whsmsb@163.com",
        trusted_host=r"^mx\d+$",
        letters={"MS-7K2M9QXD4T": LETTER},
        by_message_id={letter.message_id: letter for letter in (LETTER, OTHER, DIGEST)},
        senders={"jyj@wuhu.example": (JYJ,), "czj@wuhu.example": (CZJ,), "shared@wuhu.example": (JYJ, CZJ)},
        period_choice=lambda unit: "2020Q2",
        periods=periods,
        duties={JYJ: frozenset({*range(7, 13), 16, 31, 36}), CZJ: frozenset({9, 18})},
    )
