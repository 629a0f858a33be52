-- Sessions, of a person who signed in with a password, and the families of their refresh tokens.
create table tokens_session (
  id text primary key
);
