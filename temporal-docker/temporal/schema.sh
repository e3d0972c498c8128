#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version. Safe to run again: that is how an upgrade works.
set -eu

for part in temporal:temporal temporal_visibility:visibility; do
  database=${part%%:*}
  schema=postgresql/v12/${part##*:}
  # Version 0.0 makes the version tables, and changes nothing where they show a later version already.
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-name "$schema"
done
