"""A siege: an attack, bystanders, and what must hold whatever the attack is."""

import time
from collections.abc import Callable
from typing import Any

from ..daemon import Roost
from ..waiting import wait_until
from .attacker import Target
from .barrage import Attack, Barrage
from .bystanders import Bystanders
from .meter import Meter, Usage
from .report import Row

# Milliseconds from publish to receive that 99 of 100 messages to established clients may take.
PROMISED = 50


class Assault:
    """An attack and its arguments, all but the target."""

    def __init__(self, attack: Attack, *arguments: Any):
        self.attack, self.arguments = attack, arguments


class Siege:
    """Runs attacks on daemons, one daemon after the other, and keeps the rows of the table."""

    def __init__(self, barrage: Barrage, asserts_latency: bool):
        self.barrage = barrage
        self.asserts_latency = asserts_latency
        self.rows: list[Row] = []

    def lay(
        self,
        scenario: str,
        daemon: Roost,
        *attacks: Assault,
        describe: Callable[..., str],
        takes: int = 64 << 20,
        keeps: int = 24 << 20,
        then: Callable[..., Any] = lambda *_: None,
    ) -> Any:
        """Attacks the daemon in processes of their own while bystanders are served; what the attacks return.

        Whatever they do: the daemon lives, no bystander is disconnected or misses a message, gets one twice or out of
        order, descriptors are given back, memory grows by at most `takes` bytes, and all of these but `keeps` are given
        back.

        - describe: of what the attacks return, the few words for the table.
        - then: gets what the attacks return, and waits until the daemon has got over it.
        """
        bystanders = Bystanders(daemon.host, daemon.port)
        try:
            meter = Meter(daemon)
            start = time.monotonic()
            bystanders.begin()
            outcomes = self._attack(daemon, attacks)
            seconds = time.monotonic() - start
            bystanders.end()
            then(*outcomes)
            wait_until(
                lambda: daemon.open_files <= meter.before.files + 2, "its descriptors are given back", 30
            )
            meter.stop()
            growth = meter.peak.resident - meter.before.resident
            assert growth <= takes, f"{growth >> 20} MiB more were in use, where {takes >> 20} are allowed"
            after = self._returned(daemon, meter, keeps)
            accounts = bystanders.finish()
        finally:
            bystanders.close()
        self.rows.append(
            Row(scenario, describe(*outcomes), seconds, accounts, meter.before, meter.peak, after)
        )
        assert not accounts.faults, f"{len(accounts.faults)}, first {accounts.faults[:5]}"
        assert accounts.acknowledged == accounts.published
        if self.asserts_latency:
            assert accounts.percentile(0.99) <= PROMISED, f"p99 {accounts.percentile(0.99):.1f} ms"
        return outcomes[0] if len(outcomes) == 1 else outcomes

    def _attack(self, daemon: Roost, attacks: tuple[Assault, ...]) -> list[Any]:
        """All at the same time, to the end; what they return."""
        target = Target(daemon.host, daemon.port)
        futures = [self.barrage.start(attack.attack, target, *attack.arguments) for attack in attacks]
        try:
            return [future.result() for future in futures]
        finally:
            daemon.check()

    def _returned(self, daemon: Roost, meter: Meter, keeps: int) -> Usage:
        """What it uses when it is over; memory must be given back within some seconds."""
        limit = meter.before.resident + keeps
        wait_until(
            lambda: daemon.resident_bytes <= limit,
            f"its memory is given back: {meter.before.resident >> 10} KiB before, {daemon.resident_bytes >> 10} now,"
            f" {meter.peak.resident >> 10} at most; up to {keeps >> 10} more are allowed",
        )
        return Usage.of(daemon)
