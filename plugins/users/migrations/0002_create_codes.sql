-- Codes that were mailed and not used yet; only their digests. subject: the number of the change that an
-- undo takes back, else 0.
create table users_code (
  code_hash text primary key,
  user_number bigint not null references users_user (number) on delete cascade,
  purpose bigint not null,
  subject bigint not null,
  expires_at bigint not null
);
create index users_code_by_user on users_code (user_number);
create index users_code_by_expiry on users_code (expires_at);

-- Changes of e-mail addresses in the last days, numbered for each user, and what was before each.
create table users_email_change (
  user_number bigint not null references users_user (number) on delete cascade,
  number bigint not null,
  old_email text,
  old_verified boolean not null,
  old_recovery_email text,
  recent_sign_in boolean not null,
  asked_at bigint not null,
  primary key (user_number, number)
);
create index users_email_change_by_time on users_email_change (asked_at);
