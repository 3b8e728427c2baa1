"""HTTP requests that mean to be misread: as paths out of the public folder, as two requests in one."""

from collections import Counter

from .attacker import Attacker, Target
from .barrage import pound

# -- Paths

SECRET = "nobody may read this"
PATHS = [
    b"/../secret.txt",
    b"/x/../../secret.txt",
    b"/./secret.txt",
    b"/%2e%2e/secret.txt",
    b"/%2E%2E%2Fsecret.txt",
    b"/..%2fsecret.txt",
    b"/..%5csecret.txt",
    b"/..\\secret.txt",
    b"\\..\\secret.txt",
    b"/.%2e/secret.txt",
    b"/%252e%252e/secret.txt",
    b"/..;/secret.txt",
    b"/%c0%ae%c0%ae/secret.txt",
    b"/%c0%af../secret.txt",
    b"/\xc0\xae\xc0\xae/secret.txt",
    b"/%e0%80%ae%e0%80%ae/secret.txt",
    b"/%uff0e%uff0e/secret.txt",
    b"/index.html%00.txt",
    b"/%00",
    b"/index.html\x00",
    b"//secret.txt",
    b"//",
    b"///../secret.txt",
    b"//etc/passwd",
    b"/etc/passwd",
    b"/hidden/link.txt",
    b"/.hidden",
    b"/%2ehidden",
    b"/index.html/",
    b"/index.html/.",
    b"/index.html%20",
    b"/index.html::$DATA",
    b"/%",
    b"/%zz",
    b"/%2",
    b"/channels/../messages",
    b"/channels/%2e%2e%2fsecret/messages/../../x",
    b"/channels//messages",
    b"/channels/%00/messages",
    b"/channels/%ff/messages",
    b"/channels/roost:control/messages",
    b"/users/../notifications",
    b"/queues/a/../../secret.txt",
    b"file:///etc/passwd",
    b"http://x/../secret.txt",
    b"http://x/%2e%2e/secret.txt",
    b"http://x:99999/secret.txt",
    b"//x@y/secret.txt",
    b"secret.txt",
    b"*",
    b"?",
    b"#",
    b"/" + b"../" * 5000 + b"secret.txt",
    b"/" + b"%2e%2e%2f" * 1700 + b"secret.txt",
    b"/" + b"a/" * 8000,
]


async def path_tricks(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Ways out of the public folder; by path and status, or what was given away."""

    async def one(number: int) -> str:
        path = PATHS[number % len(PATHS)]
        attacker = await Attacker.connect(target)
        await attacker.send(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
        outcome = ""
        async for status, body in attacker.responses():
            outcome += f" {status}" + (" SECRET" if SECRET.encode() in body or b"root:" in body else "")
        attacker.close()
        return f"{path[:40]!r}:{outcome}"

    return await pound(seconds, max(abreast, len(PATHS)), one)


# -- Smuggling

SMUGGLED = b"POST /channels/smuggled/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nsmuggled"


def _post(*fields: bytes, version: bytes = b"1.1") -> bytes:
    lines = [b"POST /channels/honest/messages HTTP/" + version, b"Host: x", *fields, b"", b""]
    return b"\r\n".join(lines)


LENGTH, CHUNKED = b"Content-Length: 4", b"Transfer-Encoding: chunked"
# Each has two readings of where it ends; the second request stands where one of them says.
SHAPES = {
    "length and chunks": _post(LENGTH, CHUNKED) + b"0\r\n\r\n",
    "chunks and length": _post(CHUNKED, LENGTH) + b"0\r\n\r\n",
    "chunks and no length": _post(CHUNKED, b"Content-Length: 0") + b"0\r\n\r\n",
    "two lengths": _post(LENGTH, b"Content-Length: 0"),
    "the same length twice": _post(LENGTH, LENGTH) + b"body",
    "a list of lengths": _post(b"Content-Length: 4, 4") + b"body",
    "a signed length": _post(b"Content-Length: +4") + b"body",
    "a negative length": _post(b"Content-Length: -1"),
    "a hexadecimal length": _post(b"Content-Length: 0x4") + b"body",
    "a fraction of a length": _post(b"Content-Length: 4.0") + b"body",
    "no length at all": _post(b"Content-Length:"),
    "a length of 2^64": _post(b"Content-Length: 18446744073709551616"),
    "a length of 40 digits": _post(b"Content-Length: " + b"9" * 40),
    "chunked twice": _post(CHUNKED, CHUNKED) + b"0\r\n\r\n",
    "chunked, chunked": _post(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n",
    "chunked, identity": _post(b"Transfer-Encoding: chunked, identity") + b"0\r\n\r\n",
    "identity": _post(b"Transfer-Encoding: identity") + b"body",
    "xchunked": _post(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n",
    "a quoted coding": _post(b'Transfer-Encoding: "chunked"') + b"0\r\n\r\n",
    "a tab in the coding": _post(b"Transfer-Encoding: chu\tnked") + b"0\r\n\r\n",
    "a vertical tab": _post(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n",
    "a space before the colon": _post(b"Transfer-Encoding : chunked") + b"0\r\n\r\n",
    "a space before the name": _post(LENGTH, b" Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "a folded line": _post(LENGTH, b"X: y", b"\tTransfer-Encoding: chunked") + b"0\r\n\r\n",
    "a NUL in a name": _post(b"Content-Length\x00: 4") + b"body",
    "a line feed alone": _post(LENGTH).replace(b"\r\n", b"\n") + b"body",
    "a carriage return alone": _post(b"X: y\rTransfer-Encoding: chunked", LENGTH) + b"body",
    "chunks in HTTP/1.0": _post(CHUNKED, version=b"1.0") + b"0\r\n\r\n",
    "two hosts": _post(b"Host: y", LENGTH) + b"body",
    "a negative chunk": _post(CHUNKED) + b"-1\r\n\r\n",
    "a chunk of 0x4": _post(CHUNKED) + b"0x4\r\nbody\r\n0\r\n\r\n",
    "a chunk of +4": _post(CHUNKED) + b"+4\r\nbody\r\n0\r\n\r\n",
    "a chunk of 2^64": _post(CHUNKED) + b"10000000000000000\r\n",
    "a chunk of 2^64+4": _post(CHUNKED) + b"10000000000000004\r\nbody\r\n0\r\n\r\n",
    "a space before the size": _post(CHUNKED) + b" 4\r\nbody\r\n0\r\n\r\n",
    "a space behind the size": _post(CHUNKED) + b"4 \r\nbody\r\n0\r\n\r\n",
    "a line feed behind the size": _post(CHUNKED) + b"4\nbody\r\n0\r\n\r\n",
    "a line feed in an extension": _post(CHUNKED) + b"4;a\nbody\r\n0\r\n\r\n",
    "a longer chunk": _post(CHUNKED) + b"4\r\nbodybody\r\n0\r\n\r\n",
    "a chunk without its end": _post(CHUNKED) + b"4\r\nbody0\r\n\r\n",
    "an underscore": _post(CHUNKED) + b"0_0\r\n\r\n",
    "no size": _post(CHUNKED) + b"\r\n\r\n",
}


async def smuggling(target: Target, seconds: float, abreast: int) -> Counter[str]:
    """Requests with two ends, and another request behind the one; by shape and statuses. "leaked" counts the requests
    that came through."""
    watcher = await Attacker.upgraded(target, "/channels/smuggled/socket")

    async def one(number: int) -> str:
        shape = list(SHAPES)[number % len(SHAPES)]
        attacker = await Attacker.connect(target)
        await attacker.send(SHAPES[shape] + SMUGGLED)
        statuses = [str(status) async for status, _ in attacker.responses()]
        attacker.close()
        return f"{shape}: {' '.join(statuses)}"

    outcomes = await pound(seconds, max(abreast, len(SHAPES)), one)
    attacker = await Attacker.connect(target)
    await attacker.send(SMUGGLED.replace(b"\r\n\r\nsmuggled", b"\r\n\r\nthat all"))
    async for _, payload in watcher.frames():
        if payload == b"that all":
            break
        outcomes["leaked"] += 1
    return outcomes
