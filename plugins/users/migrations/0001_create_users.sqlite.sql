-- Users with all columns of contracts v1, numbers never used again (autoincrement).
create table users_user (
  number integer primary key autoincrement,
  id text not null unique,
  username text,
  username_key text not null,
  email text,
  email_key text not null,
  recovery_email text,
  email_verified boolean not null,
  first_name text,
  first_name_key text not null,
  last_name text,
  last_name_key text not null,
  timezone text not null,
  description text not null,
  preferences text,
  organization text,
  account bigint,
  manager bigint,
  role_bits bigint not null,
  active boolean not null,
  locked boolean not null,
  expires_at bigint,
  password_expires_at bigint,
  clearance_bits bigint not null,
  can_inbox boolean not null,
  api_access boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_login_at bigint,
  last_login_key bigint not null generated always as (coalesce(last_login_at, 0)) stored,
  previous_login_at bigint,
  last_seen_at bigint
);
create index users_user_by_created on users_user (created_at, number);
create index users_user_by_username on users_user (username_key, number);
create index users_user_by_email on users_user (email_key, number);
create index users_user_by_last_login on users_user (last_login_key, number);
create index users_user_admins on users_user (number) where (role_bits & 1) = 1;
create index users_user_by_account on users_user (account) where account is not null;
create index users_user_by_manager on users_user (manager) where manager is not null;

-- The one namespace of folded usernames and e-mail addresses; of usernames alone while e-mail
-- addresses may repeat (users.unique_email).
create table users_name (
  name_key text primary key,
  user_number bigint not null references users_user (number) on delete cascade
);
create index users_name_by_user on users_name (user_number);

create table users_credential (
  user_number bigint primary key references users_user (number) on delete cascade,
  password_hash text not null,
  version bigint not null,
  changed_at bigint not null
);

-- The marker of the first run, one row for ever. admin is the number of the user made by it, or null.
create table users_first_run (
  marker integer primary key,
  admin bigint,
  happened_at bigint not null
);
