"""A thread that must not be late asks the system for precedence (a shell: the scheduler)."""

import os
import threading
from contextlib import suppress

__all__ = ["prefer_this_thread"]


def prefer_this_thread() -> bool:
    """Ask for real time, or for more than others' share. Is either granted?"""
    if hasattr(os, "sched_setscheduler"):
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(20))
            return True
    # On Linux a thread has a niceness of its own; elsewhere this is the process's.
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -11)
        return True
    return False
