"""Certificates of the stand-in: a good one, and each way in which one can be wrong."""

import ssl
import subprocess
from pathlib import Path
from typing import Literal

Certificate = Literal["good", "wrong host", "untrusted", "expired"]

_CONFIG = """\
[ca]
default_ca = own
[own]
new_certs_dir = {folder}
database = {folder}/index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[here]
subjectAltName = IP:127.0.0.1,DNS:localhost
[elsewhere]
subjectAltName = DNS:imap.163.com
"""
_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


class Certificates:
    """An authority in a folder, and server certificates made by it, or by nobody, when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.authority = folder / "ca.pem"

    def context(self, kind: Certificate) -> ssl.SSLContext:
        """A server's TLS with such a certificate."""
        if not self.authority.exists():
            self._make_authority()
        name = kind.replace(" ", "-")
        cert, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        if not cert.exists():
            self._make(kind, cert, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return context

    def _make_authority(self) -> None:
        (self._folder / "index.txt").touch()
        (self._folder / "ca.cnf").write_text(_CONFIG.format(folder=self._folder))
        self._openssl(f"req -x509 {_KEY} -days 2 -subj /CN=standin-ca -keyout ca.key -out ca.pem")

    def _make(self, kind: Certificate, cert: Path, key: Path) -> None:
        if kind == "untrusted":
            san = "-addext subjectAltName=IP:127.0.0.1"
            self._openssl(f"req -x509 {_KEY} -days 2 -subj /CN=localhost {san} -keyout {key} -out {cert}")
            return
        request = cert.with_suffix(".csr")
        self._openssl(f"req {_KEY} -subj /CN=localhost -keyout {key} -out {request}")
        extensions = "elsewhere" if kind == "wrong host" else "here"
        dates = "-startdate 200101000000Z -enddate 200201000000Z" if kind == "expired" else "-days 2"
        signed = f"ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -extensions {extensions} {dates}"
        self._openssl(f"{signed} -in {request} -out {cert}")

    def _openssl(self, command: str) -> None:
        subprocess.run(["openssl", *command.split()], cwd=self._folder, check=True, capture_output=True)
