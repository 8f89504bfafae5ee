"""Shards: written a part at a time, opened only when they are whole."""

import numpy as np

from tintype.dataset.shards import PhotoSet, ShardWriter


def test_large_sets_have_several_shards(tmp_path):
    writer = ShardWriter(tmp_path, "train", limit=100)
    for value in range(5):
        writer.add(np.full((4, 5, 3), value, np.uint8), str(value))
    writer.close()
    assert writer.names == ["train-000", "train-001", "train-002"]
    photos = PhotoSet(tmp_path, writer.names)
    assert [int(photos[i][0, 0, 0]) for i in range(5)] == [0, 1, 2, 3, 4]
    assert not list(tmp_path.glob("*.part"))
