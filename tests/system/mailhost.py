"""A real mail host for tests: Dovecot and Postfix with configuration of their own, on loopback ports, in a folder in /tmp."""

import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient
from suites import lacking

from cuibao.gateways.account import Account, ServerAddress, Tls

PASSWORD = "shouquanma-2020"
DOMAIN = "163.example"

_DOVECOT = """\
protocols = imap
base_dir = {home}/dovecot/run
state_dir = {home}/dovecot/state
log_path = {home}/dovecot.log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{home}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_gid = 0
mail_max_userip_connections = 100
mailbox_idle_check_interval = 1s
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox 已发送 {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox 草稿箱 {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox 已删除 {{
    auto = subscribe
    special_use = \\Trash
  }}
  mailbox 垃圾邮件 {{
    auto = subscribe
    special_use = \\Junk
  }}
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service auth {{
  inet_listener {{
    port = {auth}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  client_limit = 500
}}
"""

_MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.1/32
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:this host delivers nothing to the outside
relay_transport = error:this host delivers nothing to the outside
virtual_mailbox_domains = regexp:{home}/domains
virtual_mailbox_maps = texthash:{home}/recipients
virtual_transport = virtual
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
smtpd_sasl_security_options = noanonymous
smtpd_tls_security_level = may
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 1000
unknown_local_recipient_reject_code = 550
unknown_virtual_mailbox_reject_code = 550
in_flow_delay = 0
message_size_limit = 60000000
virtual_mailbox_limit = 0
mailbox_size_limit = 0
"""

# A fresh smtpd for every connection, and a fresh virtual for every delivery, reads the recipients that were added since.
_MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd -o max_use=1
127.0.0.1:{smtps} inet n - n - - smtpd -o max_use=1 -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual -o max_use=1
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
"""


class MailHost:
    """Dovecot and Postfix of one test run. Every .example domain is delivered here, nothing anywhere else; a recipient whom
    account() has not made is refused with 550 5.1.1."""

    def __init__(self, home: Path) -> None:
        self.home = home
        names = ("smtp", "smtps", "imap", "imaps", "auth")
        self.ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self._dovecot: subprocess.Popen[bytes] | None = None

    # ---- for tests

    def account(self, name: str = "whsmsb", *, tls: Tls = "none", password: str = PASSWORD) -> Account:
        """A mailbox, made at first asking; `name` is a local part or an address. Another password does not change it."""
        address = self.address(name)
        self._add(address)
        plain = tls != "tls"
        return Account(
            user=address,
            password=password,
            address=address,
            smtp=ServerAddress("127.0.0.1", self.ports["smtp" if plain else "smtps"], tls),
            imap=ServerAddress("127.0.0.1", self.ports["imap" if plain else "imaps"], tls),
            ca_file=self.home / "cert.pem",
            timeout=10,
        )

    def address(self, name: str) -> str:
        return name if "@" in name else f"{name}@{DOMAIN}"

    def deliver(self, raw: bytes, to: str, *, sender: str = "unit@wuhu.example") -> None:
        """Hand a mail from outside to Postfix, and wait until it lies in the recipient's mailbox."""
        account = self.account(to)
        before = self.count(to)
        with smtplib.SMTP("127.0.0.1", self.ports["smtp"], local_hostname="mx.wuhu.example") as smtp:
            smtp.sendmail(sender, [account.address], raw)
        self.wait_for(to, before + 1)

    def append(
        self, name: str, raw: bytes, *, folder: str = "INBOX", when: datetime | None = None, make: bool = True
    ) -> None:
        """Put a mail straight into a folder, with an INTERNALDATE of one's choice; the folder is made where it is not."""
        with self.imap(name) as client:
            if make and not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, msg_time=when)

    def imap(self, name: str) -> IMAPClient:
        """A logged-in client of one's own, to look at the mailbox or change it; use it with `with`."""
        client = IMAPClient("127.0.0.1", self.ports["imap"], ssl=False, timeout=10)
        client.login(self.account(name).user, PASSWORD)
        return client

    def mails(self, name: str, folder: str = "INBOX") -> list[bytes]:
        """The raw mails of a folder, oldest first."""
        with self.imap(name) as client:
            client.select_folder(folder, readonly=True)
            rows = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
        return [rows[uid][b"BODY[]"] for uid in sorted(rows)]

    def count(self, name: str, folder: str = "INBOX") -> int:
        with self.imap(name) as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    def wait_for(self, name: str, mails: int, folder: str = "INBOX", seconds: float = 20) -> None:
        """Wait until a folder holds so many mails."""
        deadline = time.monotonic() + seconds
        while self.count(name, folder) < mails:
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{folder} of {name} has {self.count(name, folder)} mails, not {mails}\n{self.log()}"
                )
            time.sleep(0.05)

    def log(self) -> str:
        """The tail of both servers' logs."""
        files = [self.home / "postfix.log", self.home / "dovecot.log"]
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in files if file.exists())

    # ---- for the fixture

    def start(self) -> None:
        self._write_files()
        self._dovecot = subprocess.Popen(["dovecot", "-F", "-c", str(self.home / "dovecot.conf")])
        for name in ("auth", "imap", "imaps"):  # smtpd gives up without the service that checks passwords
            self._wait_for_port(self.ports[name])
        subprocess.run(["postfix", "-c", str(self.home / "postfix"), "start"], check=True, capture_output=True)
        for name in ("smtp", "smtps"):
            self._wait_for_port(self.ports[name])

    def stop(self) -> None:
        subprocess.run(["postfix", "-c", str(self.home / "postfix"), "abort"], check=False, capture_output=True)
        if self._dovecot is not None:
            self._dovecot.send_signal(signal.SIGTERM)
            try:
                self._dovecot.wait(10)
            except subprocess.TimeoutExpired:
                self._dovecot.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def _write_files(self) -> None:
        for folder in ("postfix", "queue", "data", "mail", "dovecot/run", "dovecot/state"):
            (self.home / folder).mkdir(parents=True)
        shutil.chown(self.home / "data", "postfix")
        shutil.chown(self.home / "mail", "nobody", "nogroup")
        (self.home / "recipients").touch()
        (self.home / "domains").write_text("/^[a-z0-9.-]+\\.example$/ OK\n")
        nobody = pwd.getpwnam("nobody")
        known = {
            "home": self.home,
            "domain": DOMAIN,
            "password": PASSWORD,
            "uid": nobody.pw_uid,
            "gid": nobody.pw_gid,
            **self.ports,
        }
        (self.home / "dovecot.conf").write_text(_DOVECOT.format(**known))
        (self.home / "postfix/main.cf").write_text(_MAIN.format(**known))
        (self.home / "postfix/master.cf").write_text(_MASTER.format(**known))
        _make_certificate(self.home)

    def _add(self, address: str) -> None:
        recipients = self.home / "recipients"
        line = f"{address} {address}/\n"
        if line not in recipients.read_text():
            with recipients.open("a") as file:
                file.write(line)

    def _wait_for_port(self, port: int) -> None:
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise AssertionError(f"nothing listens on port {port}\n{self.log()}") from None
                time.sleep(0.05)
            else:
                return


def running_mailhost() -> MailHost:
    """Start a host, or skip the test naming what is missing. Where all suites are asked for (CI), missing is failing."""
    if missing := _missing():
        lacking(missing)
    home = Path(tempfile.mkdtemp(prefix="cuibao-mailhost-", dir="/tmp"))
    home.chmod(0o755)
    host = MailHost(home)
    try:
        host.start()
    except BaseException:
        host.stop()
        raise
    return host


def _missing() -> str:
    packages = {"dovecot": "dovecot-imapd", "postfix": "postfix", "openssl": "openssl"}
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    absent = [package for command, package in packages.items() if shutil.which(command, path=path) is None]
    if absent:
        return f"needs Debian's packages: apt install {' '.join(absent)}"
    return (
        "" if os.geteuid() == 0 else "Postfix and Dovecot (packages postfix, dovecot-imapd) need to be started by root"
    )


def _free_ports(number: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def _make_certificate(home: Path) -> None:
    wanted = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")]
    subprocess.run(["openssl", *wanted.split(), *names, *files], check=True, capture_output=True)
