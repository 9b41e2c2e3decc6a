# `make` lists what can be done. Every target sets up what it needs first; .ci/setup says how.
bin := .venv/bin

.PHONY: help setup run test shots bench crash package constraints clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv and install what is missing
	@.ci/setup

run: setup ## start Pruvan Desk with a sandbox to play in
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
	    echo 'There is no screen here. On a virtual one:  xvfb-run $(bin)/pruvan-desk run --sandbox' >&2; \
	    echo 'Without a window:  $(bin)/pruvan-desk demo --headless' >&2; \
	    exit 1; \
	fi
	@exec $(bin)/pruvan-desk run --sandbox

test: export QT_QPA_PLATFORM := offscreen
ifeq ($(shell id -u),0)  # Chromium's own sandbox refuses root, who runs the tests in many a CI
test: export QTWEBENGINE_DISABLE_SANDBOX := 1
endif
test: setup ## style, types, layers, tests: all that must pass
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/pytest -n auto --maxprocesses 4

shots: setup ## pictures of every view and dialog, light and dark, in build/shots
	QT_QPA_PLATFORM=offscreen $(bin)/python tests/ui/shots.py build/shots

bench: setup ## measure the speed rows into build/bench.json
	$(bin)/python -m tests.bench

crash: KILLS ?= 200
crash: POINTS ?= --points
crash: setup ## kill the engine KILLS times (200) at random moments and at every commit point; nothing may be lost
	$(bin)/python -m tests.crash --kills $(KILLS) $(POINTS) $(if $(SEED),--seed $(SEED))

package: setup ## build the one-folder application into build/package/dist, and let it check itself
	@.ci/package

constraints: ## renew constraints.txt (with Python 3.11, the oldest we run on)
	.ci/constraints

clean: ## remove the environment, caches and everything built
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
