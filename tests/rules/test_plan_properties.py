"""Whatever happens between ticks, the letters hold their promises: a desk in memory is rung at random moments, stopped, killed and
restarted, while units report and servers refuse."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from doubles import Killed, Post, desk, entries, parsed, restarted
from hypothesis import example, given, settings
from hypothesis import strategies as st
from world import EDUCATION, FINANCE, HEALTH, REGISTRY, act, at, duties, make_plan, office

from cuibao.desk.context import Desk
from cuibao.desk.tick import Bell
from cuibao.rules.entries import Kind
from cuibao.rules.planned import TOO_LATE
from cuibao.rules.registry import Unit
from cuibao.rules.traffic import Delivery, Outcome, SentMessage

START = at("2020-06-15T08:55")
UNITS = (EDUCATION, HEALTH, FINANCE)
DAY = 24 * 60
ANSWERS = (
    Outcome(Delivery.SENT, "250"),
    Outcome(Delivery.LATER, "451"),
    Outcome(Delivery.LATER, "421", wait=timedelta(minutes=30), for_all=True),
    Outcome(Delivery.LATER, "550 daily limit", next_day=True),
    Outcome(Delivery.STOPPED, "550 suspended"),
)
ticks = st.tuples(st.just("tick"), st.sampled_from((5, 31, 65, DAY, 3 * DAY, 13 * DAY)) | st.integers(1, DAY))
events = st.one_of(
    ticks,
    ticks,
    st.tuples(st.just("restart"), st.just(0)),
    st.tuples(st.just("sleep"), st.sampled_from((5, 65, DAY, 13 * DAY))),
    st.tuples(st.just("kill"), st.integers(1, 3)),
    st.tuples(st.just("answer"), st.integers(0, len(ANSWERS) - 1)),
    st.tuples(st.just("report"), st.integers(0, len(UNITS) - 1)),
)


@dataclass
class Life:
    """An office's days. A death comes after so many of the server's acceptances, before anybody records them; what the server
    accepted then lies in 已发送."""

    post: Post = field(default_factory=Post)
    now: datetime = START
    reported: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.book: Desk = desk(self.post)
        self.bell = Bell(self.book, self._pause)

    def live(self, story: list[tuple[str, int]]) -> None:
        for what, number in story:
            getattr(self, what)(number)

    def tick(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self._ring()

    def sleep(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def restart(self, _: int) -> None:
        self.book = restarted(self.book)
        self.bell = Bell(self.book, self._pause)

    def kill(self, acceptances: int) -> None:
        left = [acceptances]

        def die() -> None:
            left[0] -= 1
            if not left[0]:
                raise Killed

        self.post.before_answer = die
        try:
            self._ring()
        except Killed:
            self._fill_sent_folder()
            self.now += timedelta(seconds=1)  # no process is back within the second in which the letter was intended
            self.restart(0)
        self.post.before_answer = lambda: None

    def answer(self, number: int) -> None:
        self.post.answers = [ANSWERS[number]]

    def report(self, number: int) -> None:
        self.book.ledger.append([act(Kind.SUBMISSION_RECEIVED, UNITS[number], f"{self.now:%Y-%m-%dT%H:%M}")])
        self.reported.setdefault(UNITS[number], self.now)

    def _ring(self) -> None:
        self.bell.tick(self.now)

    def _pause(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now

    def _fill_sent_folder(self) -> None:
        self.post.sent_folder = [
            SentMessage(parsed(raw)["Message-ID"], parsed(raw)["Subject"], recipients)
            for raw, recipients in self.post.accepted
        ]


stories = st.lists(events, max_size=40)


@settings(max_examples=60, deadline=None)
@given(stories)
def test_no_letter_is_ever_sent_twice(story: list[tuple[str, int]]) -> None:
    life = Life()
    life.live([("sleep", 5), ("kill", 1 + len(story) % 3), *story, ("tick", 1)])
    seen = Counter(parsed(raw)["Message-ID"] for raw, _ in life.post.accepted)
    assert not [name for name, times in seen.items() if times > 1]


@settings(max_examples=60, deadline=None)
@given(stories)
def test_nothing_about_a_quarter_leaves_to_a_unit_after_it_has_reported(story: list[tuple[str, int]]) -> None:
    life = Life()
    life.live([*story, ("tick", DAY)])
    for entry in entries(life.book, "letter.sent"):
        found_later = entry.data["reply"].startswith("已发送")
        if entry.period == "2020Q2" and entry.unit in life.reported and not found_later:
            assert entry.at <= life.reported[entry.unit]


@settings(max_examples=40, deadline=None)
@given(stories)
@example([("sleep", 5), ("kill", 1), ("sleep", 13 * DAY)])
def test_every_stage_of_every_unit_ends_in_a_letter_a_lapse_or_a_report(story: list[tuple[str, int]]) -> None:
    life = Life()
    life.live([event for event in story if event[0] != "answer"])
    life.post.answers = []
    calm_until = max(at("2020-07-08T18:00"), life.now + timedelta(days=4))  # past a weekend
    while life.now < calm_until:  # the bell rings every hour
        life.tick(60)
    life.tick(1)
    told = {(e.unit, e.data["purpose"]) for e in entries(life.book, "letter.sent") if e.period == "2020Q2"}
    lapsed = {(e.unit, e.data["stage"]) for e in entries(life.book, "stage.lapsed") if e.period == "2020Q2"}
    lapsed |= {
        (e.unit, e.data["purpose"]) for e in entries(life.book, "letter.withdrawn") if e.data["reason"] == TOO_LATE
    }
    expected = {(unit, stage) for unit in UNITS if unit not in life.reported for stage in ("first", "urge", "overdue")}
    assert expected <= told | lapsed
    assert not told & lapsed


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40 * DAY), st.integers(1, 40 * DAY))
def test_a_unit_gets_one_letter_at_most_after_any_downtime(awake: int, asleep: int) -> None:
    life = Life()
    life.tick(awake)
    before = len(life.post.accepted)
    life.live([("restart", 0), ("tick", asleep)])
    woken = Counter(recipients for _, recipients in life.post.accepted[before:])
    assert all(times == 1 for times in woken.values())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 220 * DAY))
def test_what_is_planned_is_due_in_office_hours_and_within_its_stage(minutes: int) -> None:
    now = START + timedelta(minutes=minutes)
    base = office()
    for letter in make_plan(base, duties(base), desk().book(), now).letters:
        assert base.hours.contains(letter.send_at)
        assert letter.send_at in letter.span
        assert letter.send_at >= now


def test_a_unit_that_no_item_names_is_not_planned_for() -> None:
    base = office(registry=replace(REGISTRY, units=(*REGISTRY.units, Unit("市气象局"))))
    found = make_plan(base, duties(base), desk().book(), at("2020-06-15T10:00"))
    assert "市气象局" not in [letter.key.unit for letter in found.letters] + [item.unit for item in found.withheld]


def test_of_two_returns_that_one_letter_names_the_earlier_calls_for_no_letter_of_its_own() -> None:
    life = Life()
    life.live([("tick", 65)])
    for item in (7, 11):
        life.book.ledger.append([act(Kind.SUBMISSION_SENT_BACK, EDUCATION, "2020-06-15T10:30", item)])
    life.tick(60)
    life.book.ledger.append([act(Kind.SUBMISSION_RECEIVED, EDUCATION, "2020-06-15T11:10", 11)])
    life.tick(DAY)
    assert [entry.items for entry in entries(life.book, "letter.sent") if entry.unit == EDUCATION] == [(7, 11), (7, 11)]
