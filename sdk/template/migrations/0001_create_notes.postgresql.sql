create table jotter_note (
  id bigint generated always as identity primary key,
  owner bigint not null,
  text text not null,
  created_at bigint not null
);
create index jotter_note_owner on jotter_note (owner, id);
