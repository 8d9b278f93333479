"""The stand-in for 163.com as a fixture: `pytest_plugins = ("tests.system.standin_fixture",)` in a module that wants it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.mailhost import MailHost
from tests.system.standin import Standin


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for certificates, which take a while to make."""
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture
def standin(mailhost: MailHost, certificates: Path) -> Iterator[Standin]:
    """A stand-in of the test's own before the mail host that all share."""
    running = Standin(mailhost, certificates)
    yield running
    running.stop()
