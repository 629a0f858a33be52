-- A manager's page of users is one walk through the index, in the order of the list.
drop index users_user_by_manager;
create index users_user_by_manager on users_user (manager, created_at, number)
  where manager is not null;
