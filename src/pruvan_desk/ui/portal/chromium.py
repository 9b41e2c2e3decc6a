"""What Chromium is told before it is loaded."""

import os


def prepare() -> None:
    """To be called before QtWebEngine is imported. Chromium's own sandbox refuses root, and only root goes without it."""
    if getattr(os, "geteuid", lambda: -1)() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
