-- Runs once, as the superuser, when the data volume is empty. One role for Temporal, one for Countersign's ledger,
-- and neither can open the other's database: who administers Temporal does not thereby rewrite the ledger.
\set ON_ERROR_STOP on
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv countersign_password COUNTERSIGN_DB_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

CREATE ROLE countersign LOGIN PASSWORD :'countersign_password';
CREATE DATABASE countersign OWNER countersign;
-- What a worker works as once it has migrated: this role can add to the ledger and cannot change what is in it.
CREATE ROLE countersign_app NOLOGIN;
GRANT countersign_app TO countersign;

-- PostgreSQL lets every role connect to every database unless told otherwise.
REVOKE CONNECT ON DATABASE temporal, temporal_visibility, countersign FROM PUBLIC;
