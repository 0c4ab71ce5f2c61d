#!/usr/bin/env bash
# Installs what is missing, and nothing when all is there:
#   scripts/need.sh go cc postgres       what the program needs; Go is only looked for
#   scripts/need.sh node chromium smtp   what its tests need in addition
#   scripts/need.sh metis scipy          what it is measured beside, and by
# Debian and Ubuntu; elsewhere it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/.cache/node/node_modules/.bin:$PATH

say() { echo "need: $*" >&2; }

give_up() {
	say "$@"
	exit 1
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

has_go() { command -v go >/dev/null && go list -m >/dev/null; }

has_cc() { command -v "${CC:-gcc}" >/dev/null && [ -e /usr/include/stdlib.h -o ! -e /etc/debian_version ]; }

has_curl() { command -v curl >/dev/null; }

# PostgreSQL's programs, not a running server: Hexbeat starts its own.
has_postgres() {
	command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
		compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql*/bin/initdb' >/dev/null
}

# The page's tools run on Node.js 20.19 and later.
has_node() {
	command -v npm >/dev/null && command -v node >/dev/null &&
		node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 19 ? 0 : 1)'
}

has_chromium() { [ -x "${HEXBEAT_CHROMIUM:-/usr/bin/chromium}" ]; }

has_metis() { command -v gpmetis >/dev/null; }

has_scipy() { /usr/bin/python3 -c 'import numpy, scipy' 2>/dev/null; }

# A mail server that runs without root's rights, as a process of the test's own.
has_smtp() { /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null; } # Debian's own: another Python on the PATH lacks its packages

# install PACKAGE...: in one go, or one sentence that says what to do by hand.
install() {
	command -v apt-get >/dev/null || give_up "missing: $missing; only Debian's apt-get is known here: install them and try again"
	local by_hand="apt-get install --no-install-recommends $*"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || give_up "missing: $missing; there is no sudo here, so run as root: $by_hand"
		say "missing: $missing; sudo may ask for your password"
		sudo true || give_up "sudo refuses; somebody with root's rights can run: $by_hand"
	fi
	say "installing $missing"
	# PostgreSQL's package makes a server of its own and starts it, unless told otherwise; the machine's setting is left as it was.
	local setting=/etc/postgresql-common/createcluster.d/hexbeat.conf log
	as_root mkdir -p "$(dirname "$setting")"
	trap 'as_root rm -f "'"$setting"'"' EXIT
	echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
	if ! log=$(as_root apt-get update -qq 2>&1 &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 2>&1); then
		echo "$log" >&2
		give_up "apt-get could not install $missing"
	fi
}

# Where the system's Node.js is too old, a newer one from the npm registry lives in .cache/node; the Makefile puts it first in PATH.
# It comes with its own npm: Debian's runs on Debian's Node.js alone.
newer_node() {
	say "installing a newer Node.js into .cache/node"
	mkdir -p .cache/node
	echo '{"private": true}' >.cache/node/package.json
	npm install --prefix .cache/node --no-audit --no-fund --loglevel=error node@22 npm@10 >/dev/null
	hash -r
}

missing='' packages=()

# want NAME PACKAGE...: NAME is for people.
want() {
	missing+=${missing:+, }$1
	shift
	packages+=("$@")
}

for what in "$@"; do
	case $what in
	go) has_go || give_up "Go $(awk '$1 == "go" { print $2 }' go.mod) or later is needed and not in PATH: https://go.dev/dl" ;;
	cc) has_cc || want 'a C compiler' gcc libc6-dev ;;
	postgres) has_postgres || want PostgreSQL postgresql ;;
	node) command -v npm >/dev/null || want Node.js nodejs npm ;;
	curl) has_curl || [ ${#packages[@]} = 0 ] || want curl curl ;; # for pasting the demo's requests: it comes along, nobody waits for it
	metis) has_metis || want METIS metis ;;
	scipy) has_scipy || want SciPy python3-numpy python3-scipy ;;
	smtp) has_smtp || want 'a mail server' python3 python3-aiosmtpd ;;
	chromium) has_chromium || want Chromium chromium fonts-dejavu-core ;;
	*)
		say "unknown: $what; one of go, cc, postgres, curl, node, chromium, smtp, metis, scipy"
		exit 2
		;;
	esac
done
if [ ${#packages[@]} -gt 0 ]; then
	install "${packages[@]}"
fi
for what in "$@"; do
	if [ "$what" = node ] && ! has_node; then newer_node; fi
	"has_$what" || [ "$what" = curl ] || give_up "$what is still missing after installing it"
done
