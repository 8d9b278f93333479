"""`check`: configuration, contacts, calendar and questions to the office; with --connect both mail servers."""

from argparse import Namespace
from datetime import datetime

from cuibao.front import problems as told
from cuibao.front import show
from cuibao.front.connections import connected_servers, try_servers
from cuibao.front.house import House
from cuibao.rules.office import Office
from cuibao.rules.outcomes import ConfigError, Problem, Severity
from cuibao.rules.period import closes_at


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    try:
        _ = house.templates  # loading them is the check: a broken one raises ConfigError
        found = [*house.problems, *past_problems(house.office, now)]
    except ConfigError as error:
        found = list(error.problems)
    else:
        if args.connect:
            found += try_servers(connected_servers(house))
    if args.json:
        show.as_json({"problems": told.problems_doc(found)})
    elif found:
        told.tell(found, "检查结果")
    else:
        show.say("检查完毕，没有发现问题")
    wrong = any(problem.severity is Severity.ERROR for problem in found)
    return 2 if wrong else 0


def past_problems(office: Office, now: datetime) -> list[Problem]:
    """A warning when every period's deadline has passed."""
    if now < closes_at(max(period.last_day for period in office.periods)):
        return []
    return [
        Problem(
            "config/office.yaml",
            "periods",
            f"{office.notice.year} 年各季度的报送时限都已过去，不会再发出提醒",
            "请在 config/ 中换上新一年的通知（notice、periods、registry.yaml），或用 ./bot --sandbox run 演练",
            Severity.WARNING,
        )
    ]
