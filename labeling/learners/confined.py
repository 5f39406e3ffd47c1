"""The training process takes away from itself what it does not need: the network, and more memory than there is."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from contextlib import suppress

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1


def confine() -> None:
    """Each as far as the system lets us: no network, no core dumps, no memory beyond the machine's own (so that a
    request for more fails here with a sentence, and not elsewhere with the kernel's axe), no life after the parent's.
    """
    _on_linux()
    for kind, value in ((resource.RLIMIT_AS, memory_of_the_machine()), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value))


def memory_of_the_machine() -> int:
    """Bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _on_linux() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
