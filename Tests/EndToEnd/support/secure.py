"""A daemon that speaks TLS, and clients of it."""

import shutil
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from .authority import Authority, Certificate
from .daemon import Roost
from .native import NativeClient
from .raw_http import RawHTTP
from .raw_websocket import RawWebSocket
from .waiting import DEADLINE

LISTEN = ("tls:127.0.0.1:0", "127.0.0.1:0")


class SecureRoost:
    """Started by `start_roost`, with the certificate and key in files of its own, which a test may change."""

    def __init__(
        self,
        start_roost: Callable[..., Roost],
        folder: Path,
        authority: Authority,
        certificate: Certificate,
        stack: ExitStack,
        *arguments: str,
        client_authority: Authority | None = None,
        environment: dict[str, str] | None = None,
        **settings: Any,
    ):
        self.authority = authority
        self.files = Certificate(folder / "shown.pem", folder / "shown.key")
        self.client_authority_file = folder / "clients.pem"
        self._stack = stack
        self.show(certificate)
        self.trust(client_authority)
        # A configuration says itself which files they are.
        names = {} if settings.get("config") else {
            "ROOST_TLS_CERTIFICATE_FILE": str(self.files.file),
            "ROOST_TLS_KEY_FILE": str(self.files.key),
            **({"ROOST_TLS_CLIENT_CA_FILE": str(self.client_authority_file)} if client_authority else {}),
        }
        self.daemon = start_roost(
            *arguments, environment=names | (environment or {}), **({"listen": LISTEN} | settings)
        )

    def show(self, certificate: Certificate) -> None:
        """Puts another certificate and its key where the daemon reads them."""
        shutil.copyfile(certificate.file, self.files.file)
        shutil.copyfile(certificate.key, self.files.key)
        self.files.key.chmod(0o600)

    def trust(self, authority: Authority | None) -> None:
        if authority:
            shutil.copyfile(authority.file, self.client_authority_file)

    # -- Clients

    def native(self, context: ssl.SSLContext | None = None) -> NativeClient:
        client = NativeClient(self.daemon.wss_url, tls=context or self.authority.context())
        self._stack.callback(client.close)
        return client

    def http(self, context: ssl.SSLContext | None = None) -> httpx.Client:
        client = httpx.Client(
            verify=context or self.authority.context(),
            trust_env=False,
            base_url=self.daemon.https_url,
            timeout=DEADLINE,
        )
        return self._stack.enter_context(client)

    def raw_http(self, context: ssl.SSLContext | None = None) -> RawHTTP:
        return self._stack.enter_context(
            RawHTTP("localhost", self.daemon.https_port, context or self.authority.context())
        )

    def raw_websocket(self, path: str, **options: Any) -> RawWebSocket:
        return self._stack.enter_context(
            RawWebSocket("localhost", self.daemon.https_port, path, tls=self.authority.context(), **options)
        )

    def raw_tcp(self) -> socket.socket:
        """A connection to the port with TLS, without it."""
        return self._stack.enter_context(
            socket.create_connection(("127.0.0.1", self.daemon.https_port), timeout=DEADLINE)
        )

    def handshake(
        self, context: ssl.SSLContext | None = None, session: ssl.SSLSession | None = None
    ) -> ssl.SSLSocket:
        return self._stack.enter_context(
            (context or self.authority.context()).wrap_socket(
                self.raw_tcp(), server_hostname="localhost", session=session
            )
        )

    def shows(self, certificate: Certificate, times: int = 10) -> bool:
        """Whether every one of so many new connections, of any worker, is shown it."""
        wanted = ssl.PEM_cert_to_DER_cert(certificate.file.read_text())
        for _ in range(times):
            with self.handshake() as connection:
                if connection.getpeercert(binary_form=True) != wanted:
                    return False
        return True
