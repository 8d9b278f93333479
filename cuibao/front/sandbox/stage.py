"""The stage: loopback servers, the post that writes the units' replies, and a house that uses them in place of the real ones."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cuibao.front.house import House
from cuibao.front.sandbox.cast import Habit, cast
from cuibao.front.sandbox.clock import Clock
from cuibao.front.sandbox.post import Post
from cuibao.front.sandbox.servers import HOST, LoopbackServers
from cuibao.gateways.servers import Account, RealMailServers, ServerAddress

SEED = 2020


@dataclass
class Stage:
    """A running sandbox. `hand_over` puts into the mailbox what units have written by then."""

    servers: LoopbackServers
    post: Post
    clock: Clock
    seed: int

    def rebuilt(self, old: House) -> House:
        """The house as the files describe it now, over the same servers; the units that they name answer. Raises CuibaoError and
        leaves the old one as it was."""
        fresh = replace(old, last_good=old.earlier)
        _ = fresh.desk  # made now, so that a mistake is found before the units change
        self.post.recast(_cast(fresh, self.seed), fresh.office.workdays)
        return fresh

    def hand_over(self) -> int:
        """Deliver every reply that is due; returns how many."""
        due = self.post.due(self.clock.now())
        for at, raw in due:
            self.servers.deliver(raw, at)
        return len(due)


@contextmanager
def sandbox_servers(house: House, clock: Clock, seed: int = SEED) -> Iterator[Stage]:
    """Start the servers and give them to the house; units answer what they are sent, in the clock's time."""
    office = house.office
    post = Post(_cast(house, seed), office.workdays, seed)

    def on_letter(to: tuple[str, ...], raw: bytes, _reply: object) -> None:
        post.accept(to, raw, clock.now())

    with LoopbackServers(office.mailbox.address, on_letter, now=clock.now) as servers:
        house.servers = RealMailServers(
            Account(
                servers.user,
                servers.password,
                office.mailbox.address,
                ServerAddress(HOST, servers.smtp_port, "none"),
                ServerAddress(HOST, servers.imap_port, "none"),
            )
        )
        yield Stage(servers, post, clock, seed)


def _cast(house: House, seed: int) -> Mapping[str, Habit]:
    return cast([unit.name for unit in house.office.registry.units], seed)
