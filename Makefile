# Every target delegates to a script or to CMake. KUBECONFIG, when set, means: use that cluster, and start none
# (its images come from a registry then: set IMAGE_PREFIX).

.DEFAULT_GOAL := help
.PHONY: help deps build generate test test-unit test-e2e test-faults demo bench scale check check-threads fuzz images cluster-up cluster-down cluster-smoke

help: ## Show this list.
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/' | expand -t 16

deps: ## Install Debian packages and the tests' Python environment (idempotent).
	@e2e/deps.sh

build: deps ## Build all programs and unit tests (build/dev).
	@e2e/build.sh dev

generate: deps ## Rewrite what is generated: CRDs, their reference pages, the tables of built-in kinds.
	@e2e/generate.sh

test: deps ## Run everything: unit tests, a sample of the fault tests, then end-to-end tests on a real cluster.
	@e2e/test.sh all

test-unit: deps ## Run the unit and integration tests only.
	@e2e/test.sh unit

test-e2e: deps ## Run the end-to-end tests only.
	@e2e/test.sh e2e

test-faults: deps ## Prove the operator under faults: every write interrupted, watches late, a hostile API server. Takes about an hour.
	@e2e/faults.sh all

demo: deps ## Show the whole loop on a local cluster. KILL=<seed> kills the operator again and again.
	@GYRE_DEMO_KILL=$(KILL) e2e/demo.sh

bench: deps ## Measure, and print the figures.
	@e2e/bench.sh

scale: deps ## Run 10,000 TrainingJobs and 2,000 InferenceServices on 500 simulated nodes. ARGS="--trainings 1000 --services 200" for fewer.
	@e2e/scale.sh $(ARGS)

check: deps ## Format, shell lint, generated files, and all unit tests (layers among them) under sanitizers.
	@e2e/check.sh

check-threads: deps ## Run all unit tests under the thread sanitizer.
	@e2e/check.sh threads

fuzz: deps ## Fuzz the parsers. SECONDS=1200 for each (60 when not said); TARGETS="csv watch_frame" for some of them.
	@e2e/fuzz.sh $(or $(SECONDS),60) $(TARGETS)

images: deps ## Build the container images and import those that changed into the local cluster.
	@e2e/images/build.sh

cluster-up: deps ## Start the local Kubernetes cluster, or leave a healthy one as it is.
	@e2e/cluster/up.sh

cluster-down: ## Stop the local cluster and take away what it left.
	@e2e/cluster/down.sh

cluster-smoke: ## Show that the running local cluster works.
	@e2e/cluster/smoke.sh
