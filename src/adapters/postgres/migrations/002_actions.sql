-- What the ledger says of each action that was ruled on, in a form that can be searched. Everything here follows from the
-- ledger: empty the table, set `seq` below to 0, and the next worker that starts fills it again.
create table countersign_actions (
  action_id         text primary key,
  agent_id          text not null,
  agent_version     text not null,
  model             text,                      -- null: the agent did not say
  prompt_digest     text,
  action_type       text not null,
  target            text not null,
  environment       text not null,
  service_tier      smallint not null,
  tier              smallint not null,
  risk              double precision not null, -- 0 to 100
  ruled_at          bigint not null,           -- all times: milliseconds since the epoch
  admitted_at       bigint,                    -- null: it never came to run
  rollback_began_at bigint,
  closed_at         bigint,                    -- null: it is not over
  outcome           text,
  settlement        text,                      -- how people's decision ended, where they were asked
  rollback_ms       bigint,
  review            text
);

create index countersign_actions_similar on countersign_actions (action_type, ruled_at);
create index countersign_actions_agent on countersign_actions (agent_id, action_type, service_tier, ruled_at);

-- How much of the ledger is in countersign_actions.
create table countersign_projection (
  only_row boolean primary key default true check (only_row),
  seq      bigint not null
);
insert into countersign_projection (seq) values (0);

grant select, insert, update on countersign_actions to countersign_app;
grant select, update on countersign_projection to countersign_app;
