"""Connections that come all at once: new ones are turned away while those that are open are served."""

import threading

from support.limits import SocketIOClient, counts
from support.raw_http import RawHTTP
from support.raw_websocket import handshake
from support.waiting import wait_until


def storm(roost, count: int) -> list[int]:
    """Opens so many WebSockets at once, and says how each was answered; 0 where it was cut off."""
    sockets = []
    for _ in range(count):
        client = RawHTTP(roost.host, roost.port)
        sockets.append(client)
        try:
            client.send(handshake("/ws"))
        except (BrokenPipeError, ConnectionResetError):
            pass
    statuses = []
    for client in sockets:
        with client:
            response = client.response()
            statuses.append(response.status)
            if response.status == 503:
                error = response.json["error"]
                assert error["code"] == "limit_exceeded" and error["message"].startswith("limits.handshake_lag: ")
                assert 1 <= int(response.header("retry-after")) <= 5
    return statuses


def test_a_storm_is_shed_and_those_that_are_open_are_served(start_roost, native, channel):
    # On this machine, whatever it is, a turn in which many come is late by a millisecond.
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_HANDSHAKE_LAG": "1ms"})
    listener, publisher = native(roost), native(roost)
    listener.subscribe(channel)
    relay = SocketIOClient(roost)
    statuses: list[int] = []

    def come() -> None:
        # The crowd must be there before the server has dealt with the first of it.
        for _ in range(20):
            statuses.extend(storm(roost, 200))
            if 503 in statuses:
                return

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    number = 0
    while any(thread.is_alive() for thread in threads):
        publisher.publish(channel, number)
        assert listener.data(1) == [number]
        assert "error" not in relay.emit("message", number)
        number += 1
    for thread in threads:
        thread.join()
    assert set(statuses) <= {101, 503} and 503 in statuses and 101 in statuses
    print(f"{statuses.count(503)} of {len(statuses)} were turned away; {number} messages meanwhile")

    def comes_in() -> bool:
        with RawHTTP(roost.host, roost.port) as http:
            return http.send(handshake("/ws")).response().status == 101

    wait_until(comes_in, "it has caught up")
    assert counts(roost)["handshake_lag"] >= statuses.count(503)
    relay.close()


def test_without_a_limit_nobody_is_turned_away(start_roost):
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_HANDSHAKE_LAG": "none"})
    assert set(storm(roost, 800)) == {101}
    assert counts(roost)["handshake_lag"] == 0


def test_few_connections_are_never_a_storm(start_roost):
    roost = start_roost(workers=1, environment={"ROOST_LIMITS_HANDSHAKE_LAG": "1ms"})
    assert set(storm(roost, 100)) == {101}
    assert counts(roost)["handshake_lag"] == 0
