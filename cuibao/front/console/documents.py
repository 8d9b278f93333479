"""文件: the documents of a quarter that go up, each made when it is asked for."""

from pathlib import PurePath

from flask import Blueprint, Response, abort, render_template

from cuibao.desk.documents import Document, not_made
from cuibao.desk.documents import documents as all_documents
from cuibao.front.console import here
from cuibao.front.console.mails import download
from cuibao.front.console.progress import quarter_here

pages = Blueprint("documents", __name__)


@pages.get("/documents")
def listed() -> str:
    period = here.period()
    return render_template(
        "documents.html",
        period=period,
        documents=[PurePath(one.name) for one in _documents(period.key)],
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
    desk = here.desk()
    period = desk.office.period(key) or abort(404)
    return list(all_documents(desk, quarter_here(period), here.services().font()))
