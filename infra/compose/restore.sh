#!/bin/sh
# restore.sh FILE: an archive of backup.sh onto a server that has no data, with the .env of the one that is lost.
# Each database begins a new epoch: nobody takes an event that comes now for one that he saw before the loss.
set -eu
file=$(realpath "${1:?the file that backup.sh wrote}")
cd "$(dirname "$0")"
name=$(docker compose config --format json | sed -n 's/^ *"name": "\([a-z0-9_-]*\)",$/\1/p' | head -n 1)
for volume in kafka mongo; do
  if docker volume inspect "${name}_$volume" > /dev/null 2>&1; then
    echo "This server has data already (volume ${name}_$volume); remove it first if it may go." >&2
    exit 1
  fi
done
docker compose run --rm --no-deps -T unarchive < "$file" >&2
docker compose up --detach --wait mongo >&2
docker compose up --no-log-prefix database >&2
for service in ticket dispatch inventory notify; do
  docker compose run --rm --no-deps -T "$service" astreinte restored "$service" >&2
done
docker compose up --detach --wait >&2
