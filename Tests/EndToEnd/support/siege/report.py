"""The table at the end of a siege."""

import os
from dataclasses import dataclass

from .bystanders import Accounts
from .meter import Usage


@dataclass
class Row:
    """One scenario. `outcome` is what became of the attackers, in a few words."""

    scenario: str
    outcome: str
    seconds: float
    accounts: Accounts
    before: Usage
    peak: Usage
    after: Usage

    @property
    def cells(self) -> list[str]:
        mebibytes = [f"{usage.resident / 2**20:.0f}" for usage in (self.before, self.peak, self.after)]
        return [
            self.scenario,
            f"{self.seconds:.1f}",
            *[f"{self.accounts.percentile(share):.1f}" for share in (0.5, 0.99, 1)],
            str(len(self.accounts.delays)),
            "/".join(mebibytes),
            f"{self.before.files}/{self.peak.files}/{self.after.files}",
            f"{self.after.cpu_seconds - self.before.cpu_seconds:.1f}",
            f"{self.after.waiting_seconds - self.before.waiting_seconds:.1f}",
            self.outcome,
        ]


HEAD = [
    "scenario",
    "s",
    "p50 ms",
    "p99 ms",
    "max ms",
    "messages",
    "RSS MiB",
    "descriptors",
    "CPU s",
    "waits s",
    "attackers",
]


def table(rows: list[Row]) -> str:
    """Latency from publish to receive of the bystanders; memory and descriptors before, at most, and after; for how
    long the server's threads ran, and waited for a core."""
    cells = [HEAD, *[row.cells for row in rows]]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in (0, len(HEAD) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    return "\n".join([f"Bystanders under siege, publish to receive; promised: p99 ≤ 50 ms; {load}", *lines])
