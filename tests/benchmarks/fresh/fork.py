"""Print the seconds that a fork of Python takes until the child is gone, with loaded what a test session loads."""
# ruff: noqa: T201 - what is printed is read by the benchmark

import os
import statistics
import time

import pytest

from cmock_py import EVENT, SEQ, start_mocking


def fork_and_wait() -> float:
    """Fork a child that ends at once, and wait for it."""
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return time.perf_counter() - start


assert all((pytest.main, EVENT, SEQ, start_mocking))
print(statistics.median(fork_and_wait() for _ in range(40)))
