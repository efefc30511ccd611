#!/bin/sh
# Everything a change must pass, in order of speed; stops at the first step that fails.
#
#   sh packaging/test.sh                 all of it
#   sh packaging/test.sh tests/domain    the same judges, but these tests only (arguments go to pytest)
. "$(dirname "$0")/setup.sh"

set_up dev
cd "$ROOT"
PATH=$VENV/bin:$PATH
export PATH

# $1: name of the step; the rest: the command.
step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || fail "step \"$name\" failed: $*"
}

step "format" ruff format --check .
step "lint" ruff check .
step "types" mypy app drivers tests
step "imports" lint-imports --no-logo
step "tests" python -m pytest -q -n auto --dist worksteal -m "not device and not bench" "$@"
printf '\nAll steps passed.\n'
