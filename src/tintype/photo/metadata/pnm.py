"""The comments in the head of a PNM file. Netpbm's own pages on PBM, PGM, PPM and PAM."""

from __future__ import annotations

import re
from typing import Any

from tintype.photo.metadata.found import Found, readable

_HEAD = 1 << 16


def survey(data: Any) -> Found:
    """The comments before the pixels; `data` is bytes or a memory map."""
    head = bytes(data[:_HEAD])
    if head.startswith(b"P7"):
        head = head.partition(b"ENDHDR")[0]
        comments = re.findall(rb"^#([^\n\r]*)", head, re.MULTILINE)
    else:
        # The magic number, two or three numbers, and comments among them; pixels follow.
        count = 2 if head[:2] in (b"P1", b"P4") else 3
        numbers = rb"(?:(?:\s|#[^\n\r]*[\n\r])+\d+){%d}" % count
        match = re.match(rb"P\d" + numbers, head)
        comments = re.findall(rb"#([^\n\r]*)", match[0]) if match else []
    return Found(comments=[text for c in comments if (text := readable(c).strip())])
