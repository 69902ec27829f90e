# make show   installs what is missing and starts the built-in show
# make test   every check and test (TRAIN=1: with torch as well)
# Further: setup [EXTRAS=live,capture], check, format, unit, pages, e2e, gen, bench NAME=..., gallery (every avatar, venue, shot as pictures),
#          songs (the built-in songs from their scores)
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
WEB := stage/web
# Node that setup put into .venv where the system's was too old, else the system's (asked when a recipe runs).
NODE = $$([ -x $(CURDIR)/.venv/bin/node ] && echo $(CURDIR)/.venv/bin/node || echo node)
comma := ,
TEST_EXTRAS := dev,plot,live,capture,geometry,words$(if $(TRAIN),$(comma)train)

.PHONY: gallery songs help setup show test test-setup check format lint types imports unit pages e2e gen gen-check bench

help:
	@sed -n 's/^# //p' Makefile

setup:
	@EXTRAS="$(EXTRAS)" .setup/setup.sh

show: setup
	@$(BIN)/nichang show $(ARGS)

test-setup:
	@EXTRAS="$(TEST_EXTRAS)" .setup/setup.sh

test: test-setup check gen-check pages unit

check: lint types imports

format:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/pyright --warnings
	@if $(BIN)/python -c "import torch" 2>/dev/null; then $(BIN)/pyright --warnings -p .setup/pyright-train.json; fi
	cd $(WEB) && $(NODE) node_modules/typescript/bin/tsc --noEmit

imports:
	$(BIN)/lint-imports

pages:
	cd $(WEB) && $(NODE) node_modules/vitest/vitest.mjs run

# Everything under tests/, the end-to-end run in a real Chromium included.
unit:
	$(BIN)/python -m pytest -q

e2e:
	$(BIN)/python -m pytest -q tests/e2e

gen:
	$(BIN)/python -m stage.wire.generate

gen-check:
	$(BIN)/python -m stage.wire.generate --check

bench:
	$(BIN)/python -m tests.bench $(NAME) --json

# Contact sheets of all that is seen, in build/gallery/index.html.
gallery: test-setup
	@$(BIN)/python -m tests.gallery $(ARGS)

# The built-in songs from their scores (NAME=yuyi: one of them). Needs FluidSynth and fluid-soundfont-gm.
songs:
	@$(BIN)/python -m presets.songs.make $(NAME)
