# shellcheck shell=bash
# The page at `/`, bundled of web/ into build/page, which CMake puts into the service. Needs
# scripts/common.sh and scripts/node.sh.

PAGE=$BUILD/page

make_page() {
  local stamp=$1 packages fresh=$PAGE.new
  need_node && packages=$(need_node_packages web) || return
  say "bundling the page"
  mkdir -p "$fresh"
  quietly page "$NODE/bin/node" "$SOURCE/web/build.mjs" "$packages" "$fresh" || return
  printf '%s' "$stamp" >"$fresh/.stamp"
  rm -rf "$PAGE"
  mv "$fresh" "$PAGE"
}

# need_page: makes it anew when web/ changed. The service works without it: where Node.js or a package
# is not available, one line says so, and the next build tries again. FORKJAIL_PAGE=OFF does not try.
need_page() {
  local stamp
  mkdir -p "$PAGE"
  [[ -f $SOURCE/web/build.mjs ]] || return 0  # the image's later stages have the page alone
  stamp=$(cd "$SOURCE" && find web scripts/requirements-node.txt -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  [[ $(cat "$PAGE/.stamp" 2>/dev/null) == "$stamp" ]] && return
  if [[ ${FORKJAIL_PAGE:-ON} != OFF ]] &&
    (export PIP_RETRIES=${PIP_RETRIES:-1} npm_config_fetch_retries=${npm_config_fetch_retries:-1} && make_page "$stamp"); then
    return
  fi
  rm -rf "$PAGE"
  mkdir -p "$PAGE"
  say "no page: the service is built without it, and GET / answers 404"
}
