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

# What Python compiles is kept: pytest rewrites each test, and each of its workers would do so for all of them.
unset PYTHONDONTWRITEBYTECODE

# $1: name of the step; the rest: the command.
step() {
    name=$1
    shift
    printf '\n== %s\n' "$name"
    "$@" || fail "step \"$name\" failed: $*"
}

step "format" ruff format --check .
step "lint" ruff check .
# The types are judged on one core; meanwhile the tests are rewritten on another. What is wrong with them they tell below.
python -m pytest --collect-only -qqq "$@" >/dev/null 2>&1 &
rewriting=$!
trap 'kill "$rewriting" 2>/dev/null || :' EXIT
step "types" mypy app drivers tests
step "imports" lint-imports --no-logo
wait "$rewriting" || :
step "tests" python -m pytest -q -n auto --dist worksteal -m "not device and not bench" "$@"
printf '\nAll steps passed.\n'
