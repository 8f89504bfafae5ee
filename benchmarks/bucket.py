"""A server that answers like S3 of buckets with any number of objects, none of which is kept anywhere.

It knows listings alone (``ListObjectsV2``), and makes their pages as they are asked for.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>box</Name><Prefix>{prefix}</Prefix>
<KeyCount>{keys}</KeyCount><MaxKeys>{most}</MaxKeys><EncodingType>url</EncodingType>
<IsTruncated>{more}</IsTruncated>{next}"""
_ENTRY = """<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>
<ETag>&quot;{number:032x}&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"""


def name(number: int) -> str:
    """Return what an object is called: all of them lie in one folder."""
    return f"photograph-{number:08}.tif"


class Bucket(BaseHTTPRequestHandler):
    """Photographs below ``scans/`` (10 MB each), and below ``out/`` their results (1,000 bytes) but one."""

    protocol_version = "HTTP/1.1"
    count = 0

    def do_GET(self) -> None:
        """Answer with a page of names."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        prefix, most = asked.get("prefix", ""), int(asked.get("max-keys", 1000))
        first = int(asked.get("continuation-token", 0))
        last = min(first + most, self.count) if prefix in ("scans/", "out/") else first
        gone = self.count // 2 if prefix == "out/" else -1
        size = 1000 if prefix == "out/" else 10_000_000
        entries = [_ENTRY.format(key=prefix + name(n), number=n, size=size)
                   for n in range(first, last) if n != gone]  # fmt: skip
        more = (
            f"<NextContinuationToken>{last}</NextContinuationToken>" if last < self.count and entries else ""
        )
        head = _HEAD.format(
            prefix=prefix, keys=len(entries), most=most, more=str(bool(more)).lower(), next=more
        )
        body = f"{head}{''.join(entries)}</ListBucketResult>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    Bucket.count = int(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Bucket).serve_forever()
