"""Made-up contacts for units that config/ has none for, so that a sandbox works on a bare registry."""

from cuibao.rules.registry import Contact

MADE_UP_DOMAIN = "danwei.example"
"""Under .example (RFC 2606, section 2), so that no letter of the sandbox could ever reach anyone."""
_SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹"


def made_up_contact(unit_name: str, index: int) -> Contact:
    """A contact for a unit that config/ has none for: ("市教育局", 7) is 李某（市教育局）, u07@danwei.example. `index` is the
    unit's place in the registry and must stay the same for the address to stay the same."""
    surname = _SURNAMES[index % len(_SURNAMES)]
    return Contact(f"{surname}某（{unit_name}）", f"u{index:02d}@{MADE_UP_DOMAIN}", f"0553-000{index:04d}")
