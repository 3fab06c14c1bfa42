# Every command of the project; `make help` lists them. Needs Python 3.11 or 3.12 with venv, and make.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run serve test test-city test-interrupted quick check check-types check-rules generate bench chaos plots conformance new-source dashboards dashboards-import dashboards-export touches user boundaries preview report catalogue clean lock

FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell for name in python3 python3.11 python3.12; do \
	if $$name -c "$(FITS)" 2>/dev/null; then echo $$name; break; fi; done)
endif

UV := .venv-uv/bin/uv
PY := .venv/bin/python
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links
export PYTHONPATH := $(CURDIR)/dags
export UV_PYTHON_DOWNLOADS := never
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS := true
endif

# Great Expectations, Airflow and dbt take seconds to compile, in each process anew where nothing may be written.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-17s %s\n' "$$name" "$$text"; done

run: .venv/ready .venv-superset/compressed ## run the whole city once, from an empty machine to published figures
	@$(PY) -m command_center run

serve: .venv/ready .venv-superset/compressed ## start Airflow, Superset, the demo city and a mailbox until Ctrl-C
	@$(PY) -m command_center serve

WORKERS := -n 3 --dist loadfile --no-loadscope-reorder

INTERRUPTED := tests/e2e/test_interrupted.py
# Run one after the other while the pages of the city are looked at, which takes a processor as long.
BESIDE := tests/integration/superset tests/integration/warehouse/test_transform.py

test: .venv/ready .venv-superset/compressed ## run every test: on three workers, which two processors keep busy, then those of the whole city
	$(PY) -m pytest -q $(WORKERS) $(PYTEST_OPTIONS) $(BESIDE:%=--ignore=%) tests/unit tests/integration tests/conformance
	@$(MAKE) --no-print-directory --jobs=2 --keep-going test-city test-interrupted

test-city: .venv/ready
	$(PY) -m pytest -q $(PYTEST_OPTIONS) --ignore=$(INTERRUPTED) tests/e2e

test-interrupted: .venv/ready
	$(PY) -m pytest -q -p no:cacheprovider $(PYTEST_OPTIONS) $(INTERRUPTED) $(BESIDE)

quick: .venv/ready ## run the tests that start no server and take no seconds each, in about a minute
	$(PY) -m pytest -q $(WORKERS) -m "not slow" tests/unit

check: .venv/ready ## lint code, types, SQL, declarations, dashboards and compose files
	@$(MAKE) --no-print-directory --jobs=2 --keep-going check-types check-rules

check-types: .venv/ready
	$(PY) -m mypy

check-rules: .venv/ready
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo --no-cache
	$(PY) -m sqlfmt --check --no-progressbar --line-length 120 dbt_project
	$(PY) -m demo_city.faults.pages --check
	$(PY) -m superset_exports.design --check
	$(PY) -m command_center check

generate: .venv/ready ## write the generated pages of docs/, and of which columns what people read is made
	@$(PY) -m command_center generate
	@$(PY) -m demo_city.faults.pages

bench: .venv/ready $(if $(filter-out peers,$(ONLY)),,.venv-peers/ready) ## measure loading, checks, builds and reports as ratios of things run side by side (ONLY=load, formats, peers, year, warehouse, city or, beside `make serve`, dashboards, reports)
	@$(PY) -m command_center bench $(if $(ONLY),--only "$(ONLY)")

chaos: .venv/ready ## disturb a small city at random (kill -9, crashes, full disk, wrong answers, refused mail), heal it, compare (SEED=number, FAULTS=60, SOURCES=37; HOSTS=1: worker hosts, as root)
	@PYTHONPATH="$(CURDIR)/dags:$(CURDIR)" $(PY) -m tests.support.chaos$(if $(HOSTS),.hosts) \
		$(if $(SEED),--seed "$(SEED)") $(if $(FAULTS),--faults "$(FAULTS)") $(if $(SOURCES),--sources "$(SOURCES)")

plots: .venv/ready ## draw the plots of docs/synthetic-city.md from the warehouse; run it beside `make serve`, after `make run`
	@$(PY) -m demo_city.plots.draw

conformance: .venv/ready ## read real payloads and report what was typed and rejected (CONFORMANCE_SAMPLES=folder)
	@$(PY) -m command_center conformance

new-source: .venv/ready ## write the five files of a source (SOURCE=key KIND=kind [ADDRESS=url] [FILE=path] [TABLE=name])
	@$(PY) -m command_center new-source "$(SOURCE)" --kind "$(KIND)" $(if $(ADDRESS),--address "$(ADDRESS)") \
		$(if $(FILE),--file "$(FILE)") $(if $(TABLE),--table "$(TABLE)")

dashboards: .venv/ready ## write the dashboards anew from superset_exports/design and say which files changed
	@$(PY) -m superset_exports.design

user: .venv/ready ## make an account beside `make serve` (ROLE=… NAME=… [KECAMATAN=13.71.08]); LIST=1 lists all, DEACTIVATE=name ends one
	@$(PY) -m command_center user $(if $(LIST),list,$(if $(DEACTIVATE),deactivate --name "$(DEACTIVATE)",\
		add --role "$(ROLE)" --name "$(NAME)" $(if $(KECAMATAN),--kecamatan "$(KECAMATAN)")))

dashboards-import: .venv/ready .venv-superset/ready ## bring the running Superset in line with superset_exports/, and remove what is not there
	@$(PY) -m command_center import-dashboards

dashboards-export: .venv/ready .venv-superset/ready ## bring edits made in the browser back into superset_exports/ ([FROM=file])
	@$(PY) -m superset_exports.design.export $(if $(FROM),"$(FROM)")

catalogue: .venv/ready ## write the catalogue of sources, indicators and data to var/catalogue, with their state when a warehouse answers
	@$(PY) -m command_center catalogue

touches: .venv/ready ## list the dashboards that a change of a model, a raw table or a source touches (NAME=mart__indikator)
	@$(PY) -m command_center touches "$(NAME)"

report: .venv/ready ## write one report to look at, as PDF, page and workbook, to var/reports/preview (KECAMATAN=13.71.09 [MONTH=2026-07] [KIND=bulanan, mingguan, lurah or wali_kota])
	@$(PY) -m command_center report --preview "$(KECAMATAN)" $(if $(MONTH),--month "$(MONTH)") --kind "$(or $(KIND),bulanan)"

boundaries: .venv/ready ## load the city's official boundaries of kelurahan, from then on drawn on every map (FILE=path.geojson)
	@$(PY) -m command_center boundaries "$(FILE)"

preview: .venv/ready ## show what would become of an answer or a file (SOURCE=key [FILE=path] [ROWS=10] [TABLE=] [PART=])
	@$(PY) -m command_center preview "$(SOURCE)" $(if $(FILE),--file "$(FILE)") $(if $(ROWS),--rows "$(ROWS)") \
		$(if $(TABLE),--table "$(TABLE)") $(if $(PART),--part "$(PART)")

clean: ## remove what was made at run time and the environments
	@if [ -x $(PY) ] && [ -e .venv/ready ]; then $(PY) -m command_center clean; fi
	rm -rf var .venv .venv-superset .venv-peers .venv-uv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs

lock: .venv-uv/ready ## resolve the dependencies anew into the lock files
	printf 'uv\n' | $(COMPILE) --upgrade --output-file requirements-uv.lock -
	$(COMPILE) --upgrade --extra s3 --output-file requirements.lock pyproject.toml
	$(COMPILE) --upgrade --group demo --constraint requirements.lock --output-file requirements-demo.lock pyproject.toml
	$(COMPILE) --upgrade --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --upgrade --group peers --output-file requirements-peers.lock
	$(COMPILE) --upgrade --exclude-newer 2026-06-01 --output-file requirements-superset.lock docker/superset/requirements.in
	printf 'python-ldap\n' | $(COMPILE) --upgrade --constraint requirements-superset.lock --output-file requirements-superset-ldap.lock -

.venv-uv/ready: requirements-uv.lock
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c "$(FITS)" 2>/dev/null; then \
		echo "Python 3.11 or 3.12 with venv is needed (Debian: apt-get install python3-venv); name one: make PYTHON=/path/to/python3.11" >&2; \
		exit 2; fi
	@rm -rf .venv-uv
	@echo "Installing uv into .venv-uv"
	@$(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/ready: requirements-dev.lock | .venv-uv/ready
	@echo "Installing Airflow, dbt, Great Expectations and the tools into .venv"
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv
	@$(UV) pip sync --quiet --require-hashes --python .venv/bin/python requirements-dev.lock
	@touch $@

.venv-superset/ready: requirements-superset.lock | .venv-uv/ready
	@echo "Installing Superset into .venv-superset"
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-superset
	@$(UV) pip sync --quiet --require-hashes --python .venv-superset/bin/python requirements-superset.lock
	@touch $@

.venv-peers/ready: requirements-peers.lock | .venv-uv/ready
	@echo "Installing dlt, to measure against, into .venv-peers"
	@$(UV) venv --quiet --clear --python $(PYTHON) .venv-peers
	@$(UV) pip sync --quiet --require-hashes --python .venv-peers/bin/python requirements-peers.lock
	@touch $@

.venv-superset/compressed: docker/superset/assets.py | .venv-superset/ready
	@echo "Compressing Superset's scripts, once, which takes a minute"
	@PYTHONPATH=docker/superset .venv-superset/bin/python docker/superset/assets.py
	@touch $@
