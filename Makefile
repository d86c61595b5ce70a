# Two commands matter: `make run` and `make test`. Written for make 3.81 and a POSIX sh: what macOS ships.

.DEFAULT_GOAL := help
.PHONY: help run test lint samples clean

PYTHON_IN_VENV = .venv/bin/python
SET_UP = python=$$(sh scripts/find_python.sh) && "$$python" -m scripts.setup
# All tests at once: a file at a time in each of two processes, of one thread each.
ALL_TESTS = --numprocesses 2 --dist loadfile
# Streamlit opens a browser only where there is a screen; CI and HEADLESS=1 forbid it anywhere.
NO_BROWSER = $(filter-out 0 false,$(HEADLESS) $(CI))

help: ## list these commands
	@echo "usage: make COMMAND [PORT=8501] [HEADLESS=1] [ARGS=\"...\"] [PYTHON=python3.12]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## set up .venv and open the app (ARGS go to streamlit)
	@$(SET_UP) requirements.txt
	@$(PYTHON_IN_VENV) -m streamlit run app.py \
		$(if $(PORT),--server.port $(PORT)) $(if $(NO_BROWSER),--server.headless true) $(ARGS)

test: ## set up .venv, have a browser, run every test (ARGS go to pytest)
	@$(SET_UP) requirements-dev.txt --browser
	@$(if $(ARGS),,OMP_NUM_THREADS=1) $(PYTHON_IN_VENV) -m pytest $(or $(ARGS),$(ALL_TESTS))

lint: ## check format, style and types
	@$(SET_UP) requirements-dev.txt
	@$(PYTHON_IN_VENV) -m ruff format --check .
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m mypy
	@$(PYTHON_IN_VENV) -m mypy --package scripts

samples: ## draw the clips in sample_videos again (ARGS: only those named)
	@$(SET_UP) requirements.txt
	@$(PYTHON_IN_VENV) sample_videos/make_samples.py $(ARGS)

clean: ## remove .venv and everything else that these commands made (not the weights in runs/)
	rm -rf .venv artifacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
