-- What happened, in chains: every row holds the hash of the row before it (README.md, "Chains").
create table audit_event (
  number integer primary key autoincrement,
  chain integer not null,
  sequence integer not null,
  at integer not null,
  action text not null,
  outcome integer not null,
  user_number integer not null,
  actor_number integer not null,
  on_behalf_of integer not null,
  account integer not null,
  changes text not null,
  detail text not null,
  count integer not null,
  request_id text not null,
  method text not null,
  active boolean,
  roles_added integer not null,
  roles_removed integer not null,
  personal text not null,
  hash text not null,
  unique (chain, sequence)
);
create index audit_event_by_account on audit_event (account, number) where account > 0;

-- Ids, names and addresses of the people in an event, and the way from a person to their events: one
-- row for each part that they have in it (1: did it, 2: to whom it happened, 3: for whom it was done).
-- What was said of them in another part of the event already, or was erased, is blank.
create table audit_personal (
  person integer not null,
  part integer not null,
  number integer not null,
  salt text not null,
  id text not null,
  name text not null,
  address text not null,
  primary key (person, part, number)
) without rowid;

-- The newest row of each chain, and where it begins since it was pruned.
create table audit_chain (
  chain integer primary key,
  sequence integer not null,
  hash text not null,
  mac text not null,
  first integer not null,
  first_hash text not null,
  cut_mac text not null
);

-- Whose personal parts are to go, or went a short time ago.
create table audit_erasure (
  person integer primary key,
  requested_at integer not null,
  passes integer not null
);

-- Restores that the trail has yet to be told of.
create table audit_restored (
  epoch integer primary key
);
