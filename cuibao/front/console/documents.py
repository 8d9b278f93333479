"""文件: the documents of a quarter that go up, each made when it is asked for, or all of them in one archive."""

from pathlib import PurePath

from flask import Blueprint, Response, abort, render_template

from cuibao.desk.documents import Document, not_made, together
from cuibao.desk.documents import documents as all_documents
from cuibao.front.console import here
from cuibao.front.console.mails import download
from cuibao.front.console.progress import quarter_here

pages = Blueprint("documents", __name__)


@pages.get("/documents")
def listed() -> str:
    period = here.period()
    *documents, everything = _documents(period.key)
    return render_template(
        "documents.html",
        period=period,
        documents=[PurePath(one.name) for one in documents],
        everything=everything.name,
        missing=not_made(here.desk().office, quarter_here(period)),
    )


@pages.get("/documents/<period>/<name>")
def one(period: str, name: str) -> Response:
    """That document as it stands now, made beside the pages and kept as long as it stands so. 404 where there is none of that name: it may
    have been, and be no longer."""
    reader = here.reader()
    with reader.lock:
        found = next((each for each in _documents(period) if PurePath(each.name).name == name), None) or abort(404)
        made: dict[str, bytes] = reader.remembered(("made", period), here.now(), dict)
    data = made.get(name) or here.press().make(lambda: made.get(name) or found.make())
    made[name] = data
    return download(data, name)


def _documents(key: str) -> list[Document]:
    """The files of a quarter, and last all of them in one."""
    desk = here.desk()
    period = desk.office.period(key) or abort(404)
    found = quarter_here(period)
    files = list(all_documents(desk, found, here.services().font()))
    return [*files, together(desk.office, found, files)]
