"""What Chromium is told before it is loaded."""

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pruvan_desk.ui.portal.gate import Gate

FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"


@cache
def prepare() -> "Gate":
    """To be called before QtWebEngine is imported. Answers the one way out that Chromium has.

    The last flag closes the other one: WebRTC, which would not ask a proxy. Chromium's own sandbox refuses root, and only root
    goes without it.
    """
    from pruvan_desk.ui.portal.gate import Gate  # noqa: PLC0415 - as late as Chromium

    gate = Gate()
    flags = (
        f"--proxy-server=http://127.0.0.1:{gate.port}",
        "--proxy-bypass-list=<-loopback>",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    )
    os.environ[FLAGS] = " ".join([*os.environ.get(FLAGS, "").split(), *flags])
    if getattr(os, "geteuid", lambda: -1)() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return gate
