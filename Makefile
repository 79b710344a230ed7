# Everything a person needs:  make demo   make test   (make help lists the rest)
# Needs Python 3.11 or newer and make. Packages come from hash-pinned lists; nothing is installed outside $(VENV), except
# that as root apt fetches what is missing: python3-venv, and for `test` and `lab` ssh, tmux, node, nginx, a browser and Asterisk.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN := $(VENV)/bin
.DEFAULT_GOAL := help
.PHONY: help demo test test-python lint format bench soak lab lock clean FORCE

help:
	@echo 'make demo    the console on a simulated contact centre: no account, no network   (ARGS="--seed 7")'
	@echo 'make test    all checks and tests, those on a real Asterisk included              (ARGS="-k theme")'
	@echo 'make test-python  what another Python can change   (PYTHON=python3.14 VENV=.venv-3.14)'
	@echo 'make lint    ruff, mypy and the import floors'
	@echo 'make format  let ruff rewrite what it can'
	@echo 'make bench   measure all goals beside other programs, and write docs/performance.md  (ARGS=--quick)'
	@echo 'make soak    ten minutes of the demo with chaos: memory, tasks and all maps stay flat  (ARGS="--minutes 30")'
	@echo 'make lab     put up a real Asterisk with agents and callers, and open the console on it'
	@echo 'make lock    pin the dependencies anew                                            (ARGS="--upgrade")'
	@echo 'make clean   remove what was built'

demo: $(VENV)/.run-installed
	@$(BIN)/wallboard demo $(ARGS)

# Four processes: one begins with the lab and one with the terminals, which mostly wait, two with the rest; then all share it.
PYTEST := $(BIN)/python -m pytest --dist loadscope --no-loadscope-reorder --numprocesses

test: lint
	@.ci/tools
	$(PYTEST) 4 $(ARGS) || { [ $$? = 1 ] && $(BIN)/python -m tests.again; }

# Where Python itself is asked something: imports, typing, asyncio, TLS, sqlite, argparse, the screen. What vendors say and
# what is made of it no Python changes, and the terminals and the lab take the longest. Nothing waits here.
ON_PYTHON := $(wildcard tests/test_*.py) $(addprefix tests/,arch cli config control domain history polling ui/terminal) \
  $(addprefix tests/vendors/,http kit suite test_all_adapters.py test_third_party.py)

test-python: $(VENV)/.test-installed
	$(PYTEST) 3 $(ON_PYTHON) $(ARGS)

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test-installed
	$(BIN)/python -m tests.bench.run $(ARGS)

soak: $(VENV)/.test-installed
	$(BIN)/python -m tests.bench.soak $(ARGS)

lab: $(VENV)/.test-installed
	$(BIN)/python -m tests.lab.run $(ARGS)

# Asked each time, and silent where all is as it should be: an environment that was moved, copied or outlived its Python
# is made anew, a list whose content changed is installed again.
$(VENV)/.run-installed $(VENV)/.test-installed: $(VENV)/.%-installed: FORCE
	@.ci/venv '$(PYTHON)' '$(VENV)' $* $(filter-out file,$(origin PYTHON))

# For maintainers. Hashes of all files of a release are kept, so that one list serves every Python and platform;
# index addresses are not, so that the lists work with any mirror.
LOCK := pip-compile --quiet --no-header --strip-extras --allow-unsafe --generate-hashes --resolver=backtracking \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock:
	@rm -rf $(VENV)-lock
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip --quiet --disable-pip-version-check install 'pip-tools>=7.4'
	$(VENV)-lock/bin/$(LOCK) $(ARGS) --output-file requirements/run.txt pyproject.toml requirements/run.in
	$(VENV)-lock/bin/$(LOCK) $(ARGS) --extra sim --extra push --extra share --extra web --extra metrics --output-file requirements/test.txt pyproject.toml requirements/test.in
	@rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) .venv-* .python-newest build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
