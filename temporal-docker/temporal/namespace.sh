#!/bin/sh
# Creates the namespace once. Address and namespace come from TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.
set -eu

# A frontend that answers may still be waiting for the server's other parts.
attempt=1
until temporal operator namespace list --command-timeout 5s >/dev/null; do
  if [ "$attempt" -ge 30 ]; then
    echo "The Temporal server at $TEMPORAL_ADDRESS does not list its namespaces." >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 2
done

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "Namespace $TEMPORAL_NAMESPACE is there already."
else
  # How long a closed action's history can still be read; the ledger keeps its own record for good.
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
fi
