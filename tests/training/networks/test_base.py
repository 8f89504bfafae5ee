"""A frozen encoder stays as it is, in weights and in norms, while the rest is trained."""

from torch import nn

from tintype.training.networks.tintype import Tintype


def test_a_frozen_encoder_asks_for_no_gradients_and_keeps_its_norms():
    network = Tintype(5, width=32, depth=1, w8=16, w4=16, units=(1, 1, 1))
    network.freeze_encoder()
    network.train()
    norms = [m for m in network.enc.modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms and not any(norm.training for norm in norms)
    asking = {name.split(".")[0] for name, p in network.named_parameters() if p.requires_grad}
    assert asking.isdisjoint({"enc", "hstem"}) and {"neck", "blocks", "head"} <= asking
    assert network.neck.training
    network.eval()
    assert not network.neck.training
