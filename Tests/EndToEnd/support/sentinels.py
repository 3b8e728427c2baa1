"""A master, its replica, and three Sentinels that watch them."""

import time
from pathlib import Path

import redis

from .redis_server import RedisServer, free_port
from .waiting import wait_until

NAME = "soak"


class Sentinels:
    """Fails over within a few seconds of the master's silence."""

    def __init__(self, folder: Path):
        self.servers = [
            RedisServer(self._folder(folder, f"data{index}"), "--repl-diskless-sync-delay", "0") for index in range(2)
        ]
        self.servers[1].client().replicaof("127.0.0.1", self.servers[0].port)
        self._wait_until_it_follows(self.servers[1])
        self.sentinels = [self._start_sentinel(folder, index) for index in range(3)]
        # The Sentinels have to know each other and the replica before they can do anything.
        for sentinel in self.sentinels:
            client = sentinel.client()
            wait_until(lambda: self._knows_all(client), "the Sentinels know each other and the replica")

    @staticmethod
    def _folder(folder: Path, name: str) -> Path:
        (folder / name).mkdir()
        return folder / name

    def _start_sentinel(self, folder: Path, index: int) -> RedisServer:
        own = self._folder(folder, f"sentinel{index}")
        configuration = own / "sentinel.conf"
        configuration.write_text(
            f"sentinel monitor {NAME} 127.0.0.1 {self.servers[0].port} 2\n"
            f"sentinel down-after-milliseconds {NAME} 1000\n"
            f"sentinel failover-timeout {NAME} 5000\n"
        )
        return RedisServer(own, configuration=configuration)

    def _knows_all(self, client: redis.Redis) -> bool:
        state = client.sentinel_master(NAME)
        return state["num-other-sentinels"] == 2 and state["num-slaves"] == 1

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        return f"redis+sentinel://{hosts}/{NAME}"

    @property
    def master(self) -> RedisServer:
        _, port = self.sentinels[0].client().sentinel_get_master_addr_by_name(NAME)
        return next(server for server in self.servers if server.port == port)

    def fail_over(self, lag: float = 0) -> None:
        """Kills the master, waits for its replica to take over, and starts the old one again as a replica.

        The replica has heard nothing for the last `lag` seconds.
        """
        old = self.master
        if lag:
            # Those who are connected stay so; the replica, thrown out, is not let in again.
            client = old.client()
            client.config_set("requirepass", "secret")
            client.client_kill_filter(_type="replica")
            time.sleep(lag)
        old.stop()
        wait_until(lambda: self.master is not old, "the replica has taken over", 60)
        wait_until(lambda: self.master.client().role()[0] == b"master", "it knows", 30)
        old.start()
        wait_until(lambda: old.client().role()[0] == b"slave", "the old master is a replica", 60)
        self._wait_until_it_follows(old)

    @staticmethod
    def _wait_until_it_follows(server: RedisServer) -> None:
        client = server.client()
        wait_until(lambda: client.info("replication").get("master_link_status") == "up", "the replica follows", 60)

    def close(self) -> None:
        for server in [*self.sentinels, *self.servers]:
            server.close()
