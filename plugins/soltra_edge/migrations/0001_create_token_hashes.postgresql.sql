-- The bcrypt hashes that clients are shown of tokens made on the dialect's mount. They open nothing.
create table soltra_edge_token_hash (
  token_id text collate "C" primary key,
  user_number bigint not null,
  hash text not null
);
create index soltra_edge_token_hash_by_user on soltra_edge_token_hash (user_number);
