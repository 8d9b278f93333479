"""`doctor`: one page of what works, what does not, and the command that mends it."""

from argparse import Namespace
from datetime import datetime

from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.patient import WORDS, Check, Patient, State, examine
from cuibao.front.probes import CONNECTING, PROBES


def run(args: Namespace, now: datetime) -> int:
    patient = Patient(House.of(args, writes=False), now)
    checks = examine(patient, (*PROBES, *CONNECTING) if args.connect else PROBES)
    if args.json:
        show.as_json({"checks": [_doc(check) for check in checks]})
    else:
        _tell(checks)
    return 1 if any(check.finding.state is State.BAD for check in checks) else 0


def _doc(check: Check) -> dict[str, str]:
    found = check.finding
    return {"name": check.name, "state": str(found.state), "message": found.message, "remedy": found.remedy}


def _tell(checks: list[Check]) -> None:
    counts = "，".join(f"{WORDS[state]} {sum(c.finding.state is state for c in checks)} 项" for state in State)
    show.table(
        "自检结果",
        ("项目", "状态", "情况", "办法"),
        [(c.title, WORDS[c.finding.state], c.finding.message, c.finding.remedy) for c in checks],
        caption=counts,
    )
