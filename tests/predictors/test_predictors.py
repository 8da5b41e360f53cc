"""The contract of every predictor, and what wrong pictures, weights and files are answered with."""

import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper

from onelook.errors import DataError, ModelError
from onelook.models.layers.build import build_network
from onelook.predictors import PREDICTORS
from onelook.predictors.network_module import NetworkModule
from onelook.predictors.onnx import OnnxPredictor, build_graph
from onelook.predictors.onnx_session import open_session
from onelook.predictors.predictor import network_batch_size
from onelook.predictors.torch import TorchPredictor
from onelook.settings import FittedPreprocess, PreprocessSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten, NetworkSettings, Residual

NETWORK = NetworkSettings(layers=(Conv(filters=2), BatchNorm(), Flatten(), Dense(units="classes")))
SHAPE = (6, 5, 1)
CLASSES = 3


@pytest.fixture
def weights():
    torch.manual_seed(0)
    return {name: values.numpy() for name, values in build_network(NETWORK, (1, 6, 5), CLASSES).state_dict().items()}


@pytest.fixture(params=["torch", "onnx"])
def predictor(request, weights):
    if request.param == "torch":
        return TorchPredictor(NETWORK, FittedPreprocess(), weights, SHAPE, CLASSES)
    return OnnxPredictor(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))


def pictures(rows):
    return np.random.default_rng(0).integers(0, 256, (rows, *SHAPE), dtype=np.uint8)


def test_engines_are_registered_under_their_names(predictor):
    assert isinstance(predictor, PREDICTORS.load(predictor.name))


def test_no_row_of_a_last_short_batch_is_lost(predictor):
    images = pictures(256 + 5)
    probabilities = predictor.probabilities(images)
    assert probabilities.shape == (261, CLASSES)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities[-1:], predictor.probabilities(images[-1:]), atol=1e-6)


def test_no_pictures_give_no_rows(predictor):
    probabilities = predictor.probabilities(pictures(0))
    assert probabilities.shape == (0, CLASSES)
    assert probabilities.dtype == np.float32


def test_the_same_pictures_give_the_same_bits(predictor):
    images = pictures(40)
    assert np.array_equal(predictor.probabilities(images), predictor.probabilities(images))


def test_pictures_need_not_be_contiguous_or_writable(predictor):
    images = pictures(8)
    turned = np.ascontiguousarray(images[:, ::-1])[:, ::-1]
    turned.flags.writeable = False
    assert np.array_equal(predictor.probabilities(turned), predictor.probabilities(images))


@pytest.mark.parametrize("shape", [(6, 6, 1), (6, 5, 3), (6, 5)])
def test_pictures_of_another_size_are_refused(predictor, shape):
    with pytest.raises(DataError, match=r"pictures have the shape \(2, .* the model takes \(rows, 6, 5, 1\)"):
        predictor.probabilities(np.zeros((2, *shape), np.uint8))


def test_pictures_of_another_type_are_refused_by_a_graph(weights):
    predictor = OnnxPredictor(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))
    with pytest.raises(DataError, match="pictures have the dtype float64; the model takes uint8"):
        predictor.probabilities(pictures(2) / 255)


def test_a_graph_knows_its_pictures_and_classes(weights, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE, np.float32))
    predictor = OnnxPredictor(path, threads=1)
    assert (predictor.input_shape, predictor.num_classes, predictor.dtype) == (SHAPE, CLASSES, np.float32)
    assert np.array_equal(OnnxPredictor(str(path)).probabilities(pictures(1).astype(np.float32)).shape, (1, CLASSES))


def test_the_number_of_classes_is_read_from_the_last_weights():
    """Position 10 comes after position 9, and a shortcut is not the last layer."""
    flat = [Dense(units=5)] * 9
    network = NetworkSettings(layers=(Flatten(), *flat, Dense(units="classes")))
    state = build_network(network, (1, 6, 5), 7).state_dict()
    weights = {name: state[name].numpy() for name in sorted(state)}
    assert OnnxPredictor(build_graph(network, FittedPreprocess(), weights, SHAPE)).num_classes == 7
    residual = Residual(layers=(Conv(filters=4, kernel=1, stride=(6, 5)), BatchNorm()), activation="linear")
    network = NetworkSettings(layers=(residual, Flatten()))
    weights = {name: values.numpy() for name, values in build_network(network, (1, 6, 5), 4).state_dict().items()}
    assert OnnxPredictor(build_graph(network, FittedPreprocess(), weights, SHAPE)).num_classes == 4


def build_both(weights):
    return (
        lambda: TorchPredictor(NETWORK, FittedPreprocess(), weights, SHAPE, CLASSES),
        lambda: build_graph(NETWORK, FittedPreprocess(), weights, SHAPE, num_classes=CLASSES),
    )


def test_a_missing_weight_is_named(weights):
    del weights["1.running_var"]
    for build in build_both(weights):
        with pytest.raises(ModelError, match="the weights lack '1.running_var' of this network"):
            build()


def test_a_weight_of_another_network_is_named(weights):
    weights["7.weight"] = np.zeros(3, np.float32)
    for build in build_both(weights):
        with pytest.raises(ModelError, match="the weights hold '7.weight', not part of this network"):
            build()


def test_a_weight_of_another_shape_gives_both(weights):
    weights["0.weight"] = np.zeros((2, 1, 5, 5), np.float32)
    for build in build_both(weights):
        with pytest.raises(ModelError, match=r"'0.weight' has shape \(2, 1, 5, 5\), this network needs \(2, 1, 3, 3\)"):
            build()


def test_no_weights_at_all_are_refused():
    with pytest.raises(ModelError, match="there are no weights"):
        build_graph(NETWORK, FittedPreprocess(), {}, SHAPE)


def test_whitening_needs_its_matrix(weights):
    fitted = FittedPreprocess(settings=PreprocessSettings(zca_whitening=True), mean=(0.5,), std=(0.2,))
    with pytest.raises(ModelError, match=r"'preprocess.zca_matrix' is missing. Expected \(30, 30\)"):
        build_graph(NETWORK, fitted, weights, SHAPE)


def test_statistics_of_other_channels_are_refused(weights):
    fitted = FittedPreprocess(settings=PreprocessSettings(featurewise_center=True), mean=(0.5, 0.5, 0.5))
    with pytest.raises(ModelError, match="statistics of 3 channels; the pictures have 1"):
        build_graph(NETWORK, fitted, weights, SHAPE)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"model\.onnx: cannot be read"):
        OnnxPredictor(tmp_path / "model.onnx")


@pytest.mark.parametrize(
    "damage", [lambda content: b"", lambda content: b"not a graph", lambda content: content[:-200]]
)
def test_a_damaged_graph_is_a_model_error(weights, damage):
    content = damage(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))
    with pytest.raises(ModelError, match="cannot be loaded|is not a onelook graph"):
        OnnxPredictor(content)


@pytest.mark.parametrize(
    ("names", "shape", "element"),
    [
        (("x", "y"), ["batch", 3, 3, 1], TensorProto.FLOAT),
        (("images", "probabilities"), ["batch", 3], TensorProto.FLOAT),
        (("images", "probabilities"), ["batch", "height", 3, 1], TensorProto.FLOAT),
        (("images", "probabilities"), [1], TensorProto.FLOAT),
        (("images", "probabilities"), ["batch", 3, 3, 1], TensorProto.STRING),
    ],
)
def test_another_graph_is_a_model_error(names, shape, element):
    value = [helper.make_tensor_value_info(name, element, shape) for name in names]
    graph = helper.make_graph([helper.make_node("Identity", names[:1], names[1:])], "other", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    with pytest.raises(ModelError, match=f"is not a onelook graph: it takes '{names[0]}'"):
        OnnxPredictor(model.SerializeToString())


def test_the_graph_is_old_enough_for_the_oldest_runtime(weights):
    model = onnx.load_from_string(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))
    assert model.ir_version <= 10
    assert [(opset.domain, opset.version <= 21) for opset in model.opset_import] == [("", True)]


def test_predicting_with_a_graph_imports_neither_torch_nor_onnx(weights, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))
    script = (
        "import sys, numpy as np\n"
        "from onelook.predictors.onnx import OnnxPredictor\n"
        f"OnnxPredictor({str(path)!r}, threads=1).probabilities(np.zeros((2, 6, 5, 1), np.uint8))\n"
        "print([name for name in ('torch', 'onnx', 'sklearn') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_exact_probabilities_keep_all_their_digits(weights):
    usual = TorchPredictor(NETWORK, FittedPreprocess(), weights, SHAPE, CLASSES).probabilities(pictures(5))
    exact = TorchPredictor(NETWORK, FittedPreprocess(), weights, SHAPE, CLASSES, exact=True).probabilities(pictures(5))
    assert (usual.dtype, exact.dtype) == (np.float32, np.float64)
    assert np.abs(exact.sum(axis=1) - 1).max() < 1e-14
    assert np.abs(exact - usual).max() < 1e-6


@pytest.mark.parametrize("dtype", [np.uint16, np.int8, np.float32])
def test_numbers_of_another_size_are_not_cast_in_silence(dtype, weights):
    predictor = OnnxPredictor(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE))
    with pytest.raises(DataError, match=f"^pictures have the dtype {np.dtype(dtype)}; the model takes uint8"):
        predictor.probabilities(np.zeros((1, *SHAPE), dtype))


@pytest.mark.parametrize(("threads", "used"), [(None, 5), (1, 1), (3, 3)])
def test_a_session_has_the_threads_that_it_is_given_or_all(threads, used, weights, monkeypatch):
    monkeypatch.setattr("onelook.predictors.onnx_session.available_cores", lambda: 5)
    session = open_session(build_graph(NETWORK, FittedPreprocess(), weights, SHAPE), threads)
    assert session.get_session_options().intra_op_num_threads == used


def test_a_batch_has_a_picture_however_large_it_is():
    assert [network_batch_size(views, 4000, 3000) for views in (1, 6)] == [1, 1]
    assert network_batch_size(6, 128, 128) == 42


@pytest.mark.parametrize("build", [TorchPredictor, NetworkModule])
def test_opening_a_network_draws_no_random_numbers_and_loads_each_weight(build, weights):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    built = build(NETWORK, FittedPreprocess(), weights, SHAPE, CLASSES)
    assert torch.equal(torch.get_rng_state(), before)
    network = built.network if isinstance(built, NetworkModule) else built._model[2]
    found = {name: values.numpy() for name, values in network.state_dict().items()}
    assert found.keys() == weights.keys()
    assert all(np.array_equal(found[name], array) for name, array in weights.items())


def test_onnx_runtime_computes_gelu_as_one_operator(tmp_path):
    network = NetworkSettings(layers=(Conv(filters=2, activation="gelu"), Flatten(), Dense(units="classes")))
    weights = {name: values.numpy() for name, values in build_network(network, (1, 6, 5), CLASSES).state_dict().items()}
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
    options.log_severity_level = 3  # it warns that such a file is for this machine alone
    graph = build_graph(network, FittedPreprocess(), weights, SHAPE)
    onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    operators = [node.op_type for node in onnx.load(tmp_path / "optimized.onnx").graph.node]
    assert "Gelu" in operators
    assert "Erf" not in operators
