"""Suites that need other programs: skipped where one is missing, failed where all are asked for."""

import os
from typing import NoReturn

import pytest


def lacking(what: str) -> NoReturn:
    """Skip the test naming what is missing. Where all suites are asked for (CI), missing is failing."""
    if os.environ.get("CI") or os.environ.get("CUIBAO_ALL_SUITES") == "1":
        pytest.fail(what)
    pytest.skip(what)
