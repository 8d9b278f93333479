"""How long a server that refused us is left alone."""

from datetime import timedelta

from world import at

from cuibao.desk.watch import Watch
from cuibao.rules.alarms import Health
from cuibao.rules.outcomes import MailServerError

NINE = at("2020-06-15T09:00")
HOUR = timedelta(hours=1)
REFUSED = MailServerError("535", permanent=True)


def watch() -> Watch:
    return Watch(Health(started_at=NINE))


def test_each_refusal_rests_twice_as_long_up_to_eight_hours() -> None:
    one = watch()
    lengths = []
    for _ in range(5):
        one.unread(REFUSED, NINE)
        lengths.append(next(hours for hours in range(1, 10) if not one.rests("imap", NINE + hours * HOUR)))
    assert lengths == [1, 2, 4, 8, 8]


def test_a_login_that_succeeds_begins_anew() -> None:
    one = watch()
    one.unread(REFUSED, NINE)
    one.unread(REFUSED, NINE)
    one.read(NINE)
    one.unread(REFUSED, NINE)
    assert not one.rests("imap", NINE + HOUR)


def test_a_changed_account_is_tried_at_once() -> None:
    one = watch()
    one.unsent("535", NINE, refused=True)
    assert one.rests("smtp", NINE)
    one.forgive()
    assert not one.rests("smtp", NINE)


def test_a_rest_from_a_clock_that_was_wrong_is_not_kept() -> None:
    one = watch()
    one.rest("smtp", NINE + 300 * HOUR, HOUR)
    assert not one.rests("smtp", NINE)


def test_what_is_only_away_is_not_rested() -> None:
    one = watch()
    one.unread(MailServerError("connection refused"), NINE)
    assert not one.rests("imap", NINE)
