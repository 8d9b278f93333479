"""A font with Chinese from those that the machine has, for pictures: words on a picture are drawn, not typed."""

from collections.abc import Callable, Sequence
from pathlib import Path

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
_NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "msyh.ttc",
    "simhei.ttf",
    "Hiragino Sans GB.ttc",
)
"""The best first."""
REMEDY = "请安装中文字体后重试（Debian、Ubuntu：sudo apt-get install fonts-noto-cjk）"


def chinese_font(folders: Sequence[Path] = FOLDERS) -> Callable[[], bytes] | None:
    """What reads the best font there is, or None where the machine has none."""
    found = {path.name: path for folder in folders if folder.is_dir() for path in folder.rglob("*.[to]t[fc]")}
    return next((found[name].read_bytes for name in _NAMES if name in found), None)
