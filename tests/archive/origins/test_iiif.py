"""IIIF manifests as sources."""

import json

import pytest

from tintype import SettingsError
from tintype.archive.origins import open_origin

ADDRESSES = ["https://example.org/images/a.jpg", "https://example.org/iiif/deep%2Fb.png/full/max/0/default.jpg",
             "c.tif", "s3://box/d.jpg", "https://example.org/gone.jpg"]  # fmt: skip


def manifest(version):
    if version == 2:
        canvases = [{"images": [{"resource": {"@id": a}}]} for a in ADDRESSES]
        return {
            "@context": "http://iiif.io/api/presentation/2/context.json",
            "sequences": [{"canvases": canvases}],
        }
    bodies = [{"id": a, "type": "Image"} for a in ADDRESSES]
    items = [{"items": [{"items": [{"body": b}]}]} for b in bodies]
    return {"@context": ["x", "http://iiif.io/api/presentation/3/context.json"], "items": items}


@pytest.mark.parametrize("version", [2, 3])
def test_images_are_found_on_the_disk_in_the_order_of_the_canvases(tmp_path, version):
    for name in ("images/a.jpg", "deep/b.png", "c.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "m.json").write_text(json.dumps(manifest(version)))
    source = open_origin(str(tmp_path / "m.json"))
    listed = list(source.items())
    assert [(i.name, i.kind) for i in listed] == [
        ("images/a.jpg", "photograph"), ("deep/b.png", "photograph"), ("c.tif", "photograph"),
        ("box/d.jpg", "photograph"), ("example.org/gone.jpg", "problem")]  # fmt: skip
    assert source.local(listed[0], tmp_path) == tmp_path / "images/a.jpg"
    assert "fetch it" in listed[-1].why
    assert source.holds(tmp_path / "c.tif")


def test_json_that_is_none_is_refused(tmp_path):
    for text in ("[]", "{}", "no"):
        (tmp_path / "m.json").write_text(text)
        with pytest.raises(SettingsError):
            open_origin(str(tmp_path / "m.json"))
