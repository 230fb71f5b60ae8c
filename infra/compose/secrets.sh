#!/bin/sh
# Makes .env beside this file, for this user alone: passwords of the database, by chance. Keep a copy elsewhere.
set -eu
cd "$(dirname "$0")"
[ ! -e .env ] || { echo "There is a .env already; it is left as it is." >&2; exit 1; }
umask 077
{
  for name in MONGODB_OPERATOR_PASSWORD TICKET_PASSWORD DISPATCH_PASSWORD INVENTORY_PASSWORD NOTIFY_PASSWORD MONGODB_KEY ASTREINTE_LINK_KEY ASTREINTE_CODES_KEY; do
    echo "$name=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  done
  cat <<'E'
# Yours to fill in:
ASTREINTE_HOSTNAME=localhost
ASTREINTE_ISSUER=
ASTREINTE_SMTP=
ASTREINTE_MAIL_FROM=
ASTREINTE_FIRM=
E
} > .env
echo "Wrote $(pwd)/.env; fill in its last lines."
