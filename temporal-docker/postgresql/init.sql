-- Runs once, as the superuser, when the data volume is empty. One role for Temporal, and for Countersign one for each part that
-- uses its database. Neither can open the other's database: who administers Temporal does not thereby rewrite the ledger.
\set ON_ERROR_STOP on
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv owner_password COUNTERSIGN_DB_PASSWORD
\getenv worker_password COUNTERSIGN_WORKER_DB_PASSWORD
\getenv gateway_password COUNTERSIGN_GATEWAY_DB_PASSWORD
\getenv auditor_password COUNTERSIGN_AUDITOR_DB_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

-- The groups, and what each of them is for.
\i /etc/countersign/roles.sql

-- Who owns the tables. Only the service `migrate` signs in with it.
CREATE ROLE countersign LOGIN PASSWORD :'owner_password' IN ROLE countersign_app;
CREATE DATABASE countersign OWNER countersign;

-- None of these can change what is in the ledger. The limits keep one of them from taking the connections of all others.
CREATE ROLE worker LOGIN PASSWORD :'worker_password' CONNECTION LIMIT 60 IN ROLE countersign_worker;
CREATE ROLE gateway LOGIN PASSWORD :'gateway_password' CONNECTION LIMIT 30 IN ROLE countersign_gateway;
CREATE ROLE auditor LOGIN PASSWORD :'auditor_password' CONNECTION LIMIT 5 IN ROLE countersign_auditor;

-- PostgreSQL lets every role connect to every database unless told otherwise.
REVOKE ALL ON DATABASE temporal, temporal_visibility, countersign FROM PUBLIC;
GRANT CONNECT ON DATABASE countersign TO worker, gateway, auditor;
