-- What gateways count together, so that nobody gets more by asking several of them. All times: milliseconds since the epoch.
create table countersign_counts (
  subject  text primary key,
  began_at bigint not null,
  count    int not null
);
grant select, insert, update, delete on countersign_counts to countersign_gateway;

-- What was handed in unsigned and is not over yet: its ids begin with "~".
create index countersign_list_unsigned on countersign_list (action_id)
  where action_id like '~%' and status <> 'closed';
