"""What is found in a file is bounded."""

from tintype.photo.metadata.found import Found


def test_many_small_segments_are_bounded():
    small = Found(room=1000)
    assert sum(small.fits(300) for _ in range(10)) == 3
    assert len(small.notes) == 1
