-- Long-lived tokens for programs; of the secret only the SHA-256. scopes: a JSON array of permissions, null is
-- all of the owner's. format: 1 prefixed, 2 forty hex digits. made_on: the mount.
create table tokens_api_token (
  number integer primary key autoincrement,
  id text not null unique,
  user_number bigint not null,
  digest text not null unique,
  format bigint not null,
  title text not null,
  scopes text,
  active boolean not null,
  made_on text not null,
  created_at bigint not null,
  updated_at bigint not null,
  expires_at bigint not null,
  last_used_at bigint,
  last_used_address text
);
create index tokens_api_token_by_user on tokens_api_token (user_number, number);
create index tokens_api_token_by_expiry on tokens_api_token (expires_at);
