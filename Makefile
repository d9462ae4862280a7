# Holdfast. `make run` and `make test` are all that is needed; the rest is for working on it.
SHELL := /bin/bash
JOBS ?= $(shell nproc)
SWIFT_FLAGS := -j $(JOBS)
# Libraries are optimised together with what calls them, and calls into the runtime are direct.
RELEASE_FLAGS := -Xswiftc -cross-module-optimization --static-swift-stdlib
HOLDFAST := .build/release/holdfast
PEERS := .build/peers
# Kernels of BLAS that every x86-64 processor of the last ten years has; one thread.
NUMERIC := OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1
# Tests whose peers must answer in time: few at once, and apart from those that compute for minutes.
SERVED := PostingStreamTests|WalletTests|WalletAPITests|LedgerTests|PostgreSQLTests|PeopleTests|SchemaTests|AuditTrailTests|NoticesTests
PACKAGES := postgresql-15 libpq-dev libzmq3-dev libsodium-dev libblas-dev liblapacke-dev \
	libopenblas0-pthread libjemalloc-dev zlib1g-dev libargon2-dev libhpdf-dev \
	libqrencode-dev libp11-kit-dev libcurl4-openssl-dev

# What tests need beside: a browser, other keepers of books, readers of PDF.
TEST_PACKAGES := chromium chromium-driver hledger ledger poppler-utils fonts-dejavu-core \
	softhsm2 exim4-daemon-light

DATASET := Datasets/simulated_wallet
# What the notebooks read; they judge the shipped model in these windows, a week after what it was fitted to.
RESULTS := .build/notebooks
WINDOWS := 2025-02-19 2025-02-24 2025-03-01 2025-03-06 2025-03-12
JUDGED := Models/default $(DATASET).csv.gz --from 2025-02-19

.PHONY: help packages build release run test soak bench peers dataset model notebooks format lint clean
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

packages: # install the missing Debian packages, by name
	@missing=$$(for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing Debian packages:" $$missing; \
	  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  $$as_root apt-get update -qq && \
	  $$as_root apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

build: packages ## build for debugging
	swift build $(SWIFT_FLAGS)

release: packages ## build for release
	swift build -c release $(SWIFT_FLAGS) $(RELEASE_FLAGS) --product holdfast

run: release ## run everything, with a simulated population paying
	@$(NUMERIC) $(HOLDFAST) up --simulate

test: packages $(PEERS)/tested ## run the whole test suite
	@$(MAKE) --no-print-directory packages PACKAGES='$(TEST_PACKAGES)'
	swift build $(SWIFT_FLAGS) --build-tests
	$(NUMERIC) swift test $(SWIFT_FLAGS) --skip-build --skip '$(SERVED)|CommandTests|FaultTests'
	$(NUMERIC) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4 \
	  swift test $(SWIFT_FLAGS) --skip-build --filter '$(SERVED)'
	$(NUMERIC) SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=3 \
	  swift test $(SWIFT_FLAGS) --skip-build --filter CommandTests
	$(NUMERIC) swift test $(SWIFT_FLAGS) --skip-build --filter FaultTests

soak: packages ## run the fault tests in their long form; HOLDFAST_SEED=n repeats a run
	swift build $(SWIFT_FLAGS) --build-tests
	HOLDFAST_SOAK=1 $(NUMERIC) swift test $(SWIFT_FLAGS) --skip-build --filter FaultTests

bench: release ## run all benchmarks
	@for b in ledger "ledger --hot 0.9" authorize engine stream models table; do \
	  echo "bench $$b"; $(NUMERIC) $(HOLDFAST) bench $$b || exit 1; done

peers: $(PEERS)/tested ## install what benchmarks compare with, too, under .build/
	$(PEERS)/bin/pip install --quiet --requirement Tests/Peers/requirements.txt

# What tests compare with: onnxruntime, and models of scikit-learn as skl2onnx writes them.
$(PEERS)/tested: Tests/Peers/test-requirements.txt
	@python3 -c 'import ensurepip' 2>/dev/null || $(MAKE) packages PACKAGES=python3-venv
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet --requirement $<
	@touch $@

dataset: release ## make the shipped data set again, byte for byte
	@$(HOLDFAST) dataset generate --seed 7 --people 8050 --days 70 --out $(DATASET).csv.gz \
	  --truth $(DATASET)_truth.csv --card Datasets/DATA_CARD.md --held-out 2025-02-12

model: release ## make the shipped model again, byte for byte, from the data set
	@$(NUMERIC) $(HOLDFAST) train $(DATASET).csv.gz --until 2025-02-12 --out Models/default

notebooks: release $(PEERS)/tested ## run the commands that the notebooks read, and the notebooks, in place
	$(PEERS)/bin/pip install --quiet --requirement Notebooks/requirements.txt
	mkdir -p $(RESULTS)
	$(HOLDFAST) features --json >$(RESULTS)/features.json
	$(NUMERIC) $(HOLDFAST) score $(JUDGED) --features --out $(RESULTS)/judged.csv
	$(NUMERIC) $(HOLDFAST) score $(JUDGED) --out $(RESULTS)/scores.csv
	$(NUMERIC) $(HOLDFAST) score Models/default $(DATASET).csv.gz --until 2025-02-12 --features \
	  --out $(RESULTS)/fitted.csv
	$(NUMERIC) $(HOLDFAST) evaluate $(JUDGED) --json >$(RESULTS)/evaluate.json
	$(NUMERIC) $(HOLDFAST) backtest $(JUDGED) --json >$(RESULTS)/backtest.json
	set -- $(WINDOWS); while [ $$# -gt 1 ]; do \
	  $(NUMERIC) $(HOLDFAST) drift Models/default $(DATASET).csv.gz --from $$1 --until $$2 --json \
	    >$(RESULTS)/drift_$$1.json || exit 1; shift; done
	cd Notebooks && ../$(PEERS)/bin/jupyter nbconvert --to notebook --execute --inplace \
	  --ExecutePreprocessor.record_timing=False --log-level=WARN *.ipynb

format: ## format the sources in place
	swift format --in-place --recursive Package.swift Sources Tests

lint: ## check the sources' format and style
	swift format lint --strict --recursive Package.swift Sources Tests
	python3 Tools/lint_sql.py Sources
	python3 -m unittest discover --start-directory Tools --pattern 'test_*.py'

clean: ## remove what was built
	rm -rf .build
