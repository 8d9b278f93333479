# How one develops here. Users need only ./bot and ./bot test.
python := .venv/bin/python

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1  /p' Makefile

tools:  ## .venv with the development tools, as ./bot test has it
	@./bot --setup-dev

check: tools  ## lint, formatting, types, layers
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -c 'from importlinter.cli import lint_imports_command as run; run()'

test: tools  ## every test whose servers are installed; ./bot test takes pytest's arguments
	./bot test

bench: tools  ## the README's figures of speed, one after another
	@set -e; for figure in delivery reading form notice ledger tick startup console; do \
	    echo "== $$figure"; PYTHONPATH=.:tests $(python) "bench/$$figure.py"; done

endurance: tools  ## the README's figures of endurance: ten years, 500 kills, twenty minutes of soak, 100,000 broken mails, 10,000 broken files
	@set -e; for figure in years kills soak fuzz fuzz_files; do \
	    echo "== $$figure"; PYTHONPATH=.:tests $(python) "bench/$$figure.py"; done

pictures: tools  ## the README's pictures of the officers' page, into docs/pictures; needs Debian's chromium and chromium-l10n
	PYTHONPATH=.:tests $(python) tests/browser/pictures.py

.PHONY: help tools check test bench endurance pictures
