"""`report PERIOD --out DIR`: the documents of a quarter that go up, as files; what lies there already is never written over."""

from argparse import Namespace
from datetime import datetime

from cuibao.desk.documents import documents, not_made, quarter_of
from cuibao.front import show
from cuibao.front.house import House
from cuibao.front.problems import problems_doc
from cuibao.gateways.fonts import REMEDY, chinese_font
from cuibao.gateways.new_files import add_files
from cuibao.rules.outcomes import Problem, Severity


def run(args: Namespace, now: datetime) -> int:
    house = House.of(args, writes=False).of_period(args.period)
    desk, font = house.desk, chinese_font()
    period = desk.period(args.period)
    found = quarter_of(desk, period, now)
    made = [(one.name, one.make()) for one in documents(desk, found, font)]
    files = add_files(args.out, made, "生成文件", "--out")
    problems = [] if font else [Problem("", "", "未能制作一图：本机没有中文字体", REMEDY, Severity.WARNING)]
    if args.json:
        show.as_json({"files": [str(file) for file in files], "problems": problems_doc(problems)})
        return 0
    show.say(f"已生成{period.name}的文件 {len(files)} 个：", *(f"  {file}" for file in files))
    told = ("文件名注明“草稿”的，请核对后按程序印发。", not_made(desk.office, found))
    show.say(*filter(None, told), *map(str, problems))
    return 0
