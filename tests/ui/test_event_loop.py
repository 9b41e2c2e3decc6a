"""The loop for Qt and coroutines, in a process of its own: what is tried here ends a process that it goes wrong in."""

import subprocess
import sys

CLOSED = """
import asyncio, gc, threading
gc.disable()
from PySide6.QtCore import QEventLoop, QTimer
from pruvan_desk.app import make_application
from pruvan_desk.ui.event_loop import loop_factory

async def ask():
    async with asyncio.timeout(0.3):  # answered long before that
        await asyncio.sleep(0)

with asyncio.Runner(loop_factory=loop_factory(make_application())) as runner:
    runner.run(ask())
del runner
other = threading.Thread(target=gc.collect)
other.start()
other.join()
goes_on = QEventLoop()
QTimer.singleShot(600, goes_on.quit)
goes_on.exec()
print("alive")
"""


def test_a_closed_loop_leaves_no_timer_that_another_threads_garbage_collection_could_destroy() -> None:
    done = subprocess.run([sys.executable, "-c", CLOSED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")
