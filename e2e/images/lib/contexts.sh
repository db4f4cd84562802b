# Where each image's files come from. Sourced.
# shellcheck shell=bash

dockerfile_of() {
  case $1 in
    operator) echo "$GYRE_ROOT/operator/Dockerfile" ;;
    pause) echo "$GYRE_ROOT/e2e/images/pause/Dockerfile" ;;
    sample-python) echo "$GYRE_ROOT/samples/python/Dockerfile" ;;
    trainer | mlserver | fastapi) echo "$GYRE_ROOT/samples/$1/Dockerfile" ;;
    *) die "there is no image $1" ;;
  esac
}

# program_folder: the newest of the folders that hold gyre-operator.
program_folder() {
  if [[ -n ${GYRE_BIN_DIR:-} ]]; then
    echo "$GYRE_BIN_DIR"
    return
  fi
  local newest="$GYRE_ROOT/build/dev/bin" other="$GYRE_ROOT/build/demo-build/bin"
  if [[ $other/gyre-operator -nt $newest/gyre-operator ]]; then newest=$other; fi
  echo "$newest"
}

# The operator's context holds the stripped programs and nothing else.
operator_context() {
  local context="$GYRE_ROOT/build/images/operator" from program
  from=$(program_folder)
  rm -rf "$context"
  mkdir -p "$context"
  for program in gyre-operator gyre-agent gyre-worker; do
    [[ -e $from/$program ]] || die "the operator image needs $program, and $from has none: run 'make build' first"
    strip -o "$context/$program" "$from/$program" 2>/dev/null || cp "$from/$program" "$context/$program"
  done
  echo "$context"
}

pause_context() {
  local context="$GYRE_ROOT/build/images/pause"
  mkdir -p "$context"
  gcc -Os -static -s -o "$context/pause" "$GYRE_ROOT/e2e/images/pause/pause.c" || die "compiling the pause program failed"
  echo "$context"
}

# context_of NAME: prints its context folder, made when it has to be.
context_of() {
  case $1 in
    operator) operator_context ;;
    pause) pause_context ;;
    *) dirname "$(dockerfile_of "$1")" ;;
  esac
}
