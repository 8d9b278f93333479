"""A stranger's html made harmless: what is left has no script, no form, no style, no picture and nothing from elsewhere."""

import nh3

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "ins",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
_ATTRIBUTES = {
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "col": {"span"},
    "ol": {"start"},
}
"""No href either: a link in a stranger's mail is shown as the words that it is."""


def cleaned(html: str) -> str:
    """The html without all that could act or call out; any text whatever is taken."""
    return nh3.clean(html, tags=set(_TAGS), attributes=_ATTRIBUTES, link_rel=None, strip_comments=True)


def page_of(html: str) -> str:
    """A whole page of cleaned html, for a frame of its own."""
    return f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>来件</title></head><body>{cleaned(html)}</body></html>'
