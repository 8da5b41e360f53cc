"""The environment is read where the design says, and the seed repeats a run."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from onelook import runtime
from onelook.errors import ConfigError
from onelook.runtime import ProcessorTime, processor_time
from onelook.runtime import bfloat16_instructions as own_bfloat16_instructions  # before tests/conftest.py hides it


def test_the_cache_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))
    assert runtime.cache_folder() == tmp_path


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_cache_is_else_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    for name in ("ONELOOK_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    folder = runtime.cache_folder()
    assert folder.name == "onelook"
    assert folder.is_relative_to(Path.home())


def test_the_data_folder_is_none_where_nobody_named_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONELOOK_DATA", raising=False)
    assert runtime.data_folder() is None
    monkeypatch.setenv("ONELOOK_DATA", "/data")
    assert runtime.data_folder() == Path("/data")


def test_a_process_that_is_held_uses_no_more_cores_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CORES", "")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert runtime.available_cores() == 8
    runtime.hold_cores(3)
    assert runtime.available_cores() == 3
    runtime.hold_cores(12)
    assert runtime.available_cores() == 8


def test_there_is_a_core() -> None:
    assert runtime.available_cores() >= 1


def test_the_seed_repeats_all_three_sources_of_chance() -> None:
    import torch

    def draw() -> tuple[float, float, float]:
        runtime.seed_everything(2**32 + 5)
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    assert draw() == draw()


def test_auto_is_cuda_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert runtime.choose_device("auto").type == "cpu"
    with pytest.raises(ConfigError, match="no CUDA device"):
        runtime.choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.choose_device("auto").type == "cuda"
    assert runtime.choose_device("cpu").type == "cpu"


def test_versions_name_python_and_numpy() -> None:
    found = runtime.versions()
    assert found["python"] == sys.version.split()[0]
    assert found["numpy"] == np.__version__
    found["numpy"] = "changed by whom it was given to"
    assert runtime.versions()["numpy"] == np.__version__


@pytest.mark.parametrize("before", [2, 3])
def test_matrix_products_run_in_one_thread_and_then_in_as_many_as_before(before: int) -> None:
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads() -> set[int]:
        return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

    with threadpool_limits(before, user_api="blas"):
        with runtime.single_threaded_blas():
            assert threads() == {1}
        assert threads() == {before}


def test_libraries_are_looked_for_again_once_another_module_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    import threadpoolctl

    looked: list[int] = []
    real = threadpoolctl.ThreadpoolController
    monkeypatch.setattr(threadpoolctl, "ThreadpoolController", lambda: looked.append(1) or real())
    for name, looks in (("one_module", 1), ("one_module", 1), ("another_module", 2)):
        monkeypatch.setitem(sys.modules, name, threadpoolctl)
        with runtime.single_threaded_blas():
            assert len(looked) == looks


def test_a_process_that_nobody_launched_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TORCHELASTIC_RUN_ID", "RANK", "LOCAL_RANK", "WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    assert runtime.launch() == runtime.Launch(rank=0, local_rank=0, count=1)
    monkeypatch.setenv("RANK", "3")  # some other launcher's
    assert runtime.launch().count == 1


def test_torchrun_says_which_process_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TORCHELASTIC_RUN_ID", "x"), ("RANK", "5"), ("LOCAL_RANK", "1"), ("WORLD_SIZE", "8")):
        monkeypatch.setenv(name, value)
    assert runtime.launch() == runtime.Launch(rank=5, local_rank=1, count=8)


def test_every_process_gets_a_cuda_device_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for name, value in (("TORCHELASTIC_RUN_ID", "x"), ("RANK", "3"), ("LOCAL_RANK", "1"), ("WORLD_SIZE", "4")):
        monkeypatch.setenv(name, value)
    assert str(runtime.choose_device()) == "cuda:1"
    assert str(runtime.choose_device("cpu")) == "cpu"
    monkeypatch.setenv("LOCAL_RANK", "2")
    with pytest.raises(ConfigError, match="which has 2 CUDA devices.*--nproc-per-node 2"):
        runtime.choose_device()


def test_the_program_is_named_as_it_can_be_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    inside, elsewhere = tmp_path / "env" / "bin" / "onelook", tmp_path / "other" / "onelook"
    for program in (inside, elsewhere):
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh")
        program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(inside), "train"])
    named = []
    for path in ("", str(elsewhere.parent), f"{inside.parent}{os.pathsep}{elsewhere.parent}"):
        monkeypatch.setenv("PATH", path)
        named.append(runtime.command_name())
    assert named == [str(inside), str(inside), "onelook"]
    monkeypatch.setattr("sys.argv", ["/usr/lib/python3/onelook/__main__.py"])
    assert runtime.command_name() == "onelook"
    monkeypatch.setenv("PATH", "")
    assert runtime.command_name() == "python -m onelook"
    assert runtime.command_line("predict", "my photos") == "python -m onelook predict 'my photos'"
    monkeypatch.setattr("sys.argv", [str(tmp_path / "my env" / "onelook")])
    assert runtime.command_line("runs") == f"'{tmp_path}/my env/onelook' runs"
    monkeypatch.setattr("sys.argv", ["/usr/lib/python3/pytest/__main__.py"])
    assert runtime.command_name() == "onelook"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when a process began")
def test_the_command_began_with_its_process() -> None:
    script = """
import sys, time
time.sleep(0.2)
from onelook.runtime import command_started
sys.argv[0] = "/usr/bin/onelook"
of_command = time.perf_counter() - command_started()
sys.argv[0] = "notebook"
print(of_command, time.perf_counter() - command_started())
"""
    began = time.perf_counter()
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    whole = time.perf_counter() - began
    of_command, in_a_notebook = map(float, printed.split())
    assert 0.2 <= of_command <= whole + 0.05  # the system counts in hundredths of a second
    assert in_a_notebook < of_command - 0.2


@pytest.mark.parametrize(
    ("allowed", "installed", "cores"),
    [({0, 5}, 64, 2), (set(), 64, 1), (None, 64, 64), (None, None, 1)],
)
def test_the_cores_are_those_that_the_process_may_use(
    allowed: set[int] | None, installed: int | None, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container with two of 64. Where the system does not tell, all count."""
    monkeypatch.setattr("os.cpu_count", lambda: installed)
    if allowed is None:
        monkeypatch.delattr("os.sched_getaffinity", raising=False)
    else:
        monkeypatch.setattr("os.sched_getaffinity", lambda _: allowed, raising=False)
    assert runtime.available_cores() == cores


@pytest.mark.parametrize(
    ("chosen", "user", "expected"),
    [
        ("own", "xdg", "own"),
        (None, "xdg", "xdg/onelook"),
        ("", "xdg", "xdg/onelook"),
        (None, None, "home/.cache/onelook"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems have places of their own")
def test_the_cache_has_a_folder_of_its_own(
    chosen: str | None, user: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    for name, value in (("ONELOOK_CACHE", chosen), ("XDG_CACHE_HOME", user)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert runtime.cache_folder() == Path(expected)


def test_the_variables_of_a_cluster_alone_are_no_torchrun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    for name, value in (("RANK", "3"), ("LOCAL_RANK", "1"), ("WORLD_SIZE", "8")):
        monkeypatch.setenv(name, value)
    assert runtime.launch() == runtime.Launch(0, 0, 1)


@pytest.mark.parametrize(("value", "address"), [(None, None), ("", None), ("auto", "auto"), ("h:1", "h:1")])
def test_a_variable_without_content_is_none(
    value: str | None, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RAY_ADDRESS", "ONELOOK_DATA"):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert runtime.ray_address() == address
    assert runtime.data_folder() == (None if address is None else Path(address))


def test_the_load_is_the_time_that_work_took_by_the_time_that_it_needed() -> None:
    began = ProcessorTime(ran=2.0, waited=1.0)
    assert ProcessorTime(ran=4.0, waited=7.0).load_since(began) == 4.0
    assert ProcessorTime(ran=4.0, waited=1.0).load_since(began) == 1.0
    assert ProcessorTime(ran=2.1, waited=9.0).load_since(began) == 1.0  # too little work to judge by
    assert ProcessorTime().load_since(ProcessorTime()) == 1.0  # a system that does not say


def test_the_time_of_this_thread_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = processor_time()
    began = time.thread_time()
    while time.thread_time() - began < 0.02:
        pass
    ran = processor_time().ran - before.ran
    assert ran == 0.0 if sys.platform != "linux" else ran > 0.01
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "no numbers")
    assert processor_time() == ProcessorTime()


X86 = "processor\t: 0\nvendor_id\t: AuthenticAMD\nflags\t\t: fpu avx2 avx512f avx512_bf16{}\nbugs\t\t: none\n"


@pytest.mark.parametrize(
    ("cpuinfo", "variables", "instructions"),
    [
        (X86.format(""), {}, "AVX512-BF16"),
        (X86.format(" amx_bf16 amx_tile"), {}, "AMX-BF16"),
        (X86.replace("avx512_bf16", "avx512_vnni").format(""), {}, None),
        ("processor\t: 0\nFeatures\t: fp asimd sve svebf16 bf16\n", {}, "SVE-BF16"),
        ("", {}, None),
        (X86.format(""), {"ONEDNN_MAX_CPU_ISA": "AVX2"}, None),
        (X86.format(""), {"DNNL_MAX_CPU_ISA": "avx512_core"}, None),
        (X86.format(""), {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_BF16"}, "AVX512-BF16"),
        (X86.format(""), {"ONEDNN_MAX_CPU_ISA": "DEFAULT"}, "AVX512-BF16"),  # oneDNN's word for all that there is,
        (X86.format(""), {"ATEN_CPU_CAPABILITY": "default"}, None),  # torch's for none
        (X86.format(""), {"ATEN_CPU_CAPABILITY": "avx2"}, None),
        (X86.format(""), {"ATEN_CPU_CAPABILITY": "avx512"}, "AVX512-BF16"),
    ],
)
def test_bfloat16_needs_instructions_that_torch_may_use(
    cpuinfo: str, variables: dict[str, str], instructions: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: cpuinfo)
    assert own_bfloat16_instructions() == instructions


def test_a_system_that_lists_no_instructions_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert own_bfloat16_instructions() is None
