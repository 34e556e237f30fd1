# Two commands matter: `make demo` shows Motet at work, `make test` checks everything. Both need Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(abspath $(VENV)/bin)
READY := $(VENV)/.ready
CHECKS := lint types stubs layers drift
WHOLE := $(if $(filter output-sync,$(.FEATURES)),--output-sync)  # each check's output in one piece
EXAMPLES := $(patsubst %/pyproject.toml,%,$(wildcard examples/*/pyproject.toml))

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test checks venv $(CHECKS) pytest clean

demo: $(READY)
	$(BIN)/motet build examples/bookseller
	$(BIN)/motet check examples/bookseller
	$(BIN)/motet plan shop:buy -C examples/bookseller
	$(BIN)/motet run shop:buy -C examples/bookseller --arg title='"TAPL"'
	@echo "Now read examples/bookseller/shop.py beside examples/bookseller/generated/"

test: checks pytest

checks: $(READY)
	@$(MAKE) --no-print-directory -k -j2 $(WHOLE) $(CHECKS)

venv: $(READY)

$(READY): pyproject.toml runtime_stub/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -e runtime_stub -e '.[dev]'
	touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

stubs: $(READY)
	MYPYPATH=typestubs $(BIN)/python -m mypy.stubtest motet --allowlist typestubs/allowlist.txt

layers: $(READY)
	$(BIN)/lint-imports

drift: $(READY)
	@drifted=; for example in $(EXAMPLES); do \
	  echo "motet build --check $$example"; $(BIN)/motet build --check $$example || drifted="$$drifted $$example"; \
	done; test -z "$$drifted" || { echo "drifted:$$drifted"; exit 1; }

pytest: $(READY)
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -o -name .motet_cache | xargs rm -rf
