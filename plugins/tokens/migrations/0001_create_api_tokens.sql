-- Long-lived tokens for programs; of the secret only a digest.
create table tokens_api_token (
  id text primary key
);
