#!/usr/bin/env bash
# Makes what is generated anew and says whether it differs from what was there:
#   scripts/fresh.sh 'make generate' graph/gen graph/model/models_gen.go
set -euo pipefail
make=$1
shift

sums() { find "$@" -type f 2>/dev/null | LC_ALL=C sort | xargs -r sha256sum; }

before=$(sums "$@")
$make
if ! diff <(echo "$before") <(sums "$@") >&2; then
	echo "fresh: the files above were not what \`$make\` makes; they are now: look at them and commit them" >&2
	exit 1
fi
