"""Batch-norm in one process: torch's gradients, a batch of one row, and fixed statistics in evaluation."""

import pytest
import torch

from onelook.models.layers.batch_norm import BatchNormLayer
from onelook.settings.network import BatchNorm


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 5, 2)])
def test_batch_norm_passes_the_gradients_that_torch_passes(shape):
    images = torch.randn(shape, requires_grad=True)
    peer = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(3, eps=1e-3)
    wanted = torch.randn(shape)
    gradients = []
    for norm in (BatchNormLayer(3, BatchNorm()), peer):
        loss = (norm(images) * wanted).sum()
        gradients.append(torch.autograd.grad(loss, (images, norm.weight, norm.bias)))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_batch_norm_trains_on_a_last_batch_of_one_row():
    norm = BatchNormLayer(3, BatchNorm(momentum=0.9))
    out = norm(torch.tensor([[1.0, 2.0, 3.0]]))
    torch.testing.assert_close(out, torch.zeros(1, 3), atol=1e-4, rtol=0)
    torch.testing.assert_close(norm.running_mean, torch.tensor([0.1, 0.2, 0.3]))
    torch.testing.assert_close(norm.running_var, torch.full((3,), 0.9))


def test_evaluation_leaves_the_statistics_alone():
    norm = BatchNormLayer(3, BatchNorm()).eval()
    norm(torch.randn(4, 3))
    assert torch.equal(norm.running_mean, torch.zeros(3))
    assert torch.equal(norm.running_var, torch.ones(3))
