#!/usr/bin/env bash
# Installs what is missing, and nothing when all is there:
#   scripts/need.sh cc postgres          what the program needs
#   scripts/need.sh node chromium        what its tests need in addition
# Debian and Ubuntu; elsewhere it says what to install.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/.cache/node/node_modules/.bin:$PATH

say() { echo "need: $*" >&2; }

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		say "this takes root's rights and there is no sudo; run as root: $*"
		exit 1
	fi
}

# install NAME PACKAGE...: NAME is said to who must do it by hand.
install() {
	local name=$1
	shift
	if ! command -v apt-get >/dev/null; then
		say "$name is missing, and only Debian's apt-get is known here; install it and try again"
		exit 1
	fi
	say "installing $name"
	if [ -z "${updated:-}" ]; then
		as_root apt-get update -qq
		updated=yes
	fi
	local log
	if ! log=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" 2>&1); then
		echo "$log" >&2
		say "apt-get could not install $name"
		exit 1
	fi
}

has_cc() { command -v "${CC:-gcc}" >/dev/null && [ -e /usr/include/stdlib.h -o ! -e /etc/debian_version ]; }

# PostgreSQL's programs, not a running server: Hexbeat starts its own.
has_postgres() {
	command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
		compgen -G '/usr/pgsql-*/bin/initdb' >/dev/null || compgen -G '/opt/homebrew/opt/postgresql*/bin/initdb' >/dev/null
}

# The package makes a server of its own and starts it, unless told otherwise; the machine's setting is left as it was.
install_postgres() {
	local setting=/etc/postgresql-common/createcluster.d/hexbeat.conf
	as_root mkdir -p "$(dirname "$setting")"
	echo 'create_main_cluster = false' | as_root tee "$setting" >/dev/null
	trap 'as_root rm -f "'"$setting"'"' EXIT
	install PostgreSQL postgresql
	as_root rm -f "$setting"
	trap - EXIT
}

# The page's tools run on Node.js 20.19 and later.
has_node() {
	command -v npm >/dev/null && command -v node >/dev/null &&
		node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || a == 20 && b >= 19 ? 0 : 1)'
}

# Where the system's Node.js is too old, a newer one from the npm registry lives in .cache/node; the Makefile puts it first in PATH.
# It comes with its own npm: Debian's runs on Debian's Node.js alone.
install_node() {
	command -v npm >/dev/null || install Node.js nodejs npm
	has_node && return
	say "installing a newer Node.js into .cache/node"
	mkdir -p .cache/node
	echo '{"private": true}' >.cache/node/package.json
	npm install --prefix .cache/node --no-audit --no-fund --loglevel=error node@22 npm@10 >/dev/null
	hash -r
}

has_chromium() { [ -x "${HEXBEAT_CHROMIUM:-/usr/bin/chromium}" ]; }

for what in "$@"; do
	case $what in
	cc) has_cc || install 'a C compiler' gcc libc6-dev ;;
	postgres) has_postgres || install_postgres ;;
	node) has_node || install_node ;;
	chromium) has_chromium || install Chromium chromium fonts-dejavu-core ;;
	*)
		say "unknown: $what; one of cc, postgres, node, chromium"
		exit 2
		;;
	esac
	"has_$what" || { say "$what is still missing after installing it"; exit 1; }
done
