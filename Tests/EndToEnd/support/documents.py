"""What the documents show."""

import re

# PROTOCOL.md's examples are run with these rules: channels whose names begin with `room:` have all that there is.
RULES_OF_PROTOCOL = "[{match: 'room:*', history: {size: 100}, presence: true}]"


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks whose opening line is exactly ```kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
