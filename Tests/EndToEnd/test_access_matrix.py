"""Every door, and everything that can be done at it, with every kind of token."""

import re
from collections.abc import Iterator

import jwt
import pytest

from support import access
from support.access_doors import DOORS, NATIVE, RESOURCES, ROUTES, SOCKET_IO, InURL, Row
from support.daemon import REPOSITORY, Roost

ROWS = [
    pytest.param(row, id=f"{door}-{case}-{row.name}")
    for door, cases in DOORS.items()
    for case, rows in cases.items()
    for row in rows
]


@pytest.fixture(scope="module")
def guarded_roost(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roost]:
    """A server that lets in who has a token."""
    daemon = Roost(tmp_path_factory.mktemp("roost"), config=access.configuration()).start()
    yield daemon
    daemon.finish()


def permissions(row: Row) -> dict[str, object]:
    """Just what the row needs. The names that the trials use: `a`, `b`, the default channel, another user."""
    names = ["[ab]", "bob", "chat"]
    return {"admin": row.is_for_administrators} | {
        operation: names if operation in row.needs else [] for operation in access.OPERATIONS
    }


def all_but(*left_out: str) -> dict[str, object]:
    """Every permission there is, but these, and but for what administrators may."""
    return {operation: [] if operation in left_out else ["*"] for operation in access.OPERATIONS}


def bad_tokens(row: Row) -> dict[str, str | None]:
    """All that is no proof of anything, whatever it says."""
    may = permissions(row)
    unsigned = jwt.encode(access.claims(**may), None, "none")
    genuine = access.token(**may)
    head, body, signature = genuine.split(".")
    return {
        "none": None,
        "expired": access.token(ttl=-20, **may),
        "wrong key": access.token(key=access.OTHER_SECRET, **may),
        "alg none": unsigned,
        "alg none with a signature": unsigned + signature,
        "unsigned": f"{head}.{body}.",
        "wrong audience": jwt.encode(access.claims(**may) | {"aud": "another"}, access.SECRET, "HS256"),
        "not yet": jwt.encode(access.claims(**may) | {"nbf": 2**40}, access.SECRET, "HS256"),
        "unknown API key": "roost_" + "A" * 43,
        "garbage": "x",
    }


@pytest.mark.parametrize("row", ROWS)
def test_only_who_may(guarded_roost: Roost, row: Row):
    for name, token in bad_tokens(row).items():
        expected = "allowed" if row.is_public else "unauthorized"
        assert row.trial(guarded_roost, token) == expected, name
        if token is not None:
            assert row.trial(guarded_roost, InURL(token)) == expected, f"{name}, in the URL"
    for operation in row.needs:
        assert row.trial(guarded_roost, access.token(**all_but(operation))) == "forbidden", operation
    if row.is_for_administrators:
        assert row.trial(guarded_roost, access.token(**all_but())) == "forbidden"
    assert row.trial(guarded_roost, access.token(**permissions(row))) == "allowed"
    assert row.trial(guarded_roost, InURL(access.token(**permissions(row)))) == "allowed"
    assert row.trial(guarded_roost, access.token(admin=True)) == "allowed"


def cases(path: str) -> set[str]:
    """The cases of the Swift enum in a file."""
    lines = re.findall(r"^    case (.+)$", (REPOSITORY / path).read_text(), re.M)
    found = {re.match(r"\w+", part.strip())[0] for line in lines for part in re.sub(r"\(.*\)", "", line).split(",")}
    assert found, path
    return found


def test_every_door_and_operation_has_its_rows():
    """What is new in the code must say here who may do it."""
    assert set(ROUTES) == cases("Sources/Server/HTTP/Route.swift")
    assert set(RESOURCES) == cases("Sources/Server/HTTP/QueueResource.swift")
    native = cases("Sources/Wire/Native/NativeCommand.swift") - {"queue", "inbox"}
    native |= {f"queue.{case}" for case in cases("Sources/Wire/Native/QueueCommand.swift")}
    native |= {f"inbox.{case}" for case in cases("Sources/Wire/Native/InboxCommand.swift")}
    assert set(NATIVE) == native
    assert set(SOCKET_IO) == cases("Sources/Server/SocketIO/RelayCommand.swift") | {"connect"}
    operations = cases("Sources/Access/Permissions/Operation.swift")
    assert set(access.OPERATIONS) == operations
    assert {need for row in ROWS for need in row.values[0].needs} == operations
    elsewhere = {"nativeSocket", "socketIO", "queue"}
    assert {case for case, rows in ROUTES.items() if not rows} == elsewhere
