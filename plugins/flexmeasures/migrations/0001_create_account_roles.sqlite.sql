-- The numbers by which clients know the roles of accounts; each is given when the role is first shown.
create table flexmeasures_account_role (
  id integer primary key autoincrement,
  name text not null unique
);
