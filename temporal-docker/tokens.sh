#!/bin/sh
# Writes a token for each service into .env, for a year or as many days as --days says, and makes the key that they are signed
# with where there is none yet. With a name, prints a token for somebody else:
#   ./tokens.sh grace --permit countersign:read --days 30
# Runs "countersign" in the worker's image; COUNTERSIGN names another way to run it.
set -eu
umask 077
cd "$(dirname "$0")"
folder=temporal-auth

countersign() {
  if [ -n "${COUNTERSIGN:-}" ]; then
    $COUNTERSIGN "$@"
  else
    docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$PWD/$folder:/tokens/$folder" --workdir /tokens \
      countersign-worker:0.1.0 node /app/dist/cli/main.js "$@"
  fi
}

token() {
  countersign temporal-auth token "$@" --key "$folder/key.json"
}

# write NAME VALUE: as the only line of that name in .env. In place, so that its owner and mode stay.
write() {
  { grep -v "^$1=" .env || true; echo "$1=$2"; } >"$folder/env.new"
  cat "$folder/env.new" >.env
  rm "$folder/env.new"
}

mkdir -p "$folder"
if [ ! -e "$folder/key.json" ]; then
  countersign temporal-auth key --out "$folder/key.json" --jwks "$folder/jwks.json" >&2
  # The server reads it as another user. The folder is for its owner alone, but Docker mounts the file itself.
  chmod 644 "$folder/jwks.json"
fi

case "${1:---}" in
  --*) ;;
  *) token "$@"; exit ;;
esac

[ -e .env ] || { echo 'There is no .env here: cp .env.example .env' >&2; exit 1; }
namespace=$(sed -n 's/^TEMPORAL_NAMESPACE=//p' .env)
namespace=${namespace:-countersign}
for line in \
  "TEMPORAL_API_KEY worker $namespace:write" \
  "TEMPORAL_API_KEY_GATEWAY gateway $namespace:write" \
  "TEMPORAL_API_KEY_UI temporal-ui temporal-system:read" \
  "TEMPORAL_API_KEY_ADMIN temporal-namespace temporal-system:admin"; do
  # shellcheck disable=SC2086
  set -- $line -- "$@"
  name=$1 subject=$2 permission=$3
  shift 4
  # Taken first: a failure inside of a command's arguments would not end this script.
  signed=$(token "$subject" --permit "$permission" "$@")
  write "$name" "$signed"
done
echo "The tokens of Temporal are in .env. Now: docker compose up --detach" >&2
