"""What a result says of itself."""

from tintype.credentials.manifest import ASSERTION, ORIGINAL, Original, manifest
from tintype.photo.metadata.provenance import SOURCE_TYPE, Provenance
from tintype.settings import Settings

ORIGIN = Original("grandma.jpg", "image/jpeg", "ab" * 32)


def test_it_was_opened_then_colored_by_a_network():
    settings = Settings(vividness=0.7, keep_grey="/home/somebody/mask.png").to_json()
    made = manifest("out.jpg", "image/jpeg", Provenance("1.2", "tintype", "cd" * 32, settings), ORIGIN)
    actions, own = (a["data"] for a in made["assertions"])
    opened, edited = actions["actions"]
    assert opened == {"action": "c2pa.opened", "parameters": {"ingredientIds": [ORIGINAL]}}
    assert edited["digitalSourceType"] == SOURCE_TYPE
    assert edited["softwareAgent"] == {"name": "Tintype", "version": "1.2"}
    assert made["assertions"][1]["label"] == ASSERTION
    assert own["settings"] == {"model": "tintype", "vividness": 0.7, "keep_grey": "mask.png"}
    assert "somebody" not in str(made)  # nobody learns the folder
    assert (own["network"], own["weights_sha256"]) == ("tintype", "cd" * 32)
    assert own["original"] == {"name": "grandma.jpg", "sha256": "ab" * 32}


def test_the_original_is_the_parent():
    ingredient = ORIGIN.ingredient()
    assert ingredient["relationship"] == "parentOf" and ingredient["label"] == ORIGINAL
    assert ingredient["title"] == "grandma.jpg" and "ab" * 32 in ingredient["instance_id"]
