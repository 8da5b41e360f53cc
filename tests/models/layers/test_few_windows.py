"""The convolution with few windows against torch's own, and the layers that use it."""

import pytest
import torch
import torch.nn.functional as F

from onelook.models.layers import build
from onelook.models.layers.few_windows import convolve_few, has_few_windows
from onelook.settings.network import Conv, Dense, Flatten, NetworkSettings


def tensors(size, kernel, *, has_bias=True):
    torch.manual_seed(0)
    images = torch.randn(6, 5, *size).to(torch.bfloat16).contiguous(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(7, 5, *kernel).requires_grad_()
    return images, weight, torch.randn(7).requires_grad_() if has_bias else None


@pytest.mark.parametrize(("size", "kernel"), [((5, 5), (3, 3)), ((3, 6), (2, 5)), ((4, 4), (1, 1)), ((2, 2), (2, 2))])
@pytest.mark.parametrize("has_bias", [True, False])
def test_results_and_gradients_equal_those_of_torch(size, kernel, has_bias):
    given = [tensor for tensor in tensors(size, kernel, has_bias=has_bias) if tensor is not None]
    exact = [tensor.detach().to(torch.bfloat16).double().requires_grad_() for tensor in given]
    found, wanted = convolve_few(*given, *[] if has_bias else [None]), F.conv2d(*exact)
    torch.testing.assert_close(found.double(), wanted, atol=0.02, rtol=0.01)
    gradient = torch.randn(wanted.shape).to(torch.bfloat16)
    ours = torch.autograd.grad(found, given, gradient)
    theirs = torch.autograd.grad(wanted, exact, gradient.double())
    for one, other, tensor in zip(ours, theirs, given, strict=True):
        assert one.dtype == tensor.dtype
        assert (one.double() - other).norm() < 0.005 * other.norm()


def test_pictures_that_need_no_gradient_leave_those_of_the_kernels():
    images, weight, bias = tensors((5, 5), (3, 3))
    whole = torch.autograd.grad(convolve_few(images, weight, bias).sum(), (weight, bias))
    part = torch.autograd.grad(convolve_few(images.detach(), weight, bias).sum(), (weight, bias))
    assert all(torch.equal(one, other) for one, other in zip(whole, part, strict=True))


def test_only_a_training_in_bfloat16_of_plain_kernels_with_a_small_output_uses_it():
    images, weight, _ = tensors((6, 6), (3, 3))
    plain = ((1, 1), (0, 0), (1, 1))
    assert not has_few_windows(images, weight, *plain)  # without autocast
    with torch.autocast("cpu", torch.bfloat16):
        assert has_few_windows(images, weight, *plain)
        assert not has_few_windows(images.float(), weight, *plain)
        assert not has_few_windows(images, weight.detach(), *plain)
        assert not has_few_windows(images, weight, (2, 2), (0, 0), (1, 1))
        assert not has_few_windows(images, weight, (1, 1), (1, 1), (1, 1))
        assert not has_few_windows(images, weight, (1, 1), (0, 0), (2, 2))
        assert not has_few_windows(images, weight[:, :1], *plain)  # in groups
        assert not has_few_windows(tensors((6, 7), (3, 3))[0], weight, *plain)
        with torch.no_grad():
            assert not has_few_windows(images, weight, *plain)


def test_a_network_uses_it_in_training_alone(monkeypatch):
    used = []
    monkeypatch.setattr(build, "convolve_few", lambda *given: used.append(1) or convolve_few(*given))
    layers = (Conv(filters=4, kernel=3, activation="relu"), Conv(filters=3, kernel=3, activation="relu"), Flatten())
    network = build.build_network(NetworkSettings(layers=(*layers, Dense(units="classes"))), (1, 8, 8), 2)
    images = torch.rand(5, 1, 8, 8)
    in_float32 = network(images)
    assert not used
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(images)
    assert len(used) == 1
    torch.testing.assert_close(logits.float(), in_float32, atol=0.05, rtol=0)
    gradients = torch.autograd.grad(logits.sum(), list(network.parameters()))
    assert all(gradient.dtype == torch.float32 for gradient in gradients)
