"""Networks from TOML files: what is read, and what each mistake is answered with."""

import pytest

from onelook.cli.output.printer import escaped_line
from onelook.errors import ConfigError
from onelook.models import ModelInput
from onelook.models.find_network import network_named, read_network
from onelook.settings.network import Conv, Dense, Flatten, NetworkSettings, Residual

FACTS = ModelInput(height=12, width=12, channels=1, num_classes=3, rows=10)
END = '[[layers]]\ntype = "flatten"\n[[layers]]\ntype = "dense"\nunits = "classes"\n'


def read(tmp_path, text):
    path = tmp_path / "net.toml"
    path.write_text(text)
    return network_named(path, FACTS)


def refusal(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / "net.toml"))
    return str(caught.value).removeprefix(str(tmp_path / "net.toml"))


def test_a_file_gives_the_network_that_it_describes(tmp_path):
    text = (
        'initializer = "he_normal"\n'
        '[[layers]]\ntype = "residual"\n'
        '[[layers.layers]]\ntype = "conv"\nfilters = 4\nkernel = [3, 5]\npadding = "same"\n'
    )
    branch = (Conv(filters=4, kernel=(3, 5), padding="same"),)
    expected = (Residual(layers=branch), Flatten(), Dense(units="classes"))
    assert read(tmp_path, text + END) == NetworkSettings(layers=expected, initializer="he_normal")


def test_a_name_without_suffix_but_with_a_folder_is_a_path(tmp_path, monkeypatch):
    path = tmp_path / "own" / "cnn"
    path.parent.mkdir()
    path.write_text(END)
    assert len(network_named(str(path), FACTS).layers) == 2
    monkeypatch.chdir(tmp_path)
    assert len(network_named("own/cnn", FACTS).layers) == 2
    (tmp_path / "CNN.TOML").write_text(END)
    assert len(network_named("CNN.TOML", FACTS).layers) == 2
    assert len(network_named("cnn", FACTS).layers) > 2


def test_a_missing_file_is_named_with_the_models_that_there_are(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: there is no such file\. Expected .* one of: cnn, .*resnet"):
        network_named(str(tmp_path / "none.toml"), FACTS)


def test_a_folder_is_no_network(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        network_named(tmp_path, FACTS)


def test_a_binary_file_is_no_network(tmp_path):
    (tmp_path / "net.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        network_named(tmp_path / "net.toml", FACTS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_of_an_editor_of_windows_is_read(tmp_path, encoding):
    (tmp_path / "net.toml").write_text(f"# für später\n{END}", encoding=encoding, newline="\r\n")
    assert len(network_named(tmp_path / "net.toml", FACTS).layers) == 2


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_text_in_another_encoding_is_no_network(tmp_path, encoding):
    (tmp_path / "net.toml").write_text(f"# für später\n{END}", encoding=encoding)
    with pytest.raises(ConfigError, match=r"net\.toml: cannot be read"):
        network_named(tmp_path / "net.toml", FACTS)


def test_a_syntax_error_gives_the_line(tmp_path):
    assert "not valid TOML" in (text := refusal(tmp_path, '[[layers]]\ntype = "flatten\n'))
    assert "line 2" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ": no layers. Expected [[layers]] tables, such as:\n  [[layers]]\n"),
        ('[[layers]]\ntype = "convv"\n', ": layer 1: unknown type 'convv'. Did you mean 'conv'?"),
        (
            END + '[[layers]]\ntype = "conv"\nfilters = 3\nkernal = 3\n',
            ": layer 3 (conv): unknown setting 'kernal'. Did you mean 'kernel'?",
        ),
        ('[[layers]]\ntype = "conv"\n', ": layer 1 (conv): 'filters' is missing."),
        ('[[layers]]\ntype = "conv"\nfilters = 0\n', ": layer 1 (conv): filters = 0; expected at least 1."),
        ("layers = 3\n", ": layers = 3; expected a list."),
        ("epochs = 3\n" + END, ": unknown setting 'epochs'. Known: layers, initializer."),
        (
            '[[layers]]\ntype = "conv"\nfilters = 3\nkernel = 13\n' + END,
            ", for 3 classes of 12x12 pictures: layer 1 (conv 13x13, valid) cannot take a picture of 12x12",
        ),
    ],
)
def test_mistakes_name_the_layer(tmp_path, text, expected):
    assert refusal(tmp_path, text).startswith(expected)


def test_the_example_in_an_error_is_a_network_that_can_be_pasted(tmp_path):
    _, _, example = escaped_line(refusal(tmp_path, "")).partition("such as:\n")
    (tmp_path / "pasted.toml").write_text(example)
    assert [layer.type for layer in read_network(tmp_path / "pasted.toml").layers] == ["flatten", "dense"]


@pytest.mark.parametrize("key", ["activation", "function"])
def test_softmax_is_explained(tmp_path, key):
    text = refusal(tmp_path, f'[[layers]]\ntype = "residual"\n[[layers.layers]]\ntype = "dense"\n{key} = "softmax"\n')
    assert "softmax is not a layer's activation here: it follows the last layer by itself" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("layers = " + "[" * 100_000, "nested too deeply"),
        ("layers = 1" + "0" * 5_000, "does not follow its format"),
        ("layers = [{type = 'dense', units = 0x" + "f" * 5_000 + "}]", "layer 1 .*digits; expected at most 999999"),
    ],
)
def test_what_the_parser_gives_up_on_is_told(tmp_path, text, words):
    (tmp_path / "net.toml").write_text(text)
    with pytest.raises(ConfigError, match=rf"net\.toml: .*{words}"):
        read_network(tmp_path / "net.toml")


@pytest.mark.parametrize(
    "layers",
    [
        '[[layers]]\ntype = "dense"\nunits = 3\nactivation = "softmax"\n',
        '[[layers]]\ntype = "activation"\nfunction = "softmax"\n',
        '[[layers]]\ntype = "residual"\n[[layers.layers]]\ntype = "conv"\nfilters = 2\nactivation = "softmax"\n',
        '[[layers]]\ntype = "residual"\n[[layers.layers]]\ntype = "flatten"\n'
        '[[layers.shortcut]]\ntype = "activation"\nfunction = "softmax"\n',
    ],
)
def test_softmax_is_explained_wherever_it_stands(layers, tmp_path):
    (tmp_path / "net.toml").write_text(layers)
    with pytest.raises(ConfigError, match=r"net\.toml: softmax is not a layer's activation here: it follows the last"):
        read_network(tmp_path / "net.toml")
