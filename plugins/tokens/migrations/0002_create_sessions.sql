-- Sessions: of people who signed in with a password, with a family of refresh tokens (family_key,
-- sealed), or opened by another API, with a token of their own (token_digest).
create table tokens_session (
  id text primary key,
  user_number bigint not null,
  mount text not null,
  method text not null,
  scopes text,
  created_at bigint not null,
  signed_in_at bigint,
  remote_address text not null,
  user_agent text not null,
  last_used_at bigint not null,
  last_used_address text not null,
  idle_until bigint not null,
  expires_at bigint not null,
  user_epoch bigint not null,
  deployment_epoch bigint not null,
  family_key text,
  generation bigint not null,
  rotated_at bigint not null,
  token_digest text
);
create index tokens_session_by_user on tokens_session (user_number, created_at, id);
create index tokens_session_by_end on tokens_session (idle_until);
