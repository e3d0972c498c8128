#!/bin/sh
# Creates the namespace and its search attributes once. Address, namespace and an admin's token come from TEMPORAL_ADDRESS,
# TEMPORAL_NAMESPACE and TEMPORAL_API_KEY.
set -eu

# Tries for a minute: a frontend that answers may still be waiting for the server's other parts, and it learns of a namespace
# some seconds after that is made.
patiently() {
  attempt=1
  until "$@"; do
    [ "$attempt" -lt 30 ] || return 1
    attempt=$((attempt + 1))
    sleep 2
  done
}

namespaces() {
  temporal operator namespace list --command-timeout 5s >/dev/null
}

if ! patiently namespaces; then
  echo "The Temporal server at $TEMPORAL_ADDRESS does not list its namespaces: does it run, and is the token of its key?" >&2
  exit 1
fi

if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  echo "Namespace $TEMPORAL_NAMESPACE is there already."
else
  # How long a closed action's history can still be read; the ledger keeps its own record for good.
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
fi

# By which the UI filters. A worker would add them itself, but its token may not. What is there already stays.
patiently temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" \
  --name CountersignTier --type Int \
  --name CountersignStatus --type Keyword \
  --name CountersignAgent --type Keyword \
  --name CountersignActionType --type Keyword \
  --name CountersignTarget --type Keyword \
  --name CountersignEnvironment --type Keyword \
  --name CountersignOutcome --type Keyword \
  --name CountersignDeadline --type Datetime
