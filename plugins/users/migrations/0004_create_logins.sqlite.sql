-- What is left of the budgets of failed sign-ins: when each will be whole again. The key is a keyed
-- digest of a user, of a name that nobody has, of a user's device, or of an address.
create table users_throttle (
  key text primary key,
  full_at bigint not null
);
create index users_throttle_by_time on users_throttle (full_at);

-- Networks from which a user has signed in not long ago.
create table users_device (
  user_number bigint not null references users_user (number) on delete cascade,
  network text not null,
  seen_at bigint not null,
  primary key (user_number, network)
);
create index users_device_by_time on users_device (seen_at);

-- Sign-ins of users, and failed ones.
create table users_login (
  number integer primary key autoincrement,
  user_number bigint not null references users_user (number) on delete cascade,
  attempted_at bigint not null,
  success boolean not null,
  method text not null,
  mount text not null,
  remote_address text not null,
  user_agent text
);
create index users_login_by_user on users_login (user_number, attempted_at, number);
create index users_login_by_time on users_login (attempted_at);
