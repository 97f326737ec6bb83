# make demo    a first look, from a fresh clone          make PYTHON=python3.13 ... picks an interpreter
# make test    the tests, without those marked slow
# make lint    format, lint and types
# make clean   remove the environment and the caches; results stay

.PHONY: demo test lint clean always

demo: .venv/ready
	.venv/bin/remesa demo

test: .venv/ready
	.venv/bin/python -m pytest -n 2 --dist worksteal

lint: .venv/ready
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

# bootstrap.sh itself sees what is up to date, by content, and is done in a moment then.
.venv/ready: always
	@PYTHON="$(PYTHON)" sh bootstrap.sh .venv

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .benchmarks
	find sim scenarios experiments analysis tests -name __pycache__ -prune -exec rm -rf {} +
