# Shared by the scripts: where the project is, its own runtime, and steps that tell what they do and how long it took.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
export NEXT_TELEMETRY_DISABLED=1

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }

# hash_of PATH…: one hash over the contents of everything there.
hash_of() {
  find "$@" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# unless_done NAME HASH COMMAND…: runs the command unless it succeeded before with the same hash.
unless_done() {
  local stamp=".cache/$1" hash="$2"
  shift 2
  if [ "$(cat "$stamp" 2>/dev/null)" = "$hash" ]; then return 0; fi
  rm -f "$stamp"
  "$@"
  mkdir -p .cache
  echo "$hash" > "$stamp"
}

install_packages() {
  say "Installing packages"
  npm install --no-audit --no-fund --loglevel=error
}

ensure_packages() {
  [ -x node_modules/.bin/next ] || rm -f .cache/packages
  unless_done packages "$(hash_of package.json package-lock.json)" install_packages
  # Installing may touch the lock; what counts is what it is now.
  hash_of package.json package-lock.json > .cache/packages
}

build_pages() {
  say "Building the pages"
  node node_modules/next/dist/bin/next build
}

ensure_build() {
  [ -f .next/BUILD_ID ] || rm -f .cache/build
  unless_done build "$(hash_of app components lib public server/handle.ts next.config.mjs postcss.config.mjs tsconfig.json package-lock.json)" build_pages
}
