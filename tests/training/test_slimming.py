"""A slim network out of a whole one, layer by layer."""

import pytest
import torch
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.networks.backbones import GreyResNet50V2, normalize
from tintype.training.networks.efficientnet import Block
from tintype.training.networks.lite import RANKS, TintypeLite
from tintype.training.networks.parts import AttentionBlock, ThinUp, Up, conv_block, thin_conv_block
from tintype.training.networks.tintype import Tintype
from tintype.training.slimming import Seen, _fewer, _mixed, _stem, _thin, _thin_block, slim
from training.runs import SHORT, shaken

BINS = 5


def look(network, layer, x, loss=None):
    """What is seen of a layer while x goes through a network, and a loss comes back."""
    one = Seen()

    def see(_, inputs, output):
        one.inputs.add(inputs[0])
        one.outputs.add(output)
        output.register_hook(one.gradients.add)

    with layer.register_forward_hook(see):
        out = network(x)
    (loss or (lambda out: (out * torch.randn_like(out)).sum()))(out).backward()
    return one


def convolved(rank, loss=None):
    """How much of a convolution's output a thin one of this rank misses, for each channel."""
    torch.manual_seed(2)
    whole, thin = shaken(conv_block(8, 8)).eval(), thin_conv_block(8, 8, rank).eval()
    x = torch.randn(2, 8, 9, 9)
    seen = look(whole[:2], whole[1], x, loss)
    with torch.no_grad():
        _thin(thin, whole, seen)
        said = whole[:2](x)
        return (thin[:2](x) - said).square().mean((0, 2, 3)) / said.var()


def test_a_thin_convolution_misses_what_its_rank_has_no_room_for():
    missed = [float(convolved(rank).mean()) for rank in (8, 6, 3)]
    assert missed[0] < 1e-9
    assert missed[0] < missed[1] < missed[2] < 1


def test_it_keeps_what_matters_for_what_comes_out():
    """Two of eight channels reach the loss: a rank of two is enough for them."""
    missed = convolved(2, lambda out: (out[:, 3:5] * torch.randn_like(out[:, 3:5])).sum())
    assert missed[3:5].max() < 1e-4 < 0.05 < missed.mean()


def test_both_layers_of_a_thin_convolution_are_equally_large():
    whole, thin = shaken(conv_block(8, 8)).eval(), thin_conv_block(8, 8, 4)
    with torch.no_grad():
        whole[1].weight *= 1e-3
    seen = look(whole[:2], whole[1], torch.randn(2, 8, 9, 9))
    with torch.no_grad():
        _thin(thin, whole, seen)
    narrow, wide = (float(part.weight.detach().square().mean().sqrt()) for part in thin[:2])
    assert narrow == pytest.approx(wide, rel=1e-3)


def attended(key, value, hidden, cut=False):
    """How far a slim block's output is from the whole one's."""
    torch.manual_seed(4)
    whole = shaken(AttentionBlock(32, heads=4, hidden=64)).eval()
    with torch.no_grad():
        whole.qkv.weight.mul_(20)
    thin = AttentionBlock(32, heads=4, key=key, value=value, hidden=hidden).eval()
    x = torch.randn(3, 32, 5, 7)
    seen = [look(whole, layer, x) for layer in (whole.n1, whole.proj, whole.fc2)]
    with torch.no_grad():
        _thin_block(thin, whole, *seen)
        if cut:  # the first channels instead of the best
            q, k, _ = whole.qkv.weight.split((4 * whole.key, 4 * whole.key, 32))
            first = [part.unflatten(0, (4, whole.key))[:, :key].flatten(0, 1) for part in (q, k)]
            thin.qkv.weight[: 8 * key] = torch.cat(first)
        return float((thin(x) - whole(x)).square().mean())


def test_a_slim_block_of_full_size_is_the_block():
    assert attended(8, 8, 64) < 1e-7


def test_a_slimmer_block_keeps_what_matters_most():
    assert attended(8, 8, 64) < attended(4, 8, 64) < attended(4, 8, 64, cut=True)
    assert attended(8, 8, 64) < attended(8, 6, 64) < attended(8, 2, 64)
    assert attended(8, 8, 64) < attended(8, 8, 32) < attended(8, 8, 8)


@pytest.mark.parametrize(("rank", "exact"), [(6, True), (3, False)])
def test_channels_are_taken_away_before_it_gets_larger(rank, exact):
    torch.manual_seed(5)
    whole, thin = shaken(Up(8, 4, 6)).eval(), ThinUp(8, 4, 6, (2, rank, 2))
    thin.skip = whole.skip
    x, tap = torch.randn(4, 8, 3, 5), torch.randn(4, 4, 6, 10)
    seen = look(lambda x: whole(x, tap), whole.red[1], x)
    with torch.no_grad():
        _mixed(thin, whole, seen)
        larger = F.interpolate(x, scale_factor=2.0, mode="bilinear")
        expected = whole.red(torch.cat([larger, whole.skip(tap)], 1))
        thin.convs = torch.nn.ModuleList()
        apart = float((thin(x, tap) - expected).square().mean() / expected.var())
    assert apart < 1e-9 if exact else 1e-4 < apart < 0.6


def test_one_convolution_takes_grey_and_hints():
    torch.manual_seed(6)
    teacher = shaken(Tintype(BINS, width=32, w8=16, w4=16, units=(1, 1, 1))).eval()
    stem = GreyResNet50V2((1, 1, 1), RANKS).stem.conv
    L, hints = torch.rand(1, 1, 32, 32) * 100, torch.randn(1, 3, 32, 32)
    was = teacher.enc.stem
    with torch.no_grad():
        _stem(stem, teacher)
        expected = was.conv(was.bn_in(normalize(L))) + teacher.hstem(hints)
        said = stem(torch.cat([normalize(L)[:, 1:2], hints], 1))
    torch.testing.assert_close(said[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2], atol=1e-4, rtol=1e-4)


def hidden(kept):
    """How far a block of the second encoder with fewer hidden channels is from the whole one."""
    torch.manual_seed(7)
    whole, thin = (shaken(Block(6, 6, 3, 1, n)).eval() for n in (24, kept))
    x = torch.randn(3, 6, 9, 9)
    seen = look(whole, whole.project, x.requires_grad_())
    with torch.no_grad():
        _fewer(thin, whole, seen)
        return float((thin(x) - whole(x)).square().mean() / (whole(x) - x).var())


def test_a_block_of_the_second_encoder_keeps_what_matters_most():
    assert hidden(24) < 1e-5 < hidden(18) < hidden(6) < 1


@pytest.fixture(scope="module")
def pair():
    """A teacher and the student made of it, and views."""
    torch.manual_seed(0)
    teacher = Tintype(BINS, width=32, depth=6, w8=16, w4=16, units=(1, 2, 1), second=SHORT)
    student = TintypeLite(
        BINS, width=32, depth=6, key=4, value=4, hidden=48, w8=16, w4=16, r8=(8, 8, 8, 8), r4=(8, 8, 8),
        fuse=8, join=16, units=(1, 2, 1), second=SHORT,
    )  # fmt: skip
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
    [({"depth": 2}, r"the same network\.depth: they have 6 and 2"),
     ({"w4": 8}, r"u4\.skip makes 256 to 16 channels in the slim network, 256 to 8 in its teacher"),
     ({"width": 40}, r"neck makes 1024 to 32 channels in the slim network, 1024 to 40 in its teacher"),
     ({"second": ()}, r"need the same second encoder: give network\.second"),
     ({"units": (1, 1, 1)}, r"channels in the slim network, none in its teacher")],
)  # fmt: skip
def test_layers_that_have_no_twin_are_named(pair, changed, why):
    options = {"width": 32, "depth": 6, "w8": 16, "w4": 16, "units": (1, 2, 1), "second": SHORT}
    with pytest.raises(TrainingError, match=why):
        slim(Tintype(BINS, **options | changed), *pair[1:])


def test_a_rank_without_room_is_named(pair):
    student = TintypeLite(BINS, width=32, depth=6, w8=16, w4=16, units=(1, 2, 1), second=SHORT, r8=(32, 8))
    with pytest.raises(TrainingError, match=r"u8\.skip has rank 32 and 16 channels: make network\.r8"):
        slim(pair[0], student, pair[2])


def test_a_student_is_made_that_is_near_its_teacher(pair):
    teacher, student, batches = pair

    def apart():
        with torch.no_grad():
            taught, said = (F.log_softmax(n(*batches[0].inputs(n)), 1) for n in (teacher, student))
        return float((taught.exp() * (taught - said)).sum(1).mean())

    before = apart()
    slim(teacher, student, batches)
    assert apart() < 0.1 * before
