# Finds the MongoDB that the tests use, in this order: MONGODB_TEST_URI (a replica set), MONGODB_TEST_SERVER (a binary that takes
# --port, --storage-path and --sync-on-commit), mongod on the PATH (started as a one-node replica set), and the PyPI package SecantusDB
# in its own virtual environment. Without any of them, the tests that need MongoDB are skipped, or fail under REQUIRE_SERVICES=1.

find_mongodb() {
  if [ -n "${MONGODB_TEST_URI:-}" ]; then
    say "MongoDB: MONGODB_TEST_URI"
  elif [ -n "${MONGODB_TEST_SERVER:-}" ]; then
    say "MongoDB: MONGODB_TEST_SERVER"
  elif command -v mongod > /dev/null; then
    start_mongod
  else
    install_secantusdb || say "No MongoDB: the tests that need one are skipped"
  fi
}

start_mongod() {
  local port folder
  port=$(node -e 'const s=require("net").createServer().listen(0,()=>{console.log(s.address().port);s.close()})')
  folder=$(mktemp -d)
  say "MongoDB: mongod on port $port"
  mongod --replSet rs0 --port "$port" --bind_ip 127.0.0.1 --dbpath "$folder" --quiet > "$folder/log" 2>&1 &
  mongod_pid=$!
  at_exit+=("kill $mongod_pid; wait $mongod_pid 2> /dev/null; rm -rf '$folder'")
  node script/initiate-replica-set.ts "$port"
  export MONGODB_TEST_URI="mongodb://127.0.0.1:$port/?replicaSet=rs0"
}

install_secantusdb() {
  local venv=.cache/secantusdb
  if [ ! -x "$venv/bin/secantusd-py" ]; then
    command -v python3 > /dev/null || return 1
    say "MongoDB: installing SecantusDB from PyPI"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --pre 'SecantusDB==0.7.0b3' || return 1
  fi
  MONGODB_TEST_SERVER="$PWD/$venv/bin/secantusd-py"
  export MONGODB_TEST_SERVER
  say "MongoDB: SecantusDB"
}
