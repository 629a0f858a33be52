-- Who has been invited to take over a managed user, and what they shall be called; the names are not
-- theirs yet.
create table users_handover (
  user_number bigint primary key references users_user (number) on delete cascade,
  username text not null,
  email text not null,
  expires_at bigint not null
);
create index users_handover_by_expiry on users_handover (expires_at);
