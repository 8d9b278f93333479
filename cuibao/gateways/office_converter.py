"""Old Word, WPS and rtf documents to docx, by LibreOffice where it is installed. Run by the process in the reading room only."""

import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from cuibao.papers.contents.limits import BROKEN, UnreadError

SECONDS = 15
MEMORY = 3 << 30
"""Bytes of address space; it takes some 1 GB for an ordinary document."""
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""No macro runs, whoever signed it; no link is followed."""


def converter() -> str | None:
    """Where LibreOffice is, if it is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_docx(program: str, folder: Path, data: bytes) -> bytes:
    """The document as a docx, with its tables. Works in a folder of its own under `folder`, where its profile stays for the next. Raises
    UnreadError."""
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    if not settings.exists():
        settings.parent.mkdir(parents=True)
        settings.write_text(_SETTINGS, encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=folder) as name:
        here = Path(name)
        (here / "in.doc").write_bytes(data)
        command = [program, "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
        command += [f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", name, str(here / "in.doc")]
        try:
            # The program is LibreOffice, found on PATH; in this process nothing else runs, so that preexec_fn is safe.
            subprocess.run(command, timeout=SECONDS, check=True, preexec_fn=_limit)  # noqa: S603
            return (here / "in.docx").read_bytes()
        except (
            subprocess.TimeoutExpired
        ):  # what it started still runs: only the end of this whole process group ends it
            raise SystemExit from None
        except (OSError, subprocess.SubprocessError):
            raise UnreadError(BROKEN) from None


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
