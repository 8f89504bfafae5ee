"""What a file says of itself, whoever wrote it."""

import pytest
from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from photo.metadata import everything
from photo.metadata.everything import packet
from tintype import Settings
from tintype.photo.metadata.xmp import TIFF, Packet
from tintype.photo.read import read
from tintype.photo.write import Page, write


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize(("exif", "orientation"), [(None, 6), (1, 1), (3, 3)])
def test_xmp_tells_the_orientation_where_exif_does_not(kind, exif, orientation):
    xmp = packet('tiff:Orientation="6"')
    if kind == "TIFF":
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags[700], tags.tagtype[700] = xmp, 1
        if exif:
            tags[274] = exif
        options = {"tiffinfo": tags}
    elif kind == "PNG":
        options = {"pnginfo": PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode())
    else:
        options = {"xmp": xmp}
    if exif and kind != "TIFF":
        block = Image.Exif()
        block[274] = exif
        options["exif"] = block
    (photo,) = read(everything.saved(everything.pixels(), kind, **options), Settings())
    assert photo.orientation == orientation
    (again,) = read(write([Page(photo, photo.open())], None, Settings()).data, Settings())
    assert again.orientation == 1
    assert Packet(again.metadata.xmp).get(TIFF, "Orientation") == "1"
