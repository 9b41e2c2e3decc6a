"""Rows thumbs and thumbs-floor: 12-megapixel JPEGs examined and their thumbnails cached, as the engine does when a photo arrives."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pyvips
import simplejpeg
from tests.bench.report import Row, against
from tests.bench.scenes import write_photos

from pruvan_desk.imaging.thumbnails import examine
from pruvan_desk.store.thumbnails import ThumbnailCache

_PHOTOS = 24
_PASSES = 4  # over the files in a round, so that the last photo, with one core idle, weighs little
_ROUNDS = 8
_BATCH = 8
_QUALITY = 85
_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(scale: float = 1.0) -> list[Row]:
    """Measures in interleaved rounds and takes the best of each contender: what others do on the machine only ever slows."""
    as_it_comes = pyvips.concurrency_get()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_photos(folder, max(4, round(_PHOTOS * scale)))
        contents = [path.read_bytes() for path in paths]
        small, both = ThumbnailCache(folder / "small.db"), ThumbnailCache(folder / "both.db")
        contenders: dict[str, Callable[[], object]] = {
            "256": lambda: _ours(paths * _PASSES, small, (256,)),
            "decode": lambda: _decode(contents * _PASSES),
            "vips": lambda: _vips(paths * _PASSES, _CORES, as_it_comes),
            "tuned": lambda: _vips(paths * _PASSES, _CORES + 1, 1),
            "both": lambda: _ours(paths * _PASSES, both, (256, 512)),
        }
        rates = _rates(contenders, len(paths) * _PASSES)
        small.close()
        both.close()
        cpu = {kind: _cpu(kind, paths[:8], contents[:8]) for kind in ("ours", "decode")}
    megabytes = statistics.mean(map(len, contents)) / 1e6
    return _rows(rates, cpu, f"{len(paths)} files of {megabytes:.1f} MB, {_CORES} cores", scale >= 1)


def _rows(rates: dict[str, list[float]], cpu: dict[str, float], size: str, full_size: bool) -> list[Row]:
    best = {name: max(values) for name, values in rates.items()}
    middle = {name: statistics.median(values) for name, values in rates.items()}
    floor = best["decode"] * _CORES
    return [
        against(
            "thumbs",
            "12 MP JPEG -> inspected, 256 px thumbnail cached; libvips: thumbnail only",
            value=best["256"],
            unit="photos/s",
            reference=best["vips"],
            at_least=1.3,
            full_size=full_size,
            note=f"{size}; by medians instead of best rounds {middle['256'] / middle['vips']:.2f}. With 512 px too, as the engine "
            f"makes them, {best['both']:.1f}/s. libvips as it comes, a photo a core; tuned by hand (one thread inside each photo, "
            f"a photo more than cores) {best['tuned']:.1f}/s, ours {best['256'] / best['tuned']:.2f} x. "
            "4,000 pixels become 250 and 500, libvips' 256.",
        ),
        against(
            "thumbs-floor",
            "the same; floor: libjpeg-turbo decode to 1/8 alone, one thread x cores",
            value=best["256"],
            unit="photos/s",
            reference=floor,
            at_least=0.9,
            full_size=full_size,
            note=f"By medians {middle['256'] / middle['decode'] / _CORES:.2f}. With 512 px too {best['both'] / floor:.2f}. "
            f"Processor time of a photo, one thread: ours {cpu['ours']:.1f} ms, decode alone {cpu['decode']:.1f} ms "
            f"({cpu['decode'] / cpu['ours']:.2f}).",
        ),
    ]


def _rates(contenders: dict[str, Callable[[], object]], photos: int) -> dict[str, list[float]]:
    """Photos a second, round by round, after one round that is not counted."""
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(_ROUNDS + 1):
        for name, work in contenders.items():
            start = time.perf_counter()
            work()
            if number:
                rates[name].append(photos / (time.perf_counter() - start))
    return rates


def _ours(paths: list[Path], cache: ThumbnailCache, edges: tuple[int, ...]) -> None:
    batch: dict[tuple[str | bytes, int], bytes] = {}
    with ThreadPoolExecutor(_CORES + 1) as pool:  # as the engine's inspector
        for number, (path, found) in enumerate(
            zip(paths, pool.map(partial(examine, edges=edges), paths), strict=True), start=1
        ):
            key = path.stem.rjust(64, "0")  # the engine has the SHA-256 from the upload
            batch |= {(key, edge): jpeg for edge, jpeg in found.thumbnails.items()}
            if number % _BATCH == 0:
                cache.put(batch)
                batch = {}
    cache.put(batch)


def _vips(paths: list[Path], threads: int, inside: int) -> None:
    """libvips, so many photos at once, with so many threads of its own inside each."""
    pyvips.concurrency_set(inside)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(_vips_thumbnail, paths))


def _vips_thumbnail(path: Path) -> bytes:
    image = pyvips.Image.thumbnail_buffer(path.read_bytes(), 256, height=256)
    made: bytes = image.jpegsave_buffer(Q=_QUALITY)
    return made


def _decode(contents: list[bytes]) -> None:
    for content in contents:
        simplejpeg.decode_jpeg(content, min_width=256, min_height=256)


def _cpu(kind: str, paths: list[Path], contents: list[bytes]) -> float:
    """Milliseconds of processor time for a photo on one thread: the best of five, free of what others do on the machine."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        if kind == "ours":
            for path in paths:
                examine(path, (256,))
        else:
            _decode(contents)
        best = min(best, (time.process_time() - start) / len(paths))
    return best * 1000
