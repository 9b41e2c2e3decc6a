"""Threads that copy or read through whole files stand back for the one that draws.

They release Python's lock while they do, and would still take a processor from it: with two of them, and photos being decoded, the
window's thread was measured to wait 10 to 30 ms for its turn.
"""

import contextlib
import os
import sys
import threading

NICENESS = 10


def stand_back() -> None:
    """Called in the thread itself; for the initializer of a pool."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # not allowed: it works all the same
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)  # on Linux of this thread alone
    elif sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - there only

        this_thread, below_normal = ctypes.c_void_p(-2), -1  # as GetCurrentThread answers, in the width of a handle
        ctypes.windll.kernel32.SetThreadPriority(this_thread, below_normal)
