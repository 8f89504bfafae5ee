"""A slim network out of a whole one, layer by layer."""

import pytest
import torch
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.parts import AttentionBlock, ThinUp, Up, conv_block, thin_conv_block
from tintype.training.networks.tintype import Tintype
from tintype.training.slimming import KEPT, Moments, _mixed, _thin, _thin_block, slim
from training.runs import SHORT, shaken

BINS = 5


def convolved(rank):
    """How much of a convolution's output a thin one of this rank misses."""
    torch.manual_seed(2)
    whole, thin = shaken(conv_block(8, 8)).eval(), thin_conv_block(8, 8, rank).eval()
    x = torch.randn(2, 8, 9, 9)
    with torch.no_grad():
        out = whole[1](whole[0](x))
        moments = Moments()
        moments.add(out.permute(0, 2, 3, 1).flatten(0, 2))
        _thin(thin, whole, moments)
        return float((thin(x) - whole(x)).square().mean() / whole(x).var())


def test_a_thin_convolution_misses_what_its_rank_has_no_room_for():
    missed = [convolved(rank) for rank in (8, 6, 3)]
    assert missed[0] < 1e-9
    assert missed[0] < missed[1] < missed[2] < 1


def attended(key, hidden, cut=False):
    """How far a slim block's output is from the whole one's."""
    torch.manual_seed(4)
    whole = shaken(AttentionBlock(32, heads=4, hidden=64)).eval()
    with torch.no_grad():
        whole.qkv.weight.mul_(20)
    thin = AttentionBlock(32, heads=4, key=key, hidden=hidden).eval()
    x = torch.randn(3, 32, 5, 7)
    seen = {"n1": Moments(), "fc2": Moments()}
    hooks = [
        whole.n1.register_forward_hook(lambda _, __, out: seen["n1"].add(out.flatten(0, 1))),
        whole.fc2.register_forward_hook(lambda _, put, __: seen["fc2"].add(put[0].flatten(0, 1))),
    ]
    with torch.no_grad():
        out = whole(x)
        for hook in hooks:
            hook.remove()
        _thin_block(thin, whole, seen["n1"], seen["fc2"])
        if cut:  # the first channels instead of the best
            whole_key = whole.key
            q, k, v = whole.qkv.weight.split((4 * whole_key, 4 * whole_key, 32))
            first = [part.unflatten(0, (4, whole_key))[:, :key].flatten(0, 1) for part in (q, k)]
            thin.qkv.weight.copy_(torch.cat([*first, v]))
        return float((thin(x) - out).square().mean())


def test_a_slim_block_of_full_size_is_the_block():
    assert attended(8, 64) < 1e-8


def test_a_slimmer_block_keeps_what_matters_most():
    assert attended(8, 64) < attended(4, 64) < attended(4, 64, cut=True)
    assert attended(8, 64) < attended(8, 32) < attended(8, 8)


def test_channels_are_taken_away_before_it_gets_larger():
    whole, thin = shaken(Up(8, 4, 6)).eval(), ThinUp(8, 4, 6, rank=6).eval()
    thin.skip = whole.skip
    x, tap = torch.randn(1, 8, 3, 5), torch.randn(1, 4, 6, 10)
    with torch.no_grad():
        _mixed(thin, whole)
        larger = F.interpolate(x, scale_factor=2.0, mode="bilinear")
        expected = whole.red(torch.cat([larger, whole.skip(tap)], 1))
        thin.convs = torch.nn.ModuleList()
        torch.testing.assert_close(thin(x, tap), expected, atol=1e-5, rtol=1e-4)


@pytest.fixture(scope="module")
def pair():
    """A teacher and the student made of it, and views."""
    torch.manual_seed(0)
    teacher = Tintype(BINS, width=32, depth=6, w8=16, w4=16, units=(1, 2, 1), second=SHORT)
    student = TintypeLite(
        BINS, width=32, depth=len(KEPT), key=4, hidden=48, w8=16, w4=16, r8=8, r4=8, units=(1, 2, 1)
    )
    for network in (teacher, student):
        shaken(network).eval()
    with torch.no_grad():
        teacher.head.weight.mul_(3)
    views = [torch.rand(2, 1, 1, 1) * 60 + torch.rand(2, 1, 64, 64) * 40 for _ in range(6)]
    hints = torch.zeros(2, 3, 64, 64)
    hints[:, :, 9:17, 20:30] = torch.tensor([0.3, -0.2, 1.0]).view(1, 3, 1, 1)
    return teacher, student, [Batch(L, hints[:, :2], hints, L) for L in views]


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"depth": 2}, r"network\.depth=4, its teacher one of 5 or more: they have 4 and 2"),
     ({"w4": 8}, r"u4\.convs\.0 takes 16 channels in the slim network, 8 in its teacher"),
     ({"units": (1, 1, 1)}, r"channels in the slim network, none in its teacher")],
)  # fmt: skip
def test_layers_that_have_no_twin_are_named(pair, changed, why):
    options = {"width": 32, "depth": 6, "w8": 16, "w4": 16, "units": (1, 2, 1)}
    with pytest.raises(TrainingError, match=why):
        slim(Tintype(BINS, **options | changed), *pair[1:])


def test_a_student_is_made_that_is_near_its_teacher(pair):
    teacher, student, batches = pair

    def apart():
        with torch.no_grad():
            taught, said = (F.log_softmax(n(*batches[0].inputs(n)), 1) for n in (teacher, student))
        return float((taught.exp() * (taught - said)).sum(1).mean())

    before = apart()
    slim(teacher, student, batches)
    assert apart() < 0.1 * before
    # In training its norms do what they do afterwards: it can go on at once.
    x = batches[-1].inputs(student)
    with torch.no_grad():
        said = student(*x)
        moved = (student.train()(*x) - said).square().mean() / said.var()
    assert moved < 1e-3
