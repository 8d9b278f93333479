"""Figure: an officer sets a number that a unit reported otherwise than in a form, or reported wrongly; the old one stays in the ledger."""

from datetime import datetime

from cuibao.desk import signed
from cuibao.desk.acts import chosen_items
from cuibao.desk.context import Desk
from cuibao.desk.view import known_figures
from cuibao.papers.form.amounts import amount
from cuibao.papers.form.doubts import doubt, question
from cuibao.papers.form.layout import squeezed
from cuibao.papers.wording import cited, number_words
from cuibao.rules.entries import Draft, Entry, Kind
from cuibao.rules.outcomes import UsageError
from cuibao.rules.period import Period, closes_at
from cuibao.rules.progress import Figure, figure_to_doc
from cuibao.rules.registry import Target

CONFIRM = "请核对；确实无误的，请注明已核对（命令加 --confirm）再登记"


def set_figure(
    desk: Desk,
    unit: str,
    period: str,
    item: int,
    value: str,
    now: datetime,
    *,
    reason: str,
    by: str,
    indicator: str = "",
    confirmed: bool = False,
) -> Entry:
    """Write the figure as an entry. `value` is read as a form's cell is: 2.3万人 is 23000. `indicator` may be left out where the item
    has one target. Raises UsageError for a unit, period, item or indicator that does not exist, a blank reason or name, a value that is no
    exact number in the target's measure, or, unless the officer has `confirmed` it, one that would not be taken from a form, or not
    unasked, or for a period that has not begun."""
    by, reason = signed.name(by), signed.words(reason, "原因")
    body, quarter = desk.unit(unit), desk.period(period)
    (number,) = chosen_items(desk, body, (item,))
    target = _target(desk, number, indicator)
    found = amount(value, target.measure)
    if found.value is None:
        what = f"{cited(value)}{found.wrong}" if found.wrong else "没有内容"
        raise UsageError(f"完成数{what}", f"请填写以“{target.measure}”计的确数，如 {number_words(target.value)}")
    known, key = known_figures(desk, body.name, quarter.key), (number, target.indicator)
    doubtful = doubt(target, found.value, known.last.get(key)) or question(target, found.value, known, key)
    if doubtful and not confirmed:
        raise UsageError(f"完成数{number_words(found.value)}{target.measure}{doubtful}", CONFIRM)
    if not confirmed and not _begun(desk, quarter, now):
        raise UsageError(f"{quarter.name}尚未开始", CONFIRM)
    figure = Figure(number, target.indicator, found.value, target.measure)
    old = desk.book().reported.figure(body.name, quarter.key, number, target.indicator)
    was = {"was": {"value": number_words(old.what.value), "measure": old.what.measure}} if old else {}
    data = {**figure_to_doc(figure), **was, "reason": reason}
    return desk.ledger.append([Draft(Kind.FIGURE_SET, now, quarter.key, body.name, (number,), by, data)])[0]


def _begun(desk: Desk, period: Period, now: datetime) -> bool:
    """Whether the period before it is over; the first one has begun with the notice."""
    place = desk.office.periods.index(period)
    return place == 0 or now >= closes_at(desk.office.periods[place - 1].last_day)


def _target(desk: Desk, number: int, indicator: str) -> Target:
    item = desk.office.registry.item(number)
    targets = item.targets if item else ()
    if not targets:
        raise UsageError(f"第{number}项没有量化指标，不能登记完成数", "进展情况请用 ./bot note 记入备注")
    if not indicator and len(targets) == 1:
        return targets[0]
    if found := next((one for one in targets if squeezed(one.indicator) == squeezed(indicator)), None):
        return found
    names = "".join(f"“{one.indicator}”" for one in targets)
    trouble = f"没有名为{cited(indicator)}的指标" if indicator else "有不止一个指标"
    raise UsageError(f"第{number}项{trouble}", f"请用 --indicator 写明其一：{names}")
