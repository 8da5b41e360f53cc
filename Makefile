# make demo   installs, trains on the built-in digits, writes the report, says where
# make test   installs, passes the checks and the unit tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
DEMO := runs/demo

.PHONY: demo test end-to-end wheel-test bench clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile

$(BIN)/python:
	@echo "→ making an environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.train: pyproject.toml constraints.txt | $(BIN)/python
	@echo "→ installing onelook with what training and serving need (a minute or two)"
	@$(PIP) install --constraint constraints.txt --editable '.[train,serve]'
	@touch $@

## timm comes without torchvision, which the tests do not need, and which pip would bring for a torch with CUDA.
$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "→ installing onelook with what its tests and checks need (a minute or two)"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@$(PIP) install --constraint constraints.txt --no-deps timm
	@touch $@ $(VENV)/.train

demo: $(VENV)/.train
	@echo "→ training on the built-in digits"
	@rm -rf $(DEMO)
	@$(BIN)/onelook train digits --out $(DEMO)
	@echo "→ the report: $(abspath $(DEMO))/report.html"
	@echo "→ to type onelook instead of $(BIN)/onelook: source $(BIN)/activate"

test: $(VENV)/.dev
	@echo "→ style, types, layers"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@echo "→ unit tests"
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --quiet -m "not end_to_end"

end-to-end: $(VENV)/.dev
	@echo "→ end-to-end tests: the installed command on real data"
	@$(BIN)/python -m pytest -m end_to_end tests/end_to_end

wheel-test: $(VENV)/.dev
	@.ci/wheel-without-torch

bench:
	@benchmarks/run-all

clean:
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
