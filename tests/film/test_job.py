"""Films from beginning to end, looked at with ffprobe and ffmpeg."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import (
    HEIGHT,
    SMALL,
    WIDTH,
    chroma,
    colored,
    ffmpeg,
    film,
    grey,
    light,
    luma,
    needs_ffmpeg,
    packet_hash,
    packet_times,
    pan,
    planes,
    probed,
    streams,
    times,
)
from tintype.errors import FilmError

pytestmark = needs_ffmpeg


def picture(path):
    return next(s for s in streams(path) if s["codec_type"] == "video")


def same_light(new, old, *, mean=1.0, most=5):
    """L of what a player shows is that of the old film, but for what the encoder and 4:2:0 lose."""
    one, other = light(new), light(old)
    assert one.shape == other.shape
    gap = np.abs(one - other)
    assert gap.mean() < mean and np.percentile(gap, 99) < most


@pytest.mark.parametrize("rate", ["25", "24000/1001", "30000/1001", "12"])
def test_every_frame_keeps_its_time(tmp_path, rate):
    old = film(tmp_path / "old.mp4", grey(pan(count=10)), rate=rate)
    result = colored(old, tmp_path / "new.mp4")
    assert result.frames == 10
    assert times(tmp_path / "new.mp4") == times(old)
    assert chroma(tmp_path / "new.mp4").min() > 2
    same_light(tmp_path / "new.mp4", old)


def test_variable_frame_rate(tmp_path):
    uneven = "settb=1/1000,setpts='40*N+80*floor(N/3)+13*mod(N,2)'"
    old = film(
        tmp_path / "old.mkv",
        grey(pan(count=10)),
        "-vf",
        uneven,
        "-vsync",
        "passthrough",
        "-enc_time_base",
        "1:1000",
    )
    assert len(set(np.diff(times(old)))) > 2
    colored(old, tmp_path / "new.mkv")
    assert times(tmp_path / "new.mkv") == times(old)
    colored(old, tmp_path / "new.mp4")
    assert times(tmp_path / "new.mp4") == times(old)


def test_a_film_that_begins_late_begins_late(tmp_path):
    old = film(tmp_path / "old.mkv", grey(pan(count=6)), "-vf", "setpts=PTS+1.2/TB", "-copyts")
    assert times(old)[0] > 1
    result = colored(old, tmp_path / "new.mkv")
    assert times(tmp_path / "new.mkv") == times(old)
    assert not any("ends before" in note for note in result.notes)


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".mov"])
def test_sound_subtitles_chapters_and_attachments_are_copied(tmp_path, suffix):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,200 --> 00:00:00,700\nHello\n\n2\n00:00:00,800 --> 00:00:01,100\nyou\n")
    marks = tmp_path / "marks.txt"
    marks.write_text(
        ";FFMETADATA1\ntitle=The Title\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=600\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=600\nEND=1200\ntitle=Two\n"
    )
    (tmp_path / "note.txt").write_text("a note")
    tones = ["-f", "lavfi", "-i", "sine=440:duration=1.2", "-f", "lavfi", "-i", "sine=660:duration=1.2"]
    matroska = suffix == ".mkv"
    kept = ["-attach", tmp_path / "note.txt", "-metadata:s:t", "mimetype=text/plain"] if matroska else []
    old = film(
        tmp_path / f"old{suffix}",
        grey(pan(count=12)),
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:a",
        "-map",
        "3:s",
        "-map_metadata",
        "4",
        "-c:a:0",
        "aac",
        "-c:a:1",
        "ac3",
        "-c:s",
        "srt" if matroska else "mov_text",
        "-metadata:s:a:1",
        "language=fre",
        *kept,
        rate="10",
        inputs=[*tones, "-i", words, "-i", marks],
    )
    result = colored(old, tmp_path / f"new{suffix}")
    new = result.target
    assert times(new) == times(old)
    kinds = [s["codec_type"] for s in streams(old)]
    assert [s["codec_type"] for s in streams(new)] == kinds
    for stream in ("a:0", "a:1", "s:0"):
        assert packet_hash(new, stream) == packet_hash(old, stream)
        assert packet_times(new, stream) == packet_times(old, stream)
    if matroska:
        assert packet_hash(new, "t:0") == packet_hash(old, "t:0")
    languages = [s["tags"].get("language") for s in streams(new)]
    assert languages == [s["tags"].get("language") for s in streams(old)]
    assert suffix == ".mov" or "fre" in languages

    def chapters(path):
        return [(c["start_time"], c["end_time"], c["tags"]["title"]) for c in probed(path)["chapters"]]

    assert chapters(new) == chapters(old)
    tags = probed(new)["format"]["tags"]
    tags = {k.lower(): v for k, v in tags.items()}
    assert tags["title"] == "The Title" and "Tintype" in tags["comment"]


@pytest.mark.parametrize(
    ("space", "range_", "format_"),
    [
        ("bt709", "tv", "yuv420p"),
        ("smpte170m", "tv", "yuv420p"),
        ("bt709", "pc", "yuv420p"),
        ("bt709", "tv", "yuv420p10le"),
        ("bt709", "tv", "yuv422p"),
        ("bt709", "tv", "yuv444p"),
    ],
)
def test_tags_of_color_and_depth_stay(tmp_path, space, range_, format_):
    old = film(
        tmp_path / "old.mp4",
        grey(pan(count=6)),
        "-vf",
        f"scale=out_range={range_}",
        "-pix_fmt",
        format_,
        "-colorspace",
        space,
        "-color_primaries",
        space,
        "-color_trc",
        space,
        "-color_range",
        range_,
    )
    result = colored(old, tmp_path / "new.mp4")
    for key in ("color_space", "color_range", "color_primaries", "color_transfer"):
        assert picture(result.target).get(key) == picture(old).get(key)
    assert ("10" in picture(result.target)["pix_fmt"]) == ("10" in format_)
    assert not any("matrix" in note for note in result.notes)
    same_light(result.target, old)


def test_untagged_is_said(tmp_path):
    old = film(tmp_path / "old.mp4", grey(pan(count=8)))
    result = colored(old, tmp_path / "new.mp4")
    assert any("bt601" in note for note in result.notes)


def test_rotation_and_anamorphic_pixels_stay(tmp_path):
    flat = film(tmp_path / "flat.mp4", grey(pan(count=5)), "-vf", "setsar=16/15")
    ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90", tmp_path / "old.mp4")
    result = colored(tmp_path / "old.mp4", tmp_path / "new.mp4")
    old, new = picture(tmp_path / "old.mp4"), picture(result.target)
    assert new["sample_aspect_ratio"] == old["sample_aspect_ratio"] == "16:15"
    (before,), (after,) = old["side_data_list"], new["side_data_list"]
    assert after["rotation"] == before["rotation"] != 0
    same_light(result.target, tmp_path / "old.mp4")


@pytest.mark.parametrize("size", [(95, 127), (96, 126), (97, 128)])
def test_odd_sizes(tmp_path, size):
    old = film(
        tmp_path / "old.mkv",
        grey(pan(count=4, height=size[0], width=size[1])),
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "gray",
    )
    result = colored(old, tmp_path / "new.mkv")
    height, width = size[0] + size[0] % 2, size[1] + size[1] % 2
    assert (picture(result.target)["height"], picture(result.target)["width"]) == (height, width)
    assert any("odd" in note for note in result.notes) == (size != (96, 126))


@pytest.mark.parametrize("bars", ["letterbox", "pillarbox"])
def test_bars_stay_black(tmp_path, bars):
    frames = np.zeros((6, HEIGHT, WIDTH), np.uint8)
    if bars == "letterbox":
        frames[:, 14:82] = grey(pan(count=6, height=68))
        inside = np.s_[:, 7:41]
    else:
        frames[:, :, 20:108] = grey(pan(count=6, width=88))
        inside = np.s_[:, :, 10:54]
    old = film(tmp_path / "old.mp4", frames)
    result = colored(old, tmp_path / "new.mp4")
    assert any("bars" in note for note in result.notes)
    y, cb, cr = planes(result.target)
    outside = np.ones(cb.shape, bool)
    outside[inside] = False
    for plane in (cb, cr):  # what is left is the ringing of the encoder
        stray = np.abs(plane[outside].astype(int) - 128)
        assert stray.max() <= 6 and stray.mean() < 0.3
    assert y[:, :10].max() < 24 if bars == "letterbox" else y[:, :, :16].max() < 24
    assert np.abs(cr[inside].astype(int) - 128).mean() > 2


def test_interlaced_is_said_or_mended(tmp_path):
    old = film(
        tmp_path / "old.mkv",
        grey(pan(count=8)),
        "-vf",
        "interlace",
        "-flags",
        "+ildct+ilme",
        "-top",
        "1",
        "-c:v",
        "mpeg2video",
        "-q:v",
        "2",
    )
    kept = colored(old, tmp_path / "kept.mkv")
    assert any("interlaced" in note for note in kept.notes)
    same_light(kept.target, old)
    made = colored(old, tmp_path / "made.mkv", deinterlace=True)
    assert not any("interlaced" in note for note in made.notes)
    assert times(made.target) == times(old)

    def combing(values):
        return np.abs(np.diff(values.astype(int), n=2, axis=1)).mean()

    assert combing(luma(made.target)) < combing(luma(kept.target))


@pytest.mark.parametrize("codec", ["gray", "rgb", "palette"])
def test_films_without_luma_planes(tmp_path, codec):
    frames, old = pan(count=5), tmp_path / "old.mkv"
    if codec == "gray":
        film(old, grey(frames), "-c:v", "ffv1", "-pix_fmt", "gray")
    elif codec == "rgb":
        film(old, np.repeat(grey(frames)[..., None], 3, axis=-1), "-c:v", "ffv1", "-pix_fmt", "bgr0")
    else:
        old = film(tmp_path / "old.gif", grey(frames), "-c:v", "gif", "-pix_fmt", "gray")
    result = colored(old, tmp_path / "new.mp4")
    assert result.frames == 5 and len(times(result.target)) == 5
    assert times(result.target) == times(old)
    same_light(result.target, old)


@pytest.mark.parametrize(
    ("codec", "suffix", "name"),
    [("ffv1", ".mkv", "ffv1"), ("prores", ".mov", "prores"), ("h265", ".mp4", "hevc")],
)
def test_other_codecs(tmp_path, codec, suffix, name):
    old = film(tmp_path / "old.mkv", grey(pan(count=5)))
    for number in range(2 if codec != "h265" else 1):
        result = colored(old, tmp_path / f"new{number}{suffix}", codec=codec)
        assert picture(result.target)["codec_name"] == name
        assert times(result.target) == pytest.approx(times(old), abs=0.001)
        same_light(result.target, old, mean=1.5)
    if codec != "h265":
        assert (tmp_path / f"new0{suffix}").read_bytes() == (tmp_path / f"new1{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("ffv1", ".mov"), ("prores", ".mp4"), ("h264", ".webm"), ("h264", ".avi")],
)
def test_a_container_that_can_not_hold_the_codec_is_refused(tmp_path, codec, suffix):
    old = film(tmp_path / "old.mkv", grey(pan(count=3)))
    with pytest.raises(FilmError, match=r"can't hold pictures.*\.mkv"):
        colored(old, tmp_path / f"new{suffix}", codec=codec)
    assert [p.name for p in tmp_path.iterdir()] == ["old.mkv"]


def test_a_preview_is_a_part_with_its_sound(tmp_path):
    from tintype.film.job import FilmJob
    from tintype.film.options import Span

    old = film(
        tmp_path / "old.mkv",
        grey(pan(count=25)),
        "-g",
        "8",
        "-c:a",
        "flac",
        inputs=["-f", "lavfi", "-i", "sine=440:duration=1"],
    )
    result = FilmJob(old, tmp_path / "part.mkv", SMALL, span=Span.parse("0.4s@0.4")).run()
    assert result.frames == 10
    assert times(result.target) == [Fraction(n, 25) for n in range(10)]
    sound = [float(t) for t in packet_times(result.target, "a:0")]
    assert 0 <= sound[0] < 0.2 and 0.2 < sound[-1] < 0.45
