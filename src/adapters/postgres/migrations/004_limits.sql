-- Limits count what was admitted lately by agent, by action type and by service in an environment.
create index countersign_actions_admitted_by_agent
  on countersign_actions (agent_id, admitted_at) where admitted_at is not null;
create index countersign_actions_admitted_by_type
  on countersign_actions (action_type, admitted_at) where admitted_at is not null;
create index countersign_actions_admitted_on_service
  on countersign_actions (target, environment, admitted_at) where admitted_at is not null;
