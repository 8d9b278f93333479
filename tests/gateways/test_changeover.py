"""Several files of config/ are changed as one, and who reads or writes them waits for it."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from openpyxl import Workbook

from cuibao.gateways.changeover import PENDING, alone, replace_all, settled
from cuibao.gateways.contact_sheet import HEADERS, import_contacts
from cuibao.gateways.settings import load_office, load_units
from cuibao.rules.outcomes import ConfigError

SHIPPED = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "office.yaml").write_bytes(b"old")
    return folder


def change(config: Path, files: dict[str, bytes], gone: tuple[str, ...] = ()) -> None:
    with alone(config):
        replace_all(config, files, gone)


def texts(config: Path) -> dict[str, bytes]:
    return {path.relative_to(config).as_posix(): path.read_bytes() for path in config.rglob("*") if path.is_file()}


def test_files_are_put_in_place_and_others_removed_with_their_folder(config: Path) -> None:
    change(config, {"office.yaml": b"new", "2020/office.yaml": b"kept"})
    assert texts(config) == {"office.yaml": b"new", "2020/office.yaml": b"kept"}
    change(config, {"office.yaml": b"newer"}, gone=("2020/office.yaml", "2020/none.yaml"))
    assert texts(config) == {"office.yaml": b"newer"}
    assert [path.name for path in config.iterdir()] == ["office.yaml"]


def test_a_failure_before_the_decision_leaves_all_as_it_was(config: Path) -> None:
    (config / "2020").write_bytes(b"a file where a folder should be")
    with pytest.raises(OSError, match="exists"):
        change(config, {"2019/office.yaml": b"new", "2020/office.yaml": b"new"})
    assert sorted(path.name for path in config.iterdir()) == ["2020", "office.yaml"]


def test_what_a_killed_process_had_prepared_is_removed(config: Path) -> None:
    (config / f".{PENDING}.1-aa.tmp" / "2020").mkdir(parents=True)
    change(config, {"office.yaml": b"new"})
    assert [path.name for path in config.iterdir()] == ["office.yaml"]


def test_readers_and_writers_wait_for_a_change(config: Path) -> None:
    def read() -> bytes:
        with settled(config):
            return (config / "office.yaml").read_bytes()

    def add() -> None:
        with alone(config):
            replace_all(config, {"office.yaml": (config / "office.yaml").read_bytes() + b" and more"})

    with ThreadPoolExecutor(2) as pool, alone(config):
        reading, adding = pool.submit(read), pool.submit(add)
        assert not reading.done()
        replace_all(config, {"office.yaml": b"new"})
        assert not adding.done()
    assert reading.result().startswith(b"new")
    assert texts(config)["office.yaml"] == b"new and more"


def test_two_read_at_once_even_within_one_another(config: Path) -> None:
    with settled(config), settled(config):
        assert (config / "office.yaml").read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_told_by_its_reader(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"office\.yaml"):
        load_office(tmp_path / "none")


def test_contacts_are_imported_into_the_units_of_the_change_that_was_decided(tmp_path: Path) -> None:
    """The import completes the change before it reads, and so does not bring back the units that were replaced."""
    config = Path(shutil.copytree(SHIPPED, tmp_path / "config"))
    pending = config / PENDING
    pending.mkdir()
    (pending / "units.yaml").write_text("units:\n  - {name: 市数据局}\n", encoding="utf-8")
    (pending / ".orders").write_text('{"put": ["units.yaml", "registry.yaml"], "gone": []}')  # one was in place already
    book = Workbook()
    book.active.append(HEADERS)
    book.active.append(("市数据局", "钱某", "sjj@wuhu.gov.cn"))
    book.save(tmp_path / "联系人.xlsx")
    assert import_contacts(tmp_path / "联系人.xlsx", config) == (["市数据局：新增联系人 钱某（sjj@wuhu.gov.cn）"], [])
    units = load_units(config / "units.yaml")
    assert not isinstance(units, list)
    assert [unit.name for unit in units.units] == ["市数据局"]
    assert not pending.exists()
