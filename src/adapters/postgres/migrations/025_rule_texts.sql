-- The text of each file of an installation's folder that a worker loaded, by its SHA-256. The ledger says which files made up the rules at what
-- time (entries `rulesChanged`); here is what stood in them.
create table countersign_rule_texts (
  digest  text  primary key,  -- hex
  content bytea not null
);

-- For the list of changes, the latest first.
create index countersign_ledger_rules on countersign_ledger (seq) where kind = 'rulesChanged';

-- A worker can add texts. Nobody but the owner changes or removes one, and that shows: the digest of a text is in the ledger.
grant insert, select on countersign_rule_texts to countersign_worker;
grant select on countersign_rule_texts to countersign_auditor;
