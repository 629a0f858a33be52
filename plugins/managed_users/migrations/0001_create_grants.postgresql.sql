-- What users let others do with their data. scopes: with blanks between; made_by: the owner, or who
-- managed them then; confirmed: by the owner, who made it or agreed to it.
create table managed_users_grant (
  number bigint generated always as identity primary key,
  id text not null unique,
  owner bigint not null,
  grantee bigint not null,
  scopes text not null,
  made_by bigint not null,
  confirmed boolean not null,
  created_at bigint not null,
  expires_at bigint
);
create unique index managed_users_grant_by_owner on managed_users_grant (owner, grantee);
create index managed_users_grant_by_grantee on managed_users_grant (grantee, number);
create index managed_users_grant_by_expiry on managed_users_grant (expires_at);
