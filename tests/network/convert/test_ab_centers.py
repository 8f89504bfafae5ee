"""The 313 published colours."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.convert.ab_centers import published_centers, read_centers


class TestPoints:
    """The 313 published colours."""

    def test_rebuilt_list_is_the_published_file(self) -> None:
        # The published pts_in_hull.npy is int64 behind the 80-byte header that NumPy wrote at the time; its
        # SHA-256 stands in the Open Model Zoo's model.yml of colorization-v2.
        header = "{'descr': '<i8', 'fortran_order': False, 'shape': (313, 2), }".ljust(69) + "\n"
        start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
        data = start + published_centers().astype("<i8").tobytes()
        assert len(data) == 5088
        assert (
            hashlib.sha256(data).hexdigest()
            == "b5dec01315c34f43f1c8c089e84c45ae35d1838d8e77ed0e7ca930f79ffa450e"
        )

    def test_read_either_way_round(self, tmp_path: Path) -> None:
        for points in (published_centers(), published_centers().T.astype(np.int64)):
            np.save(tmp_path / "p.npy", points)
            assert np.array_equal(read_centers(tmp_path / "p.npy"), published_centers())

    def test_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "p.npy"
        for wrong in (np.zeros((312, 2)), np.full((313, 2), 500), np.array([{"a": 1}] * 313, dtype=object)):
            np.save(path, wrong, allow_pickle=True)
            with pytest.raises(NetworkError, match=r"p\.npy"):
                read_centers(path)
        path.write_bytes(b"not an array")
        with pytest.raises(NetworkError, match=r"p\.npy"):
            read_centers(path)
