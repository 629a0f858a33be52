-- A manager's page of users is one walk through the index, in the order of the list. By an expression,
-- so that the planner cannot walk users_user_by_created for it, through everybody else's users.
drop index users_user_by_manager;
create index users_user_by_manager on users_user (manager, (created_at + 0), number)
  where manager is not null;
