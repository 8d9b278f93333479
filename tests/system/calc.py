"""LibreOffice Calc as a unit uses it: opens a form, types into its cells, and saves it as xlsx or xls. Its own Basic does the typing."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SAVED = {"xlsx": "Calc MS Excel 2007 XML", "xls": "MS Excel 97"}
"""LibreOffice's filters by a file's ending."""
_LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Filling"/></library:library>
"""
_MACRO = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Filling" script:language="StarBasic">
Sub Fill(form, typed, saved, kind)
  On Error Goto Failed ' a message box would wait for ever
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden"
  how(0).Value = True
  book = StarDesktop.loadComponentFromURL(form, "_blank", 0, how())
  sheet = book.Sheets.getByIndex(0)
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  hand = createUnoService("com.sun.star.io.TextInputStream")
  hand.setInputStream(files.openFileRead(typed))
  hand.setEncoding("UTF-8")
  Do While Not hand.isEOF()
    parts = Split(hand.readLine(), Chr(9))
    If UBound(parts) = 1 Then sheet.getCellRangeByName(parts(0)).setFormula(parts(1))
  Loop
  how(0).Name = "FilterName"
  how(0).Value = kind
  book.storeToURL(saved, how())
  book.close(True)
Failed:
End Sub
</script:module>
"""
"""setFormula takes a text as if it were typed in: a number where it is one (XCell in LibreOffice's API). The sheet stays locked."""


@dataclass
class Calc:
    """LibreOffice with a profile of its own."""

    home: Path
    program: str

    def filled(self, form: bytes, typed: Mapping[str, str], ending: str) -> bytes:
        """The form with these texts typed into cells such as G5, as LibreOffice reckons and saves it in that format."""
        self._learn()
        source, hand, out = self.home / "form.xlsx", self.home / "typed.txt", self.home / f"saved.{ending}"
        source.write_bytes(form)
        hand.write_text("".join(f"{cell}\t{text}\n" for cell, text in typed.items()), encoding="utf-8")
        given = ",".join(f'"{one}"' for one in (source.as_uri(), hand.as_uri(), out.as_uri(), SAVED[ending]))
        done = self._run(f"macro:///Standard.Filling.Fill({given})")
        assert out.exists(), (done.stdout, done.stderr)
        return out.read_bytes()

    def _learn(self) -> None:
        """Make the profile, as the first start does, and teach it the macro."""
        self._run("--terminate_after_init")
        basic = self.home / "profile/user/basic/Standard"
        (basic / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        (basic / "Filling.xba").write_text(_MACRO, encoding="utf-8")

    def _run(self, what: str) -> "subprocess.CompletedProcess[bytes]":
        profile = f"-env:UserInstallation={(self.home / 'profile').as_uri()}"
        words = [self.program, profile, "--headless", "--norestore", what]
        return subprocess.run(words, capture_output=True, timeout=180, check=False)
