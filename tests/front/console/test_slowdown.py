"""How long who guesses passwords has to wait."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cuibao.front.console.slowdown import Slowdown, minutes


def fail(slowdown: Slowdown, times: int, name: str = "陈某", address: str = "10.0.0.5", now: float = 0.0) -> None:
    for _ in range(times):
        slowdown.failed(name, address, now)


def test_four_failures_are_anybodys() -> None:
    slowdown = Slowdown()
    fail(slowdown, 4)
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 0.0


def test_the_fifth_brings_a_minute_for_this_name_from_this_address_only() -> None:
    slowdown = Slowdown()
    fail(slowdown, 5)
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 60.0
    assert slowdown.wait("陈某", "10.0.0.5", 59.5) == 0.5
    assert slowdown.wait("陈某", "10.0.0.5", 60.0) == 0.0
    assert slowdown.wait("王某", "10.0.0.5", 0.0) == 0.0
    assert slowdown.wait("陈某", "10.0.0.6", 0.0) == 0.0


def test_every_further_failure_brings_a_longer_pause_up_to_a_quarter_of_an_hour() -> None:
    slowdown, now, waits = Slowdown(), 0.0, []
    fail(slowdown, 4)
    for _ in range(7):
        fail(slowdown, 1, now=now)
        waits.append(slowdown.wait("陈某", "10.0.0.5", now) / 60)
        now += waits[-1] * 60
    assert waits == [1, 2, 4, 8, 15, 15, 15]


def test_failures_count_together_within_a_quarter_of_an_hour() -> None:
    slowdown = Slowdown()
    for number in range(40):
        slowdown.failed("陈某", "10.0.0.5", number * 226.0)
        assert slowdown.wait("陈某", "10.0.0.5", number * 226.0) == 0.0
    slowdown = Slowdown()
    for number in range(5):
        slowdown.failed("陈某", "10.0.0.5", number * 224.0)
    assert slowdown.wait("陈某", "10.0.0.5", 4 * 224.0) == 60.0


def test_a_quiet_quarter_of_an_hour_after_the_pause_lets_all_be_forgotten() -> None:
    slowdown = Slowdown()
    fail(slowdown, 5)
    fail(slowdown, 1, now=959.0)
    assert slowdown.wait("陈某", "10.0.0.5", 959.0) == 120.0
    slowdown = Slowdown()
    fail(slowdown, 5)
    fail(slowdown, 4, now=960.0)
    assert slowdown.wait("陈某", "10.0.0.5", 960.0) == 0.0


def test_an_address_that_tries_many_names_is_paused_for_all() -> None:
    slowdown = Slowdown()
    for number in range(19):
        fail(slowdown, 1, name=f"某{number}")
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 0.0
    fail(slowdown, 1, name="某19")
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 60.0
    assert slowdown.wait("陈某", "10.0.0.6", 0.0) == 0.0


def test_a_success_clears_the_name_there_but_not_the_address() -> None:
    slowdown = Slowdown()
    fail(slowdown, 4)
    slowdown.succeeded("陈某", "10.0.0.5")
    fail(slowdown, 4)
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 0.0
    for _ in range(3):
        slowdown.succeeded("陈某", "10.0.0.5")
        fail(slowdown, 4)
    assert slowdown.wait("王某", "10.0.0.5", 0.0) == 60.0


def test_a_success_of_who_never_failed_changes_nothing() -> None:
    slowdown = Slowdown()
    slowdown.succeeded("陈某", "10.0.0.5")
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 0.0


def test_memory_is_bounded_and_the_one_that_failed_longest_ago_goes() -> None:
    slowdown = Slowdown(most=10)
    for number in range(100):
        fail(slowdown, 5, address=f"10.0.0.{number}", now=float(number))
    assert (len(slowdown._names), len(slowdown._addresses)) == (10, 10)
    assert slowdown.wait("陈某", "10.0.0.99", 99.0) == 60.0
    assert slowdown.wait("陈某", "10.0.0.89", 99.0) == 0.0


def test_what_is_over_is_dropped() -> None:
    slowdown = Slowdown()
    for number in range(50):
        fail(slowdown, 1, address=f"10.0.0.{number}")
    fail(slowdown, 1, address="10.0.1.1", now=900.0)
    assert (len(slowdown._names), len(slowdown._addresses)) == (1, 1)


def test_many_threads_lose_no_failure() -> None:
    slowdown = Slowdown()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: fail(slowdown, 1, name=f"某{number}"), range(20)))
    assert slowdown.wait("陈某", "10.0.0.5", 0.0) == 60.0


@pytest.mark.parametrize(("seconds", "told"), [(0.2, 1), (60.0, 1), (60.1, 2), (900.0, 15)])
def test_people_are_told_whole_minutes(seconds: float, told: int) -> None:
    assert minutes(seconds) == told
