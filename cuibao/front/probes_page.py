"""Probes of the officers' page: whether it answers, and whether anybody can log in to it."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException

from cuibao.front.patient import Finding, Patient, State
from cuibao.gateways.officers import OfficerFile
from cuibao.gateways.system_words import why
from cuibao.rules.officers import RANKS, Rank

PATIENCE = 5.0
"""Seconds that the page has to answer."""
HEALTHY, STALE = b'{"status":"ok"}', b'{"status":"stale"}'
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where one asks what listens everywhere


def page(patient: Patient) -> Finding:
    """Ask the page, where a daemon runs that should have opened it."""
    if patient.house.sandbox:
        return Finding(State.OK, "演练的网页随 run 打开，地址和登录在启动时显示")
    env, start = patient.env, "sudo systemctl start cuibao（或 ./bot run）"
    if not patient.runs:
        return Finding(State.WARN, "后台服务没有运行，网页没有打开", start)
    host = _EVERYWHERE.get(env.console_bind, env.console_bind)
    address = f"http://{f'[{host}]' if ':' in host else host}:{env.console_port}/"
    try:
        answer = _ask(host, env.console_port)
    except (OSError, HTTPException) as error:
        return Finding(
            State.BAD,
            f"{address} 打不开（{_why(error)}）",
            "journalctl -u cuibao -n 50；端口被占用的，在 .env 中改 CUIBAO_CONSOLE_PORT；然后 sudo systemctl restart cuibao",
        )
    if answer == HEALTHY:
        return Finding(State.OK, f"{address} 可以打开")
    if answer == STALE:
        return Finding(State.WARN, f"{address} 可以打开，但说后台服务没有动静", "sudo systemctl restart cuibao")
    return Finding(
        State.BAD,
        f"{address} 上答复的不是催报的网页",
        "在 .env 中改 CUIBAO_CONSOLE_PORT，然后 sudo systemctl restart cuibao",
    )


def logins(patient: Patient) -> Finding:
    """Who can log in. A damaged file is an error that says what mends it."""
    if patient.house.sandbox:
        return Finding(State.OK, "演练的登录在启动时显示")
    found = [officer.rank for officer in OfficerFile(patient.house.store).list()]
    counts = "，".join(f"{words} {found.count(rank)} 个" for rank, words in RANKS.items() if rank in found)
    if Rank.OFFICER not in found:
        return Finding(
            State.WARN,
            f"没有经办人账户，无人能在网页上办理（{counts}）" if found else "尚未设立账户，无人能登录网页",
            "./bot officer add 姓名",
        )
    return Finding(State.OK, counts)


def _why(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝"
    if isinstance(error, TimeoutError):
        return "没有答复"
    return why(error) if isinstance(error, OSError) else type(error).__name__


def _ask(host: str, port: int) -> bytes:
    """What /healthz says, without the blank at its end; a long answer is not the page's."""
    with closing(HTTPConnection(host, port, timeout=PATIENCE)) as link:
        link.request("GET", "/healthz")
        return link.getresponse().read(100).strip()
