# make demo    rehearse Bijstand op Maat of Groningen with made-up people, from the register to the report
# make serve   the website, filled with the rehearsed Groningen; prints its address and how made-up people sign in
# make test    the tests; what needs more than Python is listed as skipped, with the reason
# make check   style, types, layers, sizes, documentation
# make bench   timings beside named peers, and the long simulations
# make lock    resolve the dependencies again
# PYTEST holds more arguments for pytest: make test PYTEST="-x tests/unit/stats"
# Every target sets up .venv by itself and can be run again at any time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --quiet --python $(BIN)/python --require-hashes
ORACLES := .venv-oracles
OPENFISCA := .venv-openfisca

.PHONY: demo serve test check bench lock oracles clean
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	@$(BIN)/opmaat rehearse studies/groningen-2017 --effects studies/groningen-2017/effects.yaml
	@echo "make serve shows it as a website"

serve: $(VENV)/.dev
	@test -e rehearsal/groningen-2017/rehearsal.json || $(BIN)/opmaat rehearse studies/groningen-2017 --to month=13
	@$(BIN)/opmaat serve --demonstration rehearsal/groningen-2017

test: $(VENV)/.dev
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile --no-loadscope-reorder $(PYTEST)

check: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit -q -c pyproject.toml -r src/opmaat/web src/opmaat/cli
	@$(BIN)/bandit -q -c pyproject.toml -r src --exclude src/opmaat/web --skip B404,B603,B606,B608
	@$(BIN)/python -m pytest -q tests/docs tests/architecture
	@$(BIN)/python tests/architecture/sizes.py

bench: $(VENV)/.dev $(ORACLES)/.oracles $(OPENFISCA)/.openfisca
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python -m pytest -m slow $(PYTEST)

oracles: $(ORACLES)/.oracles

$(UV): requirements/bootstrap.lock
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@touch $(UV)

$(VENV)/.demo: $(UV) requirements/demo.lock pyproject.toml
	@$(INSTALL) -r requirements/demo.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.demo requirements/dev.lock
	@$(INSTALL) -r requirements/dev.lock
	@touch $@

$(ORACLES)/.oracles: $(UV) requirements/oracles.lock
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(ORACLES)
	@$(UV) pip install --quiet --python $(ORACLES)/bin/python --require-hashes -r requirements/oracles.lock
	@touch $@

$(OPENFISCA)/.openfisca: $(UV) requirements/openfisca.lock
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(OPENFISCA)
	@$(UV) pip install --quiet --python $(OPENFISCA)/bin/python --require-hashes -r requirements/openfisca.lock
	@touch $@

COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --exclude-newer $(shell date +%F)
lock: $(UV)
	@$(COMPILE) pyproject.toml --extra examples --group build -o requirements/demo.lock
	@$(COMPILE) pyproject.toml --extra examples --extra web --group dev -c requirements/demo.lock -o requirements/dev.lock
	@$(COMPILE) --group oracles -o requirements/oracles.lock
	@$(COMPILE) --group openfisca -o requirements/openfisca.lock
	@$(COMPILE) --group bootstrap -o requirements/bootstrap.lock

clean:
	@rm -rf $(VENV) $(ORACLES) $(OPENFISCA) node_modules build dist studies/*/results
