# Where each image's files come from. Sourced.
# shellcheck shell=bash

dockerfile_of() {
  case $1 in
    operator | dataplane) echo "$GYRE_ROOT/$1/Dockerfile" ;;
    pause | runtime) echo "$GYRE_ROOT/e2e/images/$1/Dockerfile" ;;
    sample-python) echo "$GYRE_ROOT/samples/python/Dockerfile" ;;
    trainer | mlserver | fastapi) echo "$GYRE_ROOT/samples/$1/Dockerfile" ;;
    *) die "there is no image $1" ;;
  esac
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
    runtime) runtime_context ;;
    operator) programs_context operator "${OPERATOR_PROGRAMS[@]}" ;;
    dataplane) programs_context dataplane "${DATAPLANE_PROGRAMS[@]}" ;;
    pause) pause_context ;;
    *) dirname "$(dockerfile_of "$1")" ;;
  esac
}
