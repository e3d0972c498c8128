-- What people's lists show of each action that was ruled on, and whom it is waiting for. Everything here follows from the
-- ledger: empty both tables, set `listed_seq` below to 0, and the next process that starts fills them again.
create table countersign_list (
  action_id     text primary key,
  title         text not null,
  action_type   text not null,
  target        text not null,
  environment   text not null,
  agent_id      text not null,
  tier          smallint not null,
  risk          double precision not null, -- 0 to 100
  status        text not null,             -- waiting, running, closed
  opened_at     bigint not null,           -- all times: milliseconds since the epoch
  ruled_at      bigint not null,
  deadline      bigint,                    -- null: nobody is asked
  needed        text,                      -- of which groups people are still asked
  groups        text[] not null,           -- all groups that were asked
  settlement    text,
  settled_at    bigint,                    -- the decision that settled it; null: none did
  outcome       text,                      -- null: it is not over
  closed_at     bigint,
  review_due_at bigint,                    -- null: no review was opened
  review        text,                      -- null: nobody made it yet
  known         json not null              -- what its later entries need of the earlier ones
);

create index countersign_list_opened on countersign_list (opened_at, action_id);
create index countersign_list_status on countersign_list (status, opened_at, action_id);
create index countersign_list_agent on countersign_list (agent_id, opened_at, action_id);
create index countersign_list_target on countersign_list (target, opened_at, action_id);
create index countersign_list_closed on countersign_list (closed_at) where closed_at is not null;
create index countersign_list_reviews on countersign_list (review_due_at) where review_due_at is not null;

-- A list is read along the key, so that its next page costs what its first one does.
create table countersign_people (
  person    text not null,
  part      text not null,   -- asked, reviews, decided
  at        bigint not null, -- when its decision or review is due; when it was decided
  action_id text not null,
  verdict   text,
  reason    text,
  primary key (person, part, at, action_id)
);

create index countersign_people_action on countersign_people (action_id);
create index countersign_people_part on countersign_people (part, at, person);

-- The entries that a level follows from.
create index countersign_ledger_standing on countersign_ledger (seq) where kind in ('enrolled', 'granted', 'demoted');

-- How much of the ledger is in both. Apart from `seq`: a worker of an earlier version moves only that.
alter table countersign_projection add column listed_seq bigint not null default 0;

grant select, insert, update on countersign_list to countersign_app;
grant select, insert, update, delete on countersign_people to countersign_app;
