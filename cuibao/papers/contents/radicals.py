"""Radicals back into the characters that they look like. Where a font draws 工 and the radical ⼯ with one glyph, a pdf made by a browser
tells the radical."""

import unicodedata

_SUPPLEMENT = (
    "⺁厂⺄乙⺈刀⺌小⺍小⺒巳⺓幺⺛旡⺜日⺝月⺟母⺠民⺩王⺫目⺬示⺮竹⺶羊⺺肀⺼月⻁虎⻃西⻄西⻅见⻆角⻉贝⻋车"
    "⻎辶⻐钅⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻯竜⻰龙⻳龟"
    "㬵胶"
)
"""The supplement's radicals that are a word by themselves, each before its character (Unicode's EquivalentUnifiedIdeograph), and a
character that nobody uses; those of the first block are told by Unicode's own compatibility mapping."""
_CHARACTERS = {ord(radical): unicodedata.normalize("NFKC", radical) for radical in map(chr, range(0x2F00, 0x2FD6))}
_CHARACTERS |= dict(zip(map(ord, _SUPPLEMENT[::2]), _SUPPLEMENT[1::2], strict=True))


def ordinary(text: str) -> str:
    """The text with characters where it has radicals."""
    return text.translate(_CHARACTERS)
