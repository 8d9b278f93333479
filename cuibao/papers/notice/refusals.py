"""Why a file is refused as a notice, and what a person does about it."""

from cuibao.papers.attachments import EMPTY, LOCKED, TOO_LARGE
from cuibao.papers.contents.limits import BROKEN, NO_CONVERTER, NOT_A_DOCUMENT, SCANNED, UNSAFE
from cuibao.papers.notice.draft import NoticeRefused

_REMEDIES = {
    EMPTY: "请核对所选文件；原件是扫描件或图片的，请向印发单位索取电子文本",
    LOCKED: "请用 Word 或 WPS 去掉密码，另存后再导入",
    TOO_LARGE: "请只保留通知正文和附表，另存后再导入",
    BROKEN: "请用 Word 或 WPS 打开，另存为 .docx 后再导入",
    UNSAFE: "请用 Word 或 WPS 打开，另存为 .docx 后再导入",
    NO_CONVERTER: "请用 Word 或 WPS 另存为 .docx 后再导入，或在本机安装 LibreOffice",
    NOT_A_DOCUMENT: "通知应为 .docx、.doc、.wps、.pdf、.html、.txt 或 .md 文件",
    SCANNED: "请向印发单位索取电子文本，或用文字识别软件转为 .docx，核对后再导入",
}
_OTHERWISE = "请用 Word 或 WPS 另存为 .docx 后再导入"


def refusal(name: str, words: str, page: int = 0) -> NoticeRefused:
    """The refusal of the file of that name. `words` complete 文件“…”, as the reading room says them; `page` counts from 1, 0 where it
    is the whole file."""
    place = f"{name}第{page}页" if page else name
    subject = f"第{page}页" if page else "文件"
    return NoticeRefused(place, f"{subject}{words}", _REMEDIES.get(words, _OTHERWISE))
