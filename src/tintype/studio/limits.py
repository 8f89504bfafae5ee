"""How much the studio accepts and keeps."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of the studio; whatever lies beyond one is refused with an error in words.

    How many hints and colours a photograph may have is everywhere the same: see `tintype.settings`.

    Attributes
    ----------
    file_bytes, pixels
        Of one photograph (all its pages together, each page alone).
    photo_memory_bytes, photo_seconds
        That a photograph may take when it is first looked at (memory: on Linux), whatever its header says.
    film_bytes, films, film_memory_bytes
        Of one film; films that are open at once (they go with the studio); and what the process that works on
        one may take (on Linux).
    photos, sessions
        Photographs of one session; sessions on disk.
    queue
        Jobs that wait.
    waiting
        Previews and the like that wait for a processor.
    json_bytes, mask_bytes, frame_bytes
        Of the bodies of those requests.
    mask_pixels, frame_pixels
        Of a keep-grey mask and a webcam frame.
    connections
        Connections held at once (fewer where the system gives few descriptors); who has waited longest
        without a request makes room for the next.
    header_seconds, body_seconds, body_rate
        How long a request's head may take; how long its body may bring nothing; and bytes a second that it
        must bring on average after that time.
    memory_bytes, idle_seconds
        What opened photographs may take in memory, and how long they stay there unused. Nothing on disk is
        ever dropped.
    """

    file_bytes: int = 512 * MIB
    pixels: int = 400_000_000
    photo_memory_bytes: int = 1_500_000_000
    photo_seconds: float = 120.0
    film_bytes: int = 8192 * MIB
    films: int = 8
    film_memory_bytes: int = 3_000_000_000
    photos: int = 1000
    sessions: int = 1000
    queue: int = 8
    waiting: int = 64
    connections: int = 256
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    body_rate: int = 1024
    json_bytes: int = MIB
    mask_bytes: int = 8 * MIB
    frame_bytes: int = 4 * MIB
    mask_pixels: int = 64_000_000
    frame_pixels: int = 4_000_000
    memory_bytes: int = 384 * MIB
    idle_seconds: float = 1800.0

    @property
    def photo_megabytes(self) -> int:
        """`photo_memory_bytes` as `Settings.max_memory` has it: refused from the header, before decoding."""
        return self.photo_memory_bytes // 1_000_000
