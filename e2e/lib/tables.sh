# shellcheck shell=bash
# What is generated from Kubernetes' Go types. Wants cluster/lib/common.sh and cluster/lib/tools.sh.

# generate_tables TABLES SAMPLES: by what built-in kinds are read in protocol buffers, and objects to test that with.
generate_tables() {
  check_go
  go run -C "$GYRE_ROOT/operator/kube/protobuf/generate" . tables "$1"
  go run -C "$GYRE_ROOT/operator/kube/protobuf/generate" . samples "$2"
}
