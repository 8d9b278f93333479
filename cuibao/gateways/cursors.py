"""Where the mailbox folders' cursors are kept between runs: one small JSON file, replaced whole."""

import json
from collections.abc import Mapping
from pathlib import Path

from cuibao.gateways import log
from cuibao.gateways.disk import make_folder, replace_file, telling
from cuibao.gateways.system_words import why
from cuibao.rules.traffic import Cursor


class CursorFile:
    """{folder: [uidvalidity, uid]} at `path`. A lost or damaged file costs a second reading of the mailbox, nothing else."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Mapping[str, Cursor]:
        """The cursors by folder; empty when there is no file, or one that cannot be understood (a warning is logged)."""
        try:
            doc = json.loads(self.path.read_bytes())
            return {str(folder): _cursor(pair) for folder, pair in doc.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
            log.warning(
                "读信进度文件无法读取，将从头再读一遍邮箱",
                file=str(self.path),
                error=why(error) if isinstance(error, OSError) else str(error),
            )
            return {}

    def save(self, cursors: Mapping[str, Cursor]) -> None:
        """Replace the file with these cursors, durably. Raises LedgerError when the disk refuses."""
        doc = {folder: [cursor.uidvalidity, cursor.uid] for folder, cursor in cursors.items()}
        raw = json.dumps(doc, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
        with telling(self.path, "保存读信进度"):
            make_folder(self.path.parent)
            replace_file(self.path, raw)


def _cursor(pair: object) -> Cursor:
    if not (isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)):
        raise ValueError(f"not [uidvalidity, uid]: {pair!r}")
    return Cursor(pair[0], pair[1])
