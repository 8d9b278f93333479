"""The mail host that tests of this folder share; it runs once for all of them."""

from collections.abc import Iterator

import pytest

from tests.system.mailhost import MailHost, running_mailhost


@pytest.fixture(scope="session")
def mailhost() -> Iterator[MailHost]:
    """Dovecot and Postfix on loopback; tests keep apart by using mailboxes of their own names."""
    host = running_mailhost()
    yield host
    host.stop()
