"""As much of `websocat` as the examples in the documents use; Debian does not package it.

`websocat [-n1] ws://…`: lines of standard input are sent, messages are printed. `-1` ends after one message each
way; `-n` keeps the socket open when the input ends.
"""

import sys
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def main(arguments: list[str]) -> None:
    flags = "".join(argument[1:] for argument in arguments if argument.startswith("-"))
    (url,) = [argument for argument in arguments if not argument.startswith("-")]
    if set(flags) - set("n1"):
        sys.exit(f"only -n and -1 are known here, not {flags}")
    with connect(url, proxy=None, compression=None) as socket:

        def send() -> None:
            for line in sys.stdin:
                socket.send(line.removesuffix("\n"))
                if "1" in flags:
                    return
            if "n" not in flags:
                socket.close()

        threading.Thread(target=send, daemon=True).start()
        try:
            for message in socket:
                print(message if isinstance(message, str) else message.hex(), flush=True)
                if "1" in flags:
                    return
        except ConnectionClosed as closed:
            sys.exit(str(closed))


main(sys.argv[1:])
