"""A server that a test plays: it notes who connects and what is said, and says what the test wants."""

import json
from threading import Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve


class FakeServer:
    """`answer(frame, number)` gives what to say to a frame over the connection of that number: frames, or close codes. So
    does `welcome(number)` when a connection begins."""

    def __init__(self, answer: Any = lambda frame, number: [], welcome: Any = None):
        self.answer = answer
        self.welcome = welcome or (lambda number: [{"type": "welcome", "connection": "c", "user": None, "version": "0"}])
        self.paths: list[str] = []
        self.frames: list[dict[str, Any]] = []
        self._server = serve(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def _serve(self, socket: ServerConnection) -> None:
        self.paths.append(socket.request.path)
        number = len(self.paths)
        try:
            self._say(socket, self.welcome(number))
            for text in socket:
                frame = json.loads(text)
                self.frames.append(frame)
                self._say(socket, self.answer(frame, number))
        except ConnectionClosed:
            pass

    def _say(self, socket: ServerConnection, answers: Any) -> None:
        for answer in answers or []:
            if isinstance(answer, int):
                socket.close(answer)
            else:
                socket.send(json.dumps(answer))

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
