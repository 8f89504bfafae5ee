"""Comments in the head of a JPEG 2000's code stream."""

import numpy as np
import pytest

from photo.metadata import raw_samples
from tintype.photo.metadata import jp2

HEAD = b"\xff\x4f" + raw_samples.remark(b"found in the attic") + b"\xff\x90"


def test_comments_are_read_and_signatures_of_encoders_are_not():
    assert jp2.survey(raw_samples.jp2()).comments == ["found in the attic"]


def test_a_bare_code_stream_has_them_too():
    assert jp2.survey(HEAD).comments == ["found in the attic"]


def test_bytes_that_are_no_text_are_left():
    assert jp2.survey(HEAD.replace(b"\0\1found", b"\0\0found")).comments == []


@pytest.mark.parametrize("end", range(len(HEAD)))
def test_a_head_that_is_cut_short_ends_them(end):
    assert jp2.survey(HEAD[:end]).comments in ([], ["found in the attic"])


def test_a_real_file_is_only_signed():
    codecs = pytest.importorskip("imagecodecs")
    made = codecs.jpeg2k_encode(np.zeros((16, 16), np.uint8))
    assert b"Created by OpenJPEG" in made
    assert jp2.survey(made).comments == []
