# What a visitor needs. Contributors: ./run.sh help

.DEFAULT_GOAL := help
.PHONY: help demo test

help:
	@echo 'make demo    run the whole line on the built-in example, offline, and serve the site'
	@echo '             (make demo ARGS=--no-serve ends when the site is built)'
	@echo 'make test    lint, types, import contracts and every test'
	@echo
	@echo 'Both set up what they need in .venv. Contributors: ./run.sh help'

demo:
	@./run.sh install run
	@echo 'demo: an invented news web goes through the whole line'
	@.venv/bin/copydesk demo $(ARGS)

test:
	@./run.sh test-all
