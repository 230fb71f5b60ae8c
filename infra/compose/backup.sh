#!/bin/sh
# backup.sh FILE: everything that Astreinte keeps, in one archive. All of it stops meanwhile: then the four databases
# and what Kafka knows of them are of one moment. Callers get 503 with Retry-After, or no answer, until it is back.
set -eu
file=$(realpath -m "${1:?the file to write}")
cd "$(dirname "$0")"
umask 077
trap 'docker compose up --detach --wait --quiet-pull >&2' EXIT
docker compose stop front >&2
docker compose stop ticket dispatch inventory notify >&2
docker compose stop kafka mongo >&2
docker compose run --rm --no-deps -T archive > "$file.part"
mv "$file.part" "$file"
