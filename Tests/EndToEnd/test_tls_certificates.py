"""TLS: certificates that change, clients' certificates, and what the settings say. README.md, "TLS"."""

import shutil
import signal
import ssl
import subprocess

import httpx
import pytest

from support import cli
from support.authority import Authority, Certificate
from support.waiting import DEADLINE, wait_until

REFUSED = (httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError)


@pytest.fixture(scope="module")
def renewed(authority) -> Certificate:
    return authority.issue("DNS:localhost", "IP:127.0.0.1", name="renewed")


@pytest.fixture(scope="module")
def of_rsa(authority) -> Certificate:
    return authority.issue("DNS:localhost", name="rsa", key="rsa")


@pytest.fixture(scope="module")
def clients(tmp_path_factory) -> Authority:
    """An authority that issues certificates of clients."""
    return Authority(tmp_path_factory.mktemp("clients"), "clients")


# -- Certificates that change


def test_a_new_certificate_is_shown_and_connections_live_on(secure, certificate, renewed, of_rsa, channel):
    client = secure.native()
    client.subscribe(channel)
    assert secure.shows(certificate)
    # An ECDSA certificate, one of the other kind, and back: the old one is not shown any more, whatever is asked for.
    for number, new in enumerate([renewed, of_rsa, certificate]):
        secure.show(new)
        wait_until(lambda: secure.shows(new), "every worker shows it")
        assert secure.daemon.log.count("the certificate has changed") == number + 1
        secure.http().post(f"/channels/{channel}/messages", content=str(number))
        assert client.data(1) == [str(number)]
    assert "refused" not in secure.daemon.log


def test_what_does_not_fit_is_refused_and_the_old_one_stays(secure, certificate, renewed):
    def refused(said: str) -> None:
        before = secure.daemon.log.count("the certificate is refused")
        spoil()
        wait_until(lambda: secure.daemon.log.count("the certificate is refused") > before, "it is refused")
        assert said in secure.daemon.log.splitlines()[-1], secure.daemon.log_tail
        assert secure.shows(certificate)

    def spoil() -> None:
        shutil.copyfile(renewed.key, secure.files.key)

    refused("tls.key_file: the file '" + str(secure.files.key) + "' does not belong to the certificate")

    def spoil() -> None:
        secure.show(renewed)
        secure.files.key.chmod(0o644)

    refused("chmod 600")

    def spoil() -> None:
        secure.show(renewed)
        secure.files.file.write_text("no certificate\nforged line\n")

    refused("has no certificate in PEM")

    def spoil() -> None:
        secure.files.file.unlink()

    refused("is not there")
    lines = secure.daemon.log.count("the certificate is refused")
    secure.show(renewed)
    wait_until(lambda: secure.shows(renewed), "the next one that fits is taken")
    assert secure.daemon.log.count("the certificate is refused") == lines, "each is refused once"


def test_sighup_takes_other_files(start_secure, certificate, renewed, of_rsa):
    config = "tls: {{certificate_file: {0.file}, key_file: {0.key}}}"
    secure = start_secure(config=config.format(certificate))
    daemon = secure.daemon
    assert secure.shows(certificate)
    daemon.config_path.write_text(config.format(renewed))
    daemon.process.send_signal(signal.SIGHUP)
    wait_until(lambda: secure.shows(renewed), "it is shown")
    for text, problem in [
        ("{}", "tls:127.0.0.1:0 needs a certificate"),
        (config.format(Certificate(of_rsa.file, renewed.key)), "does not belong to the certificate"),
    ]:
        daemon.config_path.write_text(text)
        before = daemon.log.count("nothing was changed")
        daemon.process.send_signal(signal.SIGHUP)
        wait_until(lambda: daemon.log.count("nothing was changed") > before, "it is refused")
        assert problem in daemon.log
        assert secure.shows(renewed)


# -- Certificates of clients


def test_clients_must_show_a_certificate_of_the_authority(start_secure, clients, authority, channel):
    secure = start_secure(client_authority=clients)
    mine = clients.issue("DNS:client", name="mine")
    foreign = authority.issue("DNS:client", name="foreign")
    expired = clients.issue("DNS:client", days=-1, name="expired")
    context = authority.context(mine)
    client = secure.native(context)
    client.subscribe(channel)
    assert secure.http(context).post(f"/channels/{channel}/messages", content="x").json() == {}
    assert client.data(1) == ["x"]
    for refused in authority.context(), authority.context(foreign), authority.context(expired):
        with pytest.raises(REFUSED):
            secure.http(refused).get("/healthz")
    plain = httpx.get(f"{secure.daemon.url}/healthz", trust_env=False)
    assert plain.status_code == 200, "without TLS there is none to show"


def test_another_authority_counts_from_then_on(start_secure, clients, authority, tmp_path):
    secure = start_secure(client_authority=clients, workers=1)
    others = Authority(tmp_path, "others")
    old = authority.context(clients.issue("DNS:client", name="old"))
    new = authority.context(others.issue("DNS:client", name="new"))
    live = secure.native(old)
    first = secure.handshake(old)
    first.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert first.recv(4096)
    assert secure.handshake(old, first.session).session_reused

    def is_let_in() -> bool:
        try:
            return secure.http(new).get("/healthz").status_code == 200
        except REFUSED:
            return False

    assert not is_let_in()
    secure.trust(others)
    wait_until(is_let_in, "the other authority counts")
    assert live.has_nothing()
    with pytest.raises(REFUSED):
        secure.http(old).get("/healthz")
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        # A session from before does not help.
        back = secure.handshake(old, first.session)
        back.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert back.recv(4096) == b"", "not let in"
        raise ConnectionResetError


# -- The settings


def check(*arguments: str, **environment: str):
    return cli.run("check", *arguments, environment=environment)


@pytest.fixture
def files(certificate) -> dict[str, str]:
    return {"ROOST_TLS_CERTIFICATE_FILE": str(certificate.file), "ROOST_TLS_KEY_FILE": str(certificate.key)}


def test_an_address_with_tls_needs_a_certificate(certificate, files):
    result = check("--listen", "tls:127.0.0.1:8443")
    assert result.returncode == 2
    assert "tls:127.0.0.1:8443 needs a certificate: set tls.certificate_file and tls.key_file" in result.stderr
    result = check("--listen", "tls:127.0.0.1:8443", **files)
    assert (result.returncode, result.stderr) == (0, "")
    for name, problem in [
        ("ROOST_TLS_CERTIFICATE_FILE", "needs tls.key_file"),
        ("ROOST_TLS_KEY_FILE", "is of no use without tls.certificate_file"),
    ]:
        result = check(**{name: files[name]})
        assert result.returncode == 2 and problem in result.stderr
    served = cli.run("serve", "--listen", "tls:127.0.0.1:0")
    assert served.returncode == 2 and "needs a certificate" in served.stderr


def test_files_that_are_wrong_are_named(certificate, renewed, files, tmp_path):
    mixed = files | {"ROOST_TLS_KEY_FILE": str(renewed.key)}
    assert f"the file '{renewed.key}' does not belong to the certificate" in check(**mixed).stderr
    missing = files | {"ROOST_TLS_CERTIFICATE_FILE": str(tmp_path / "missing.pem")}
    assert "missing.pem' is not there" in check(**missing).stderr
    readable = tmp_path / "readable.key"
    shutil.copyfile(certificate.key, readable)
    readable.chmod(0o644)
    assert "chmod 600" in check(**files | {"ROOST_TLS_KEY_FILE": str(readable)}).stderr
    assert "has no private key" in check(**files | {"ROOST_TLS_KEY_FILE": key_like(tmp_path, b"no key\n")}).stderr
    broken = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    assert "is refused: " in check(**files | {"ROOST_TLS_KEY_FILE": key_like(tmp_path, broken)}).stderr
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "pkey", "-in", certificate.key, "-aes128", "-passout", "pass:x", "-out", locked],
        check=True,
        timeout=DEADLINE,
    )
    assert "is encrypted" in check(**files | {"ROOST_TLS_KEY_FILE": str(locked)}).stderr
    result = check(**files | {"ROOST_TLS_CLIENT_CA_FILE": str(certificate.key)})
    assert result.returncode == 2 and "tls.client_ca_file: the file" in result.stderr


def key_like(folder, content: bytes) -> str:
    path = folder / "like.key"
    path.write_bytes(content)
    path.chmod(0o600)
    return str(path)


def test_what_is_risky_is_warned_of(authority, files):
    unused = check(**files)
    assert unused.returncode == 0
    assert unused.stderr.count("is not used: no address in listen begins with tls:") == 2
    expired = authority.issue("DNS:localhost", days=-1, name="expired-server")
    old = {"ROOST_TLS_CERTIFICATE_FILE": str(expired.file), "ROOST_TLS_KEY_FILE": str(expired.key)}
    result = check("--listen", "tls:127.0.0.1:8443", **old)
    assert result.returncode == 0 and "ran out at 20" in result.stderr
    public = check("--listen", "tls:0.0.0.0:8443", **files, ROOST_AUTH_ANONYMOUS="{subscribe: [a]}")
    assert public.returncode == 0 and "not encrypted" not in public.stderr
    open_door = check("--listen", "tls:0.0.0.0:8443", **files)
    assert open_door.returncode == 2 and "prove who they are" in open_door.stderr
