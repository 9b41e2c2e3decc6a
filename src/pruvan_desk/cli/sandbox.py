"""``pruvan-desk sandbox``: the built-in FAStrack alone, on a loopback port."""

import argparse
import json
import tempfile
from pathlib import Path

from pruvan_desk.core.logs import configure_logging
from pruvan_desk.sandbox.photos import photos_from
from pruvan_desk.sandbox.server import serve


def main(options: argparse.Namespace) -> int:
    """Serves until a signal comes or, if asked, standard input closes. Prints one line of JSON once it answers."""
    configure_logging(None, "sandbox")
    photos = photos_from(options.photos) if options.photos else None
    with tempfile.TemporaryDirectory(prefix="pruvan-desk-sandbox-") as temporary:
        folder = options.data_dir.expanduser().resolve() if options.data_dir else Path(temporary)
        serve(
            options.port,
            folder,
            options.seed,
            options.orders,
            lambda url: print(json.dumps({"service_url": url, "data_dir": str(folder)}), flush=True),
            until_stdin_closes=options.until_stdin_closes,
            photos=photos,
        )
    return 0
