"""Seeds of what tests draw at random: another one in each run, or the one that `CMOCK_PY_SEED` names."""

from __future__ import annotations

import os
import random


def drawn() -> int:
    """Draw a seed; whoever uses it prints it when the test fails."""
    return int(os.environ.get("CMOCK_PY_SEED", random.SystemRandom().randrange(10**9)))
