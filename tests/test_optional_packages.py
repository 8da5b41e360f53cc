"""Packages that may be missing are asked for by their extra, and those that report their use are kept from it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from onelook import optional_packages
from onelook.errors import ConfigError


def test_predicting_reports_to_nobody(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR", "LOCALAPPDATA"), str(tmp_path))
    command = "from onelook.optional_packages import import_onnxruntime; import_onnxruntime()"
    subprocess.run([sys.executable, "-B", "-c", command], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_a_package_is_hidden_only_while_it_has_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)  # a module of Python that nothing needs
    finders = [*sys.meta_path]
    with optional_packages._hidden("this"):
        with pytest.raises(ModuleNotFoundError, match="No module named 'this'") as caught:
            import_module("this")
        assert caught.value.name == "this"
    assert sys.meta_path == finders
    assert "this" not in sys.modules
    with optional_packages._hidden("json"):  # imported already
        assert import_module("json") is json


def test_a_package_that_one_thread_must_not_find_is_imported_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("hidden_from_one_thread", "hidden_from_none"):
        (tmp_path / f"{name}.py").write_text("value = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    with ThreadPoolExecutor(1) as other, optional_packages._hidden("hidden_from_one_thread"):
        with pytest.raises(ModuleNotFoundError):
            import_module("hidden_from_one_thread")
        assert import_module("hidden_from_none").value == 7
        assert other.submit(import_module, "hidden_from_one_thread").result().value == 7
        assert import_module("hidden_from_one_thread").value == 7  # it is there now
    for name in ("hidden_from_one_thread", "hidden_from_none"):
        del sys.modules[name]


def test_our_skops_trusts_nothing_by_itself_and_is_not_what_a_program_imports() -> None:
    import sklearn.utils
    from sklearn.tree import DecisionTreeClassifier

    listed = sklearn.utils.all_estimators
    optional_packages.import_skops.cache_clear()
    own = optional_packages.import_skops()
    content = own.dumps(DecisionTreeClassifier())
    assert own.get_untrusted_types(data=content) == ["sklearn.tree._classes.DecisionTreeClassifier"]
    assert sys.modules.get("skops.io") is not own
    assert getattr(sys.modules["skops"], "io", None) is not own
    assert sklearn.utils.all_estimators is listed
    assert optional_packages.import_skops() is own


def test_while_skops_is_imported_other_threads_are_told_all_estimators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sklearn.utils.all_estimators", lambda *names: [*names])
    import sklearn.utils

    with ThreadPoolExecutor(1) as other, optional_packages._no_estimators_listed():
        assert sklearn.utils.all_estimators("classifier") == []
        assert other.submit(lambda: sklearn.utils.all_estimators("classifier")).result() == ["classifier"]
    assert sklearn.utils.all_estimators("classifier") == ["classifier"]


def test_a_missing_torch_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # what an import of a missing package looks like
    with pytest.raises(ConfigError, match=r"training needs the package 'torch'.*onelook\[train\]"):
        optional_packages.require_torch("training")


@pytest.mark.parametrize("is_enabled", [True, False])
def test_garbage_collection_pauses_for_an_import_and_is_then_as_before(
    is_enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_enabled = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        with optional_packages.no_garbage_collection():
            assert not gc.isenabled()
        assert gc.isenabled() == is_enabled
        monkeypatch.setitem(sys.modules, "torch", None)
        with pytest.raises(ConfigError):
            optional_packages.require_torch("training")
        assert gc.isenabled() == is_enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()


@pytest.mark.skipif(find_spec("openvino") is None, reason="openvino is not installed")
@pytest.mark.parametrize(
    ("line", "reports"), [("optional_packages.import_openvino('x').Core()", False), ("import openvino", True)]
)
def test_openvino_is_imported_without_the_package_that_reports_its_use(line, reports, tmp_path):
    (tmp_path / "openvino_telemetry").mkdir()
    (tmp_path / "openvino_telemetry" / "__init__.py").write_text("open('told', 'w').close()\n")
    program = f"import sys; sys.path.insert(0, '.')\nfrom onelook import optional_packages\n{line}"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (tmp_path / "told").exists() == reports, done.stderr
    assert reports or done.returncode == 0, done.stderr
