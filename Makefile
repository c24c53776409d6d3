# Thin over dev.py, so that a machine without make does the same: py dev.py audit
PYTHON ?= python3

.PHONY: setup audit test notebooks check lab
setup audit test notebooks check lab:
	@$(PYTHON) dev.py $@ $(ARGS)
