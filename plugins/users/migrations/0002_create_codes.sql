-- Codes that were mailed and not used yet; only their digests.
create table users_code (
  code_hash text primary key,
  user_number bigint not null references users_user (number) on delete cascade,
  purpose bigint not null,
  expires_at bigint not null
);
create index users_code_by_user on users_code (user_number);
create index users_code_by_expiry on users_code (expires_at);

-- E-mail addresses that were changed in the last days, and what they were before.
create table users_email_change (
  user_number bigint primary key references users_user (number) on delete cascade,
  old_email text,
  old_verified boolean not null,
  old_recovery_email text,
  recent_sign_in boolean not null,
  asked_at bigint not null
);
create index users_email_change_by_time on users_email_change (asked_at);
