"""The `bot` script on folders of its own: a stand-in bot.py, no packages but one wheel made here, and never a network."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "bot"
STAND_IN = """
import importlib.util, json, os, sys
greeting = importlib.util.find_spec("greeting") is not None
malloc = {name: value for name, value in os.environ.items() if name.startswith("MALLOC_")}
seen = {"words": sys.argv[1:], "folder": os.getcwd(), "python": sys.prefix, "greeting": greeting, "malloc": malloc}
print(json.dumps(seen))
sys.exit(int(os.environ.get("STAND_IN_EXIT", "0")))
"""
HOLES = """
def resident():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * 4096 / 1e6

bytearray(20_000_000)  # the first big block that is freed raises glibc's limit for pages of their own
before = resident()
blocks, pins = [], []
for _ in range(60):
    blocks.append(bytearray(300_000))
    pins.append(bytes(2_000))  # keeps the heap from shrinking at its end
del blocks[:]
print(resident() - before)
"""
NO_PIP = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_REQUIRE_HASHES": "1", "PIP_NO_BINARY": ":all:"}
PREPARING = "正在准备运行环境"
TOOLS = ("cat", "cksum", "dirname", "env", "readlink", "rm")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def seen(self) -> dict[str, object]:
        return dict(json.loads(self.out))


def call(script: Path, *words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Answer:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("CUIBAO_", "COV_", "PYTEST_"))}
    done = subprocess.run(
        [str(script), *words],
        cwd=cwd or script.parent,
        env=inherited | {"PYTHONUTF8": "1"} | dict(env or {}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def lay_out(folder: Path) -> Path:
    """A program folder as `git clone` leaves it; answers with its script."""
    folder.mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "bot")
    (folder / "bot.py").write_text(STAND_IN, encoding="utf-8")
    (folder / "pytest.py").write_text(STAND_IN, encoding="utf-8")
    (folder / "requirements.txt").write_text("--no-index\n--find-links wheels\n", encoding="utf-8")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n", encoding="utf-8")
    (folder / "wheels").mkdir()
    info = "greeting-1.0.dist-info"
    with zipfile.ZipFile(folder / "wheels" / "greeting-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("greeting.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"greeting.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return folder / "bot"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script whose folder, named with spaces and Chinese, was set up by a first call."""
    script = lay_out(tmp_path_factory.mktemp("office") / "市民生办 催报 bot")
    first = call(script, "status")
    assert first.code == 0, first.err
    assert PREPARING in first.err
    return script


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder to be put alone on PATH: the few tools the script needs, no Python and no apt-get yet."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def command(folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_a_folder_with_spaces_and_chinese_runs_in_its_own_environment(ready: Path) -> None:
    assert call(ready, "status").seen["python"] == str(ready.parent / ".venv")


def test_once_set_up_nothing_is_prepared_again_and_pip_is_not_called(ready: Path) -> None:
    again = call(ready, "status", env=NO_PIP)
    assert (again.code, PREPARING in again.err) == (0, False)


def test_the_users_own_folder_stays_the_working_folder(ready: Path, tmp_path: Path) -> None:
    assert call(ready, "receive", cwd=tmp_path).seen["folder"] == str(tmp_path)


def test_a_symlink_to_the_script_and_one_to_that_find_the_program(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "催报").symlink_to(os.path.relpath(ready, tmp_path))
    (tmp_path / "again").symlink_to("催报")
    assert call(tmp_path / "again", "status", cwd=Path("/")).seen["python"] == str(ready.parent / ".venv")


def test_words_with_spaces_stars_and_nothing_in_them_arrive_as_typed(ready: Path) -> None:
    words = ["record", "市教育局", "--reason", "电话 报送  两项", "*", "", "$HOME", "-n"]
    assert call(ready, *words).seen["words"] == ["--sandbox", *words]


def test_the_exit_code_is_handed_on(ready: Path) -> None:
    assert call(ready, "check", env={"STAND_IN_EXIT": "7"}).code == 7


def test_what_is_freed_between_what_stays_goes_back_to_the_system(ready: Path) -> None:
    def kept(**env: str) -> float:
        """Megabytes that a process keeps of 18 that it freed between small blocks that stay."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
        command = [sys.executable, "-c", HOLES]
        return float(subprocess.run(command, env=plain | env, capture_output=True, check=True, timeout=60).stdout)

    settings = call(ready, "run").seen["malloc"]
    assert isinstance(settings, dict)
    assert kept(**settings) < 3 < 9 < kept()


def test_without_env_file_or_password_the_sandbox_is_chosen_and_said(ready: Path) -> None:
    answer = call(ready, "run")
    assert answer.seen["words"] == ["--sandbox", "run"]
    assert "沙箱" in answer.err
    assert ".env" in answer.err


def test_with_an_env_file_the_sandbox_is_neither_chosen_nor_named(ready: Path) -> None:
    env = ready.parent / ".env"
    env.write_text("", encoding="utf-8")
    try:
        answer = call(ready, "run")
    finally:
        env.unlink()
    assert (answer.seen["words"], answer.err) == (["run"], "")


@pytest.mark.parametrize(("password", "words"), [("secret", ["run"]), ("", ["--sandbox", "run"])])
def test_a_password_in_the_environment_counts_as_an_env_file_unless_empty(
    ready: Path, password: str, words: list[str]
) -> None:
    assert call(ready, "run", env={"CUIBAO_MAIL_PASSWORD": password}).seen["words"] == words


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"], ["status", "--help"], ["status", "--sandbox"]])
def test_help_and_a_sandbox_already_asked_for_are_left_alone(ready: Path, words: list[str]) -> None:
    answer = call(ready, *words)
    assert (answer.seen["words"], answer.err) == (words, "")


def test_the_tests_run_in_the_programs_folder_without_the_sandbox(ready: Path, tmp_path: Path) -> None:
    seen = call(ready, "test", "-k", "two words", cwd=tmp_path).seen
    assert (seen["words"], seen["folder"]) == (["-k", "two words"], str(ready.parent))


def test_a_changed_requirements_file_is_installed_at_the_next_call_and_only_then(ready: Path) -> None:
    with (ready.parent / "requirements.txt").open("a", encoding="utf-8") as wanted:
        wanted.write("greeting==1.0\n")
    changed, later = call(ready, "status"), call(ready, "status", env=NO_PIP)
    assert (PREPARING in changed.err, changed.seen["greeting"]) == (True, True)
    assert (PREPARING in later.err, later.seen["greeting"]) == (False, True)


def test_a_package_that_cannot_be_had_is_told_with_a_remedy_and_the_old_environment_is_kept(ready: Path) -> None:
    wanted = ready.parent / "requirements.txt"
    before = wanted.read_text(encoding="utf-8")
    wanted.write_text(before + "no-such-package==1.0\n", encoding="utf-8")
    try:
        failed = call(ready, "status")
    finally:
        wanted.write_text(before, encoding="utf-8")
    assert (failed.code, failed.out) == (2, "")
    assert "请检查网络后重新运行" in failed.err
    assert call(ready, "status", env=NO_PIP).code == 0


def test_a_renamed_folder_runs_on_without_pip(ready: Path) -> None:
    call(ready, "status")
    moved = ready.parent.rename(ready.parent.with_name("新 文件夹"))
    try:
        answer = call(moved / "bot", "status", env=NO_PIP)
    finally:
        moved.rename(ready.parent)
    assert (answer.code, PREPARING in answer.err) == (0, False)


def test_two_first_calls_at_once_make_one_environment_in_place_of_an_interrupted_one(tmp_path: Path) -> None:
    script = lay_out(tmp_path / "bot folder")
    half_made = script.parent / ".venv" / "bin"
    half_made.mkdir(parents=True)
    (half_made / "python").write_text("half a file", encoding="utf-8")
    made = tmp_path / "made"
    (tmp_path / "bin").mkdir()
    command(
        tmp_path / "bin", "python3", f'[ "$2" != venv ] || echo once >>"{made}"; exec {shutil.which("python3")} "$@"'
    )
    env = os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    calls = [subprocess.Popen([str(script), "-h"], env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outs = [one.communicate(timeout=60)[0] for one in calls]
    assert {json.loads(out)["python"] for out in outs} == {str(script.parent / ".venv")}
    assert made.read_text(encoding="utf-8") == "once\n"


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path, bare: Path) -> None:
    answer = call(lay_out(tmp_path / "office"), "run", env={"PATH": str(bare)})
    assert (answer.code, answer.out) == (2, "")
    assert "本机没有 python3" in answer.err
    assert "apt-get install" in answer.err


def test_a_python_too_old_is_named(tmp_path: Path, bare: Path) -> None:
    command(bare, "python3", '[ "$1" = -V ] && echo Python 3.9.2')
    answer = call(lay_out(tmp_path / "office"), "run", env={"PATH": str(bare)})
    assert answer.code == 2
    assert "需要 Python 3.11 或更高版本（现状：Python 3.9.2）" in answer.err


def test_an_old_python3_is_passed_over_for_a_newer_one_beside_it(tmp_path: Path, bare: Path) -> None:
    command(bare, "python3", "exit 1")
    command(
        bare,
        "python3.12",
        'case $2 in *ensurepip*) exit 0 ;; esac; [ "$2" != venv ] || echo "chosen: $0"; [ "$2" != venv ]',
    )
    answer = call(lay_out(tmp_path / "office"), "run", env={"PATH": str(bare)})
    assert "chosen: " in answer.err
    assert "python3.12" in answer.err


WITHOUT_VENV = """case $2 in *ensurepip*) [ -e "${0%/*}/venv-is-here" ] || exit 1 ;; esac
[ "$2" != venv ] || { echo 'reached venv'; exit 1; }"""


def test_a_user_without_rights_is_given_the_one_command_that_brings_venv(tmp_path: Path, bare: Path) -> None:
    command(bare, "python3", WITHOUT_VENV)
    command(bare, "id", "echo 1000")
    answer = call(lay_out(tmp_path / "office"), "run", env={"PATH": str(bare)})
    assert answer.code == 2
    assert "sudo apt-get update && sudo apt-get install -y python3-venv" in answer.err


@pytest.mark.parametrize("user", ["0", "1000"])
def test_root_or_free_sudo_brings_venv_after_refreshing_the_lists(tmp_path: Path, bare: Path, user: str) -> None:
    command(bare, "python3", WITHOUT_VENV)
    command(bare, "id", f"echo {user}")
    command(bare, "sudo", 'shift; exec "$@"')
    here = '"${0%/*}"'
    command(bare, "apt-get", f"[ $1 = update ] && : >{here}/lists; [ -e {here}/lists ] && : >{here}/venv-is-here")
    answer = call(lay_out(tmp_path / "office"), "run", env={"PATH": str(bare)})
    assert (bare / "venv-is-here").exists()
    assert "reached venv" in answer.err
