# Shared by the scripts: the project's folder, its runtime, and the install and build steps.
# The scripts run under `bash -p`, which ignores BASH_ENV, CDPATH and exported functions. Their child processes must not get them either.
unset BASH_ENV ENV CDPATH
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PWD/node_modules/.bin:$PATH"
export NEXT_TELEMETRY_DISABLED=1
# Only the owner may write to installed and built files. A stricter umask is kept.
umask go-w

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }

# hash_of PATH…: one hash of the contents of all paths.
hash_of() {
  find "$@" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# alone COMMAND…: runs the command under a lock of this checkout.
alone() {
  mkdir -p .cache
  if command -v flock > /dev/null; then
    (
      flock -n 9 || { say "Waiting for another start in this checkout" && flock 9; } || exit
      "$@" 9>&-
    ) 9> .cache/lock
    return
  fi
  local owner
  until mkdir .cache/lock.d 2> /dev/null; do
    owner=$(cat .cache/lock.d/pid 2> /dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2> /dev/null; then rm -rf .cache/lock.d; else sleep 1; fi
  done
  echo $$ > .cache/lock.d/pid
  local code=0
  "$@" || code=$?
  rm -rf .cache/lock.d
  return $code
}

# unless_done NAME HASH COMMAND…: runs the command unless it already succeeded with this hash.
unless_done() {
  if [ "$(cat ".cache/$1" 2> /dev/null)" = "$2" ]; then return 0; fi
  alone run_and_stamp "$@"
}

run_and_stamp() {
  local stamp=".cache/$1" hash="$2"
  shift 2
  # Another script may have done it while this one waited for the lock.
  if [ "$(cat "$stamp" 2> /dev/null)" = "$hash" ]; then return 0; fi
  rm -f "$stamp"
  "$@" || return
  echo "$hash" > "$stamp"
}

# npm and Next write below HOME. If HOME is not writable, they get a folder here, with the npm settings of HOME.
writable_home() {
  local probe
  # For root, every folder looks writable, so try to write.
  if probe=$(mktemp "${HOME:-/nowhere}/.fresco.XXXXXX" 2> /dev/null); then
    rm -f "$probe"
    return
  fi
  if [ -f "${HOME:-}/.npmrc" ]; then export npm_config_userconfig="${npm_config_userconfig:-$HOME/.npmrc}"; fi
  export HOME="$PWD/.cache/home"
  mkdir -p "$HOME"
}

# A host's npm settings must not change what is installed. Flags override the environment and every .npmrc.
install_packages() {
  say "Installing packages"
  writable_home
  NODE_ENV=development npm ci --prefix "$PWD" --include=dev --include=optional --include=peer --ignore-scripts=false --dry-run=false \
    --global=false --location=project --workspaces=false --bin-links=true --package-lock=true --package-lock-only=false \
    --install-strategy=hoisted --engine-strict=false --update-notifier=false --no-audit --no-fund --loglevel=error
}

ensure_packages() {
  if ! command -v npm > /dev/null; then
    echo "Fresco needs Node 20 or newer with npm: https://nodejs.org" >&2
    return 1
  fi
  [ -x node_modules/.bin/node ] || rm -f .cache/packages
  unless_done packages "$(hash_of package.json package-lock.json)" install_packages
}

build_pages() {
  say "Building the pages"
  writable_home
  NODE_ENV=production node node_modules/next/dist/bin/next build
}

ensure_build() {
  [ -f .next/BUILD_ID ] || rm -f .cache/build
  unless_done build "$(hash_of app components lib public server/handle.ts next.config.mjs postcss.config.mjs tsconfig.json package-lock.json)" build_pages
}

# A host's settings for servers, language and network must not change the results of the checks.
neutral_environment() {
  local name
  for name in NODE_ENV $(sed -n 's/^#\([A-Z_]*\)=.*/\1/p' .env.example); do unset "$name"; done
  unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_USE_ENV_PROXY
  export LC_ALL=C.UTF-8 TZ=UTC ENV_FILE=/dev/null
  writable_home
}
