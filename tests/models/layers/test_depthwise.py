"""Kernels of depthwise convolutions learnt in parts of 3×3: the numbers of torch's own gradient."""

import pytest
import torch
import torch.nn.functional as F

from onelook.models.layers import build as layers
from onelook.models.layers.build import build_network
from onelook.models.layers.depthwise import depthwise, learns_slowly
from onelook.settings.network import Conv, Dense, DepthwiseConv, GlobalPool, NetworkSettings


def gradients(convolve, images, weight, **window):
    """The output, and what of it goes back to pictures and kernels."""
    images, weight = images.clone().requires_grad_(), weight.clone().requires_grad_()
    output = convolve(images, weight, **window)
    generator = torch.Generator().manual_seed(1)
    output.backward(torch.randn(output.shape, generator=generator, dtype=output.dtype))
    return output.detach(), images.grad, weight.grad


@pytest.mark.parametrize("stride", [(1, 1), (2, 2), (1, 2)])
@pytest.mark.parametrize("padding", [(0, 0), (2, 2), (1, 3)])
@pytest.mark.parametrize("kernel", [(3, 3), (5, 5), (4, 6), (7, 5)])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_gradients_are_those_of_torch(kernel, padding, stride, memory_format):
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(3, 8, 8, 7, generator=generator).contiguous(memory_format=memory_format)
    weight = torch.randn(8, 1, *kernel, generator=generator)
    ours = gradients(depthwise, images, weight, stride=stride, padding=padding)

    def torchs(images, weight, stride, padding):
        return F.conv2d(images, weight, None, stride, padding, groups=8)

    theirs = gradients(torchs, images, weight, stride=stride, padding=padding)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-5, atol=1e-4)


def test_finite_differences_agree():
    generator = torch.Generator().manual_seed(0)
    images, weight = (
        torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_()
        for shape in ((2, 3, 3, 4), (3, 1, 5, 5))
    )
    torch.autograd.gradcheck(lambda *given: depthwise(*given, (1, 1), (2, 2)), (images, weight))


@pytest.mark.parametrize(
    ("side", "kernel", "expected"),
    [(4, 5, True), (2, 5, True), (5, 5, False), (2, 3, False), (7, 7, False), (6, 7, True)],
)
def test_taken_where_the_output_is_smaller_than_a_large_kernel(side, kernel, expected):
    images, weight = torch.zeros(1, 2, side, side), torch.zeros(2, 1, kernel, kernel, requires_grad=True)
    window = (1, 1), (kernel // 2, kernel // 2)
    assert learns_slowly(images, weight, *window) is expected
    with torch.no_grad():
        assert not learns_slowly(images, weight, *window)
    assert not learns_slowly(images, weight.detach(), *window)


def test_a_layer_of_a_network_learns_by_it(monkeypatch):
    taken = []

    def noted(*given):
        taken.append(given[0].shape)
        return depthwise(*given)

    monkeypatch.setattr(layers, "depthwise", noted)
    convolution = DepthwiseConv(kernel=5, padding="same", bias=False)
    head = (GlobalPool(type="global_average_pool"), Dense(units="classes"))
    network = build_network(NetworkSettings(layers=(convolution, *head)), (4, 3, 3), 2)
    network(torch.randn(2, 4, 3, 3)).sum().backward()
    assert taken == [(2, 4, 3, 3)]
    assert network[0].weight.grad.abs().sum() > 0
    network.eval()
    with torch.inference_mode():
        network(torch.randn(2, 4, 3, 3))
    assert len(taken) == 1


def test_on_a_cpu_under_autocast_they_are_the_only_convolutions_in_float32() -> None:
    pointwise, depthwise_conv = Conv(filters=8, kernel=1), DepthwiseConv(kernel=3)
    head = (GlobalPool(type="global_max_pool"), Dense(units="classes"))
    network = build_network(NetworkSettings(layers=(pointwise, depthwise_conv, pointwise, *head)), (8, 6, 6), 2)
    seen: list[torch.dtype] = []
    for layer in list(network.children())[:3]:
        layer.register_forward_hook(lambda *call: seen.append(call[2].dtype))
    with torch.autocast("cpu", torch.bfloat16):
        network(torch.zeros(1, 8, 6, 6))
    assert seen == [torch.bfloat16, torch.float32, torch.bfloat16]
