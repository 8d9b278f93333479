"""`verify`: the ledger's chain of hashes and the digests of everything archived."""

from argparse import Namespace
from datetime import datetime

from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.problems import problems_doc
from cuibao.gateways.verify import audit_store
from cuibao.rules.outcomes import Severity


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False)
    paths = house.ledger_paths
    problems = [problem for path in paths for problem in audit_store(path, house.store, sandbox=args.sandbox)]
    if args.json:
        show.as_json({"problems": problems_doc(problems)})
    elif problems:
        show.say(*(str(problem) for problem in problems))
    else:
        show.say(f"核验完毕：{'、'.join(path.name for path in paths)} 链条完整，存档与台账一致")
    return 1 if any(problem.severity is Severity.ERROR for problem in problems) else 0
