"""Networks by the words of a recipe."""

import pytest

from tintype.errors import SettingsError
from tintype.training.networks import build


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("resnet", {}, "convnet, fusion, tintype, tintype-lite, unet, zhang16"),
        ("unet", {"widht": 3}, "no option 'widht'; it has depth, width"),
        ("convnet", {"layers": "8 down"}, "'down' is neither"),
        ("fusion", {"encoder": "8", "decoder": "8", "backbone": "vgg"}, "'vgg' is unknown"),
    ],
)
def test_a_wrong_recipe_is_told_what_is_known(kind, options, said):
    with pytest.raises(SettingsError, match=said):
        build(kind, options, 261)


def test_networks_with_logits_get_their_bins():
    assert build("zhang16", {"width": 2}, 7).head.out_channels == 7
