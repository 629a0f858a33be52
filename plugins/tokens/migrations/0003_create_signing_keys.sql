-- Keys that sign access tokens; x and y are base64url as in JSON Web Keys, the secret half is sealed.
create table tokens_signing_key (
  kid text primary key,
  x text not null,
  y text not null,
  sealed_secret text not null,
  created_at bigint not null,
  signs_from bigint not null
);
