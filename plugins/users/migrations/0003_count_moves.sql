-- What was derived from a password ends with a move to another account, the password does not.
alter table users_credential add column moves bigint not null default 0;
