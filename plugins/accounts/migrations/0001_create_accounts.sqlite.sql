-- Accounts with all columns of contracts v1, numbers never used again (autoincrement). consultancy: the
-- account that looks after this one.
create table accounts_account (
  number integer primary key autoincrement,
  id text not null unique,
  name text not null,
  name_key text not null unique,
  consultancy bigint references accounts_account (number),
  primary_color text,
  secondary_color text,
  logo_url text,
  is_default boolean not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index accounts_account_by_created on accounts_account (created_at, number);
create index accounts_account_by_consultancy on accounts_account (consultancy) where consultancy is not null;
create unique index accounts_account_default on accounts_account (is_default) where is_default;

-- What accounts may be called beside their names; each is made when it is first given.
create table accounts_role (
  number integer primary key autoincrement,
  name text not null unique
);
create table accounts_account_role (
  account_number bigint not null references accounts_account (number) on delete cascade,
  role_number bigint not null references accounts_role (number),
  primary key (account_number, role_number)
);
create index accounts_account_role_by_role on accounts_account_role (role_number);

-- Which there are no more: their numbers and ids are never used again.
create table accounts_deleted (
  number integer primary key,
  id text not null unique
);

-- Where users belong who are given no other. An id has a letter (security.md 9).
insert into accounts_account (id, name, name_key, is_default, created_at, updated_at)
select lower(substr(hex(randomblob(12)), 1, 23)) || substr('abcdef', 1 + abs(random() % 6), 1), 'Default',
  'default', true, seconds * 1000000, seconds * 1000000
from (select cast(strftime('%s', 'now') as integer) as seconds);
