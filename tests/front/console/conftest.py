"""The office that the tests of this folder look at, unless they have their own."""

from pathlib import Path

import pytest
from office_page import House
from world import at


@pytest.fixture
def house(tmp_path: Path) -> House:
    """After the first quarter's deadline."""
    return House(tmp_path, now=at("2020-07-03T10:00"))
