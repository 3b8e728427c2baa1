"""A certification authority of the tests' own, made with the openssl command."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Certificate:
    """Of a server or a client: files in PEM."""

    file: Path
    key: Path


class Authority:
    """Its files go into `folder`; `file` is what a client trusts."""

    def __init__(self, folder: Path, name: str = "authority"):
        self.folder = folder
        self.file = folder / f"{name}.pem"
        self._key = folder / f"{name}.key"
        self._openssl(
            *["req", "-x509", *self._new_key(self._key), "-out", str(self.file), "-days", "2"],
            *["-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE"],
            *["-addext", "keyUsage=critical,keyCertSign"],
        )

    def issue(self, *names: str, days: int = 2, name: str = "server", key: str = "ec") -> Certificate:
        """For names as openssl writes them (`DNS:localhost`, `IP:127.0.0.1`); negative days: run out; `key`: ec or rsa."""
        certificate = Certificate(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        self._openssl("req", "-new", *self._new_key(certificate.key, key), "-out", str(request), "-subj", "/CN=test")
        extensions.write_text(f"subjectAltName={','.join(names)}\nbasicConstraints=CA:FALSE\n")
        self._openssl(
            *["x509", "-req", "-in", str(request), "-CA", str(self.file), "-CAkey", str(self._key)],
            *["-CAcreateserial", "-days", str(days), "-extfile", str(extensions)],
            *["-out", str(certificate.file)],
        )
        return certificate

    def context(self, certificate: Certificate | None = None) -> ssl.SSLContext:
        """For a client that trusts this authority, and shows a certificate if asked."""
        context = ssl.create_default_context(cafile=self.file)
        if certificate:
            context.load_cert_chain(certificate.file, certificate.key)
        return context

    @staticmethod
    def _new_key(path: Path, kind: str = "ec") -> list[str]:
        form = {"ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "rsa": ["rsa:2048"]}[kind]
        return ["-newkey", *form, "-nodes", "-keyout", str(path)]

    @staticmethod
    def _openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=30)
