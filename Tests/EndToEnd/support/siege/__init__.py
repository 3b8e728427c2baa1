"""Hostile clients, the bystanders who are to notice nothing of them, and what is measured meanwhile.

`attacker.py` is one hostile connection, `barrage.py` many; the attacks are in `slow.py`, `frames.py`, `commands.py`,
`requests.py`, `tricks.py` and `doors.py`. `bystanders.py` and `receiver.py` are those who are served all the while,
`meter.py` looks at the daemon, `report.py` prints it, and `siege.py` brings them together.
"""
