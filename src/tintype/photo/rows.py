"""Pixels as strips of rows, out of libvips and back into it, so that memory does not grow with the photo.

libvips can't call Python for pixels, but it reads files from a source that we write: rows that NumPy has
painted go back in as an uncompressed TIFF that is made up while it is being read.
"""

from __future__ import annotations

import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import pyvips
from numpy.typing import NDArray

Rows = NDArray[np.uint8] | NDArray[np.uint16]
T = TypeVar("T")
_STRIP_PIXELS = 1 << 16  # float buffers then stay in the cache: 2.5 times as fast as strips of 1 << 18


def strip_height(width: int) -> int:
    """Rows in one strip of a picture of that width."""
    return max(1, _STRIP_PIXELS // width)


def read_rows(image: pyvips.Image) -> Iterator[tuple[int, Rows]]:
    """Strips of an image from top to bottom: each one's first row, and its pixels (rows, width[, bands])."""
    dtype = np.uint16 if image.format == "ushort" else np.uint8
    region = pyvips.Region.new(image)
    step = strip_height(image.width)
    shape = (image.width,) if image.bands == 1 else (image.width, image.bands)
    for top in range(0, image.height, step):
        rows = min(step, image.height - top)
        data = region.fetch(0, top, image.width, rows)
        yield top, np.frombuffer(data, dtype=dtype).reshape(rows, *shape)


def paint_strips(
    make_strips: Callable[[], Iterator[tuple[int, Any]]],
    paint: Callable[[int, Any], Rows],
    threads: int,
) -> Iterator[Rows]:
    """Paint strips on several threads, a few ahead, and give them back in order.

    `make_strips` is called on a thread of its own, and its strips are fetched there one after the other:
    decoders read from top to bottom.
    """
    with ThreadPoolExecutor(1) as fetcher, ThreadPoolExecutor(threads) as painters:
        strips = fetcher.submit(make_strips).result()
        ahead: deque[Future[Rows | None]] = deque()

        def one(fetch: Future[tuple[int, Any] | None]) -> Rows | None:
            strip = fetch.result()
            return None if strip is None else paint(*strip)

        try:
            while True:
                while len(ahead) < threads + 2:
                    ahead.append(painters.submit(one, fetcher.submit(next, strips, None)))
                rows = ahead.popleft().result()
                if rows is None:
                    return
                yield rows
        finally:
            for future in ahead:
                future.cancel()


class Painted:
    """A picture that is painted while it is being read: once, from top to bottom.

    Its image is private on purpose. libvips takes an exception in `rows` for the end of a file, and may go on
    with black rows; whatever comes out of `to_array` and `encode` is whole.

    Parameters
    ----------
    rows : iterator of uint8 or uint16 arrays (n, width, 3)
        In strips of `strip_height` rows, from top to bottom.
    width, height, bits : int
    """

    def __init__(self, rows: Iterator[Rows], width: int, height: int, bits: int) -> None:
        self.width, self.height, self.bits = width, height, bits
        self._rows: Iterator[Rows] | None = rows

    def to_array(self) -> Rows:
        """All pixels, shape (height, width, 3), uint8 or uint16. Raises what stopped the rows."""
        shape = self.height, self.width, 3
        pixels: Rows = np.empty(shape, np.uint16) if self.bits == 16 else np.empty(shape, np.uint8)
        top = 0
        for rows in self._take():
            pixels[top : top + len(rows)] = rows
            top += len(rows)
        if top != self.height:
            raise RuntimeError(_CUT)
        return pixels

    def encode(self, save: Callable[[pyvips.Image], T]) -> T:
        """What `save` makes of the image, once all of it has been painted.

        Parameters
        ----------
        save : callable
            Given a sequential RGB image; must read all of it before it returns, as libvips' savers do.

        Raises
        ------
        Exception
            What stopped the rows, whatever `save` made of it; else what `save` raises.
        RuntimeError
            When `save` left rows unread.
        """
        stream = _TiffStream(self._take(), self.width, self.height, self.bits)
        source = pyvips.SourceCustom()
        source.on_read(stream.read)
        source.on_seek(stream.seek)
        try:
            image = pyvips.Image.new_from_source(source, "", access="sequential", fail_on="truncated")
            made = save(image.copy(interpretation="srgb" if self.bits == 8 else "rgb16"))
        except Exception:
            if stream.error is not None:
                # What stopped the rows says more than libvips, which only sees that they ended.
                raise stream.error from None
            raise
        if stream.error is not None:
            raise stream.error
        if not stream.read_whole:
            msg = "the picture was used before all of it was painted; save or copy it inside encode()"
            raise RuntimeError(msg)
        return made

    def _take(self) -> Iterator[Rows]:
        rows, self._rows = self._rows, None
        if rows is None:
            msg = "a painted picture can be read once; paint it again"
            raise RuntimeError(msg)
        return rows


_CUT = "the painted rows end before the picture does"


class _TiffStream:
    """A BigTIFF of one RGB picture, read forwards."""

    def __init__(self, rows: Iterator[Rows], width: int, height: int, bits: int) -> None:
        step = strip_height(width)
        row_bytes = width * 3 * bits // 8
        strips = -(-height // step)
        sizes = [row_bytes * min(step, height - i * step) for i in range(strips)]
        self._header = _header(width, height, bits, step, sizes)
        self._rows = rows
        self._length = len(self._header) + sum(sizes)
        self._position = 0
        self._start = len(self._header)  # stream position of the first byte in _buffer
        self._buffer = memoryview(b"")
        self._lock = threading.Lock()
        self.error: BaseException | None = None

    @property
    def read_whole(self) -> bool:
        """Whether the last rows have been asked for."""
        return self._start + len(self._buffer) >= self._length

    def seek(self, offset: int, whence: int) -> int:
        base = (0, self._position, self._length)[whence]
        self._position = base + offset
        return self._position

    def read(self, count: int) -> bytes | memoryview:
        with self._lock:
            try:
                data = self._take(count)
            except BaseException as error:
                self.error = self.error or error
                return b""
        self._position += len(data)
        return data

    def _take(self, count: int) -> bytes | memoryview:
        at = self._position
        if at < len(self._header):
            return self._header[at : at + count]
        if at >= self._length:
            return b""
        if at < self._start:
            msg = "a saver asked for rows a second time"
            raise RuntimeError(msg)
        while at >= self._start + len(self._buffer):
            self._start += len(self._buffer)
            rows = next(self._rows, None)
            if rows is None:
                raise RuntimeError(_CUT)
            self._buffer = np.ascontiguousarray(rows).data.cast("B")
        offset = at - self._start
        return self._buffer[offset : offset + count]


def _header(width: int, height: int, bits: int, step: int, sizes: list[int]) -> bytes:
    short, long, long8 = 3, 4, 16
    count = len(sizes)
    tags = 10
    directory = 16 + 8 + 20 * tags + 8  # header, count, entries, no next directory
    offsets_at = directory
    counts_at = offsets_at + 8 * count
    start = counts_at + 8 * count
    offsets = [start]
    for size in sizes[:-1]:
        offsets.append(offsets[-1] + size)

    def tag(number: int, kind: int, n: int, value: int) -> bytes:
        return struct.pack("<HHQQ", number, kind, n, value)

    packed_bits = bits | bits << 16 | bits << 32  # three shorts fit into the value itself
    fields = [
        tag(256, long, 1, width),
        tag(257, long, 1, height),
        tag(258, short, 3, packed_bits),
        tag(259, short, 1, 1),  # no compression
        tag(262, short, 1, 2),  # RGB
        tag(273, long8, count, offsets[0] if count == 1 else offsets_at),
        tag(277, short, 1, 3),
        tag(278, long, 1, step),
        tag(279, long8, count, sizes[0] if count == 1 else counts_at),
        tag(284, short, 1, 1),
    ]
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) + struct.pack("<Q", tags) + b"".join(fields)
    head += struct.pack("<Q", 0)
    return head + struct.pack(f"<{count}Q", *offsets) + struct.pack(f"<{count}Q", *sizes)
