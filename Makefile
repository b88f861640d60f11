# Commands of the project; `make help` lists them. Works with GNU make 3.81 and later.

# The first interpreter that is recent enough: `make PYTHON=/path/to/python3.12 …` overrides it.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$python; break; }; done)
VENV_PYTHON = .venv/bin/python

LISTS = requirements requirements-services requirements-dev
RUN_LISTS = requirements.txt requirements-services.txt
DEV_LISTS = $(RUN_LISTS) requirements-dev.txt

# pip knows the mirrors of a pip.conf, uv does not: where uv gets nothing, pip installs the lists.
INSTALLER = -m pip --disable-pip-version-check --quiet install --require-hashes
define install
	@echo "Installing: $(1)"
	@{ $(VENV_PYTHON) $(INSTALLER) -r requirements-install.txt \
	  && .venv/bin/uv pip install --quiet --python $(VENV_PYTHON) --compile-bytecode \
	     --system-certs --require-hashes $(addprefix -r ,$(1)); } \
	|| { echo "uv could not; pip installs them, which takes longer."; \
	  $(VENV_PYTHON) $(INSTALLER) $(addprefix -r ,$(1)); }
	@touch $@
endef

.PHONY: help
help:  ## List these commands
	@grep -E '^[a-z-]+:.*  ## ' Makefile | sed -E 's/:.*  ## /\t/' \
	| awk -F '\t' '{ printf "  make %-15s %s\n", $$1, $$2 }'

.PHONY: venv
venv: .venv/installed-dev  ## Make .venv with everything that development needs

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none of them was \
	found: install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv

.venv/installed-run: $(RUN_LISTS) requirements-install.txt | .venv/bin/python
	$(call install,$(RUN_LISTS))

.venv/installed-dev: $(DEV_LISTS) requirements-install.txt | .venv/bin/python
	$(call install,$(DEV_LISTS))
	@touch .venv/installed-run

.PHONY: run
run: .venv/installed-run  ## Run the application with its demo data on http://localhost, until Ctrl-C
	@$(VENV_PYTHON) -m config.run

.PHONY: services
services: .venv/installed-run  ## Start the embedded PostgreSQL and Valkey (data in VAR_DIR, default var/)
	@$(VENV_PYTHON) -m config.services start

.PHONY: services-stop
services-stop: .venv/installed-run  ## Stop them
	@$(VENV_PYTHON) -m config.services stop

.PHONY: browser
browser: .venv/installed-dev  ## See to a browser for the tests: an installed one, Debian's, Playwright's
	@$(VENV_PYTHON) -m tests.browser

# A process a processor, each with a database and a broker of its own. A file stays in one process,
# and a process that a hanging test ended is not replaced: the suite ends, and names the test.
PROCESSES = -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder \
	--max-worker-restart 0

.PHONY: test
test: .venv/installed-dev browser  ## Run the whole test suite (ARGS="tests/infra -k services": a part; -n 0: one process)
	@$(VENV_PYTHON) -m config.services run --test -- $(VENV_PYTHON) -m pytest $(PROCESSES) $(ARGS)

# `make -k check` goes on after a failure, `make -j2 check` takes half the time.
CHECKS = check-code check-format check-templates check-migrations check-deploy check-messages
.PHONY: check $(CHECKS)
check: $(CHECKS)  ## Lint, check formats, migrations, settings for production, translations
$(CHECKS): .venv/installed-dev

# Nothing answers at these addresses, and no check asks them.
NO_SERVERS = DATABASE_URL=postgres://check@127.0.0.1:1/check REDIS_URL=redis://127.0.0.1:1/0

check-code:
	@.venv/bin/ruff check .

check-format:
	@.venv/bin/ruff format --check --quiet . || { echo "Run make format." >&2; exit 1; }

check-templates:
	@.venv/bin/djlint --quiet --lint templates

check-migrations:
	@$(NO_SERVERS) LOCAL=true $(VENV_PYTHON) -W ignore::RuntimeWarning \
	  manage.py makemigrations --check --dry-run

check-deploy:
	@$(NO_SERVERS) LOCAL=false ALLOWED_HOSTS=example.org \
	  SECRET_KEY=long-enough-and-with-enough-letters-0123456789-abcdefghijklm \
	  $(VENV_PYTHON) manage.py check --deploy --fail-level WARNING

check-messages:
	@$(VENV_PYTHON) -m config.messages check

.PHONY: format
format: .venv/installed-dev  ## Format the code
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format .

.PHONY: bench
bench: .venv/installed-dev  ## Measure import, roll-up, trial, year end and posted visits against their floors
	@VAR_DIR=$${VAR_DIR:-var}/bench \
	  $(VENV_PYTHON) -m config.services run -- $(VENV_PYTHON) -m benchmarks $(ARGS)

.PHONY: messages
messages: .venv/installed-dev  ## Collect the strings for translation into locale/ and compile them
	@$(VENV_PYTHON) -m config.messages update

.PHONY: lock
lock: .venv/installed-dev  ## Rewrite the locked requirements from the .in files (UPGRADE=1: newest versions)
	@for list in requirements-install $(LISTS); do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) $$list.in -o $$list.txt \
	  || exit 1; done
