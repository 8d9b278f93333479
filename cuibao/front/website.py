"""The officers' web page opened beside the daemon: what the console needs of the house, and the server that answers on its port."""

import hashlib
import hmac
import secrets
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cuibao.desk.contacts import enable_again
from cuibao.front.commands.check import config_problems
from cuibao.front.console.app import LARGEST_UPLOAD, make_app
from cuibao.front.console.services import CheckLine, ProblemLine, Services
from cuibao.front.house import ROOT, House
from cuibao.front.kept_copy import record, send_and_look
from cuibao.front.patient import SILENT, Patient, examine
from cuibao.front.probes import IN_PROCESS, PROBES
from cuibao.front.problems import rows
from cuibao.gateways import log
from cuibao.gateways.contact_sheet import import_contacts, restored_contacts, write_contacts
from cuibao.gateways.fonts import chinese_font
from cuibao.gateways.heartbeat import last_beat
from cuibao.gateways.mail_env import DEFAULTS
from cuibao.gateways.officers import OfficerFile
from cuibao.gateways.servers import RealMailServers
from cuibao.gateways.system_words import why
from cuibao.gateways.verify import verify_store
from cuibao.papers.token import ALPHABET
from cuibao.rules.alarms import Health
from cuibao.rules.officers import Rank
from cuibao.rules.outcomes import CuibaoError, Problem, UsageError

PAGES = ROOT / "templates" / "console"
THREADS = 6
PLAYER = "演练员"
"""The login that every rehearsal has."""
_SHEET = "联系人表.xlsx"


@dataclass
class Website:
    """The page of one process. `house` gives the house as it is configured now, `now` the time that it goes by, `health` how the
    servers answer."""

    house: Callable[[], House]
    now: Callable[[], datetime]
    health: Callable[[], Health | None]
    _server: Any = None

    def open(self) -> str:
        """Begin to answer; the page's address. Raises UsageError where the port is taken: mail does not depend on the page, and
        whoever starts both may go on without it."""
        from waitress.server import create_server

        host, port = self._place()
        app = make_app(self._services(), PAGES, tell=lambda words: log.info("网页", words=words))
        try:
            self._server = create_server(
                app,
                host=host,
                port=port,
                threads=THREADS,
                ident="",
                # What is larger is refused unread: waitress would take a whole gigabyte from anybody onto the disk first.
                max_request_body_size=2 * LARGEST_UPLOAD,
                # A reverse proxy on this machine says who asks and whether by https; nobody else is believed.
                trusted_proxy="127.0.0.1",
                trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise UsageError(
                f"网页端口 {host}:{port} 不能使用（{why(error)}）",
                "请在 .env 中用 CUIBAO_CONSOLE_PORT 换一个端口，或停用占用它的程序；收发件不受影响",
            ) from None
        threading.Thread(target=self._run, name="website", daemon=True).start()
        return f"http://{host}:{self._server.effective_port}/"

    def close(self) -> None:
        """Stop answering; never raises."""
        if self._server is not None:
            with suppress(Exception):
                self._server.close()

    def _run(self) -> None:
        # Closing the sockets from another thread ends the loop with an error about them.
        with suppress(OSError):
            self._server.run()

    def _place(self) -> tuple[str, int]:
        """Where to listen. A rehearsal takes the usual port where it is free, else any."""
        house = self.house()
        if not house.sandbox:
            return house.mail_env.console_bind, house.mail_env.console_port
        port = house.environ.get("CUIBAO_CONSOLE_PORT") or DEFAULTS["CUIBAO_CONSOLE_PORT"]
        return "127.0.0.1", int(port) if port.isdigit() and _is_free(int(port)) else 0

    def _services(self) -> Services:
        return Services(
            desk=lambda: self.house().desk,
            now=self.now,
            officers=OfficerFile(self.house().store),
            secret=hmac.digest(self.house().desk.secret, b"sessions", hashlib.sha256),
            sandbox=self.house().sandbox,
            health=self.health,
            alive=self._alive,
            checks=self._checks,
            problems=self._problems,
            verify=self._verify,
            contacts_out=self._contacts_out,
            contacts_in=self._contacts_in,
            test_mail=self._test_mail,
            font=chinese_font,
        )

    def _verify(self) -> list[Problem]:
        house = self.house()
        return [problem for path in house.ledger_paths for problem in verify_store(path, house.store)]

    def _fresh(self) -> House:
        """The files as they are now, which may hold a mistake that the daemon has not taken over."""
        house = self.house()
        return House(house.config, house.store, house.sandbox, house.environ, template_folder=house.template_folder)

    def _alive(self) -> bool:
        if self.house().sandbox:
            return True
        said = last_beat(self.house().store)
        return said is not None and said.age(self.now()) < SILENT

    def _checks(self) -> Sequence[CheckLine]:
        probes = [probe for probe in PROBES if probe[0] not in IN_PROCESS]
        found = examine(Patient(self._fresh(), self.now()), probes)
        return [CheckLine(one.title, str(one.finding.state), one.finding.message, one.finding.remedy) for one in found]

    def _problems(self) -> Sequence[ProblemLine]:
        return [ProblemLine(*row) for row in rows(config_problems(self._fresh(), self.now()))]

    def _contacts_out(self) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _SHEET
            house = self._fresh()
            write_contacts(path, house.configured, house.desk.book().bad_addresses)
            return path.read_bytes()

    def _contacts_in(self, sheet: bytes, by: str) -> tuple[Sequence[str], Sequence[Problem]]:
        house = self.house()
        if house.sandbox:
            raise UsageError("演练中不导入联系人，以免改动正式的配置", "正式运行后再导入")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _SHEET
            path.write_bytes(sheet)
            changes, problems = import_contacts(path, house.config)
            restored = restored_contacts(path, house.config)
        if problems:
            return (), problems
        entries = enable_again(self._fresh().desk, restored, self.now(), by=by)
        return [*changes, *(f"{one.unit}：{one.data['email']} 曾退信，现恢复使用" for one in entries)], ()

    def _test_mail(self) -> str:
        house = self.house()
        servers = house.servers
        if not isinstance(servers, RealMailServers):
            return "没有可用的邮件服务器"
        try:
            with closing(servers.another()) as own:
                kept = send_and_look(own, house.office.mailbox.address, self.now())
            if not house.sandbox:
                record(house.store, kept, self.now())
        except (CuibaoError, OSError) as error:
            return f"试发未成：{why(error) if isinstance(error, OSError) else error}"
        problem = kept.problem()
        return f"{kept.words()}。{problem.remedy}" if problem else kept.words()


def rehearsal_login(store: Path, now: datetime) -> tuple[str, str]:
    """A login for the sandbox's page, with a new password at each start: (name, password)."""
    password = "".join(secrets.choice(ALPHABET) for _ in range(10)).lower()
    OfficerFile(store).add(PLAYER, password, Rank.OFFICER, now)
    return PLAYER, password


def _is_free(port: int) -> bool:
    import socket

    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True
