"""Which tests coverage is measured by: those of rules, papers, desk and gateways. The others live whole days with a program that takes two
to three times as long while it is traced."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
MEASURING = [HERE / floor for floor in ("rules", "papers", "desk", "gateways")]
LONG_LIVES = [HERE / "desk" / "test_years.py", HERE / "rules" / "test_plan_properties.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path in LONG_LIVES or not any(floor in item.path.parents for floor in MEASURING):
            item.add_marker(pytest.mark.no_cover)
