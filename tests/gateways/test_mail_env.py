"""The mailbox's account from .env and the environment; what is told never shows a secret."""

from pathlib import Path

import pytest

from cuibao.gateways.mail_env import DEFAULTS, load_mail_env
from cuibao.rules.outcomes import ConfigError, Problem

PASSWORD = "QWERTYUIOPASDFGH"


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ".env"
    path.write_text(f"CUIBAO_MAIL_USER=whsmsb@163.com\nCUIBAO_MAIL_PASSWORD={PASSWORD}\n", encoding="utf-8")
    return path


def mistakes(path: Path, **environ: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load_mail_env(path, environ)
    assert PASSWORD not in str(caught.value)
    return caught.value.problems


def test_without_a_file_everything_is_as_163_has_it_and_credentials_are_missing(tmp_path: Path) -> None:
    env = load_mail_env(tmp_path / ".env", {})
    assert (env.smtp_host, env.smtp_port, env.smtp_tls) == ("smtp.163.com", 465, "tls")
    assert (env.imap_host, env.imap_port, env.imap_tls) == ("imap.163.com", 993, "tls")
    assert env.credentials_missing == ("CUIBAO_MAIL_USER", "CUIBAO_MAIL_PASSWORD")


def test_the_file_gives_the_credentials(env_file: Path) -> None:
    env = load_mail_env(env_file, {})
    assert (env.user, env.password, env.credentials_missing) == ("whsmsb@163.com", PASSWORD, ())


def test_the_environment_wins_over_the_file_unless_it_is_empty(env_file: Path) -> None:
    env = load_mail_env(env_file, {"CUIBAO_MAIL_USER": "other@163.com", "CUIBAO_MAIL_PASSWORD": ""})
    assert (env.user, env.password) == ("other@163.com", PASSWORD)


def test_a_password_with_a_dollar_sign_is_taken_as_it_is(env_file: Path) -> None:
    env_file.write_text("CUIBAO_MAIL_PASSWORD='a${HOME}#b'\n", encoding="utf-8")
    assert load_mail_env(env_file, {}).password == "a${HOME}#b"


def test_neither_password_nor_secret_is_ever_shown(env_file: Path) -> None:
    shown = repr(load_mail_env(env_file, {"CUIBAO_SECRET": "s3cret" * 8}))
    assert PASSWORD not in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CUIBAO_SMTP_PORT", "465a"),
        ("CUIBAO_IMAP_PORT", "70000"),
        ("CUIBAO_IMAP_PORT", "９９３"),
        ("CUIBAO_CONSOLE_PORT", "0"),
        ("CUIBAO_SMTP_TLS", "ssl"),
        ("CUIBAO_IMAP_TLS", "none"),
        ("CUIBAO_SMTP_HOST", "smtp.163.com:465"),
        ("CUIBAO_MAIL_CA", "no/such/ca.pem"),
    ],
)
def test_a_mistake_names_file_variable_and_value(env_file: Path, name: str, value: str) -> None:
    with env_file.open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")
    (problem,) = mistakes(env_file)
    assert (problem.file, problem.path) == (".env", name)
    assert problem.remedy


def test_a_mistake_in_the_environment_is_said_to_be_there(env_file: Path) -> None:
    (problem,) = mistakes(env_file, CUIBAO_SMTP_PORT="x")
    assert problem.file == "环境变量"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_on_loopback_needs_no_tls(env_file: Path, host: str) -> None:
    environ = {"CUIBAO_SMTP_HOST": host, "CUIBAO_SMTP_TLS": "none"}
    assert load_mail_env(env_file, environ).smtp_tls == "none"


def test_an_unknown_variable_is_a_mistake_with_the_nearest_name(env_file: Path) -> None:
    with env_file.open("a", encoding="utf-8") as file:
        file.write(f"CUIBAO_MAIL_PASWORD={PASSWORD}\nOTHER=1\n")
    (problem,) = mistakes(env_file)
    assert problem.path == "CUIBAO_MAIL_PASWORD"
    assert "CUIBAO_MAIL_PASSWORD" in problem.remedy


def test_a_file_in_another_encoding_is_told(env_file: Path) -> None:
    env_file.write_bytes("# 邮箱\n".encode("gbk"))
    assert "UTF-8" in mistakes(env_file)[0].message


SECOND = {
    "CUIBAO_ALARM_SMTP_HOST": "smtp.qq.com",
    "CUIBAO_ALARM_SMTP_USER": "jiankong",
    "CUIBAO_ALARM_SMTP_PASSWORD": "ZXCVBNMASDFGHJKL",
    "CUIBAO_ALARM_SMTP_FROM": "jiankong@qq.com",
}
ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"


def test_alarms_have_no_ways_of_their_own_unless_they_are_set(env_file: Path) -> None:
    env = load_mail_env(env_file, {})
    assert (env.alarm_smtp, env.webhook, env.webhook_secret) == (None, "", "")


def test_a_second_account_needs_no_port_and_no_mode(env_file: Path) -> None:
    second = load_mail_env(env_file, SECOND).alarm_smtp
    assert second is not None
    assert (second.host, second.port, second.tls) == ("smtp.qq.com", 465, "tls")
    assert (second.user, second.password, second.sender) == ("jiankong", "ZXCVBNMASDFGHJKL", "jiankong@qq.com")


@pytest.mark.parametrize("missing", SECOND)
def test_a_second_account_is_set_whole_or_not_at_all(env_file: Path, missing: str) -> None:
    (problem,) = mistakes(env_file, **{**SECOND, missing: ""})
    assert (problem.path, problem.message) == (missing, "没有填写")


def test_a_port_alone_asks_for_the_whole_second_account(env_file: Path) -> None:
    assert [problem.path for problem in mistakes(env_file, CUIBAO_ALARM_SMTP_PORT="587")] == list(SECOND)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CUIBAO_ALARM_SMTP_HOST", "smtp.qq.com:465"),
        ("CUIBAO_ALARM_SMTP_PORT", "ssl"),
        ("CUIBAO_ALARM_SMTP_TLS", "ssl"),
        ("CUIBAO_ALARM_SMTP_TLS", "none"),
        ("CUIBAO_ALARM_SMTP_FROM", "jiankong"),
    ],
)
def test_a_mistake_in_the_second_account_is_named(env_file: Path, name: str, value: str) -> None:
    (problem,) = mistakes(env_file, **{**SECOND, name: value})
    assert problem.path == name
    assert problem.remedy


def test_a_robot_is_taken_as_it_is(env_file: Path) -> None:
    env = load_mail_env(env_file, {"CUIBAO_WEBHOOK": ROBOT, "CUIBAO_WEBHOOK_SECRET": "SEC012345"})
    assert (env.webhook, env.webhook_secret) == (ROBOT, "SEC012345")


@pytest.mark.parametrize("url", ["oapi.dingtalk.com/robot", ROBOT.replace("https", "http")])
def test_a_robots_address_with_a_mistake_is_told_without_showing_its_key(env_file: Path, url: str) -> None:
    (problem,) = mistakes(env_file, CUIBAO_WEBHOOK=url)
    assert problem.path == "CUIBAO_WEBHOOK"
    assert "dingtalk" not in str(problem)


def test_every_secret_is_named_for_the_log_to_hide_and_none_is_shown(env_file: Path) -> None:
    environ = {**SECOND, "CUIBAO_WEBHOOK": ROBOT, "CUIBAO_WEBHOOK_SECRET": "SEC012345", "CUIBAO_SECRET": "s3cret" * 8}
    env = load_mail_env(env_file, environ)
    assert env.secrets == (PASSWORD, "s3cret" * 8, "ZXCVBNMASDFGHJKL", ROBOT, "SEC012345")
    assert not any(secret in repr(env) for secret in env.secrets)


def test_the_example_names_every_variable_and_can_be_used_as_it_is() -> None:
    example = Path(__file__).resolve().parents[2] / "config" / ".env.example"
    text = example.read_text(encoding="utf-8")
    assert all(f"{name}={value}" in text for name, value in DEFAULTS.items() if name != "CUIBAO_SECRET")
    assert "CUIBAO_SECRET=" in text
    assert load_mail_env(example, {}).credentials_missing
