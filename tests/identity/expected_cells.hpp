// What the routes answer to whom: read from contracts/v1.md and security.md 1 to 6, never from what
// the code does. One block a route, one line an object, one column an actor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace gatehouse::identity {

// The columns. All belong to the account Firm, which looks after the account Client; `user` is
// alone in the account Home, which has to do with neither.
//   anon    nobody is signed in
//   user    no role
//   colleg  no role, but their colleagues are consultants and account-admins
//   acadm   account-admin of Firm
//   consul  consultant of Firm, so like an account-admin in Client, and nobody special in Firm
//   managr  no role, manages somebody
//   reader  admin-reader
//   staff, admin
//
// The lines, as the actor sees them:
//   own        the actor, or the actor's account
//   colleague  somebody without a role in the actor's account
//   admin      an admin in the actor's account
//   staff      a staff member in the actor's account
//   acadm      another account-admin in the actor's account
//   managed    somebody in the actor's account whom a manager looks after: the actor, if managr
//   client     the account Client, or somebody without a role in it
//   c-acadm    an account-admin of Client
//   c-consul   a consultant of Client
//   empty      an account that Firm looks after and that nobody is in
//   stranger   an account that nobody here has to do with, or somebody without a role in it
//   sharing    a stranger who lets the actor at their data
//   missing    a number that nothing has
//   deleted    a user of the actor's account, or an account that Firm looked after, that is gone
//   default    the default account
//   -          the route has no object
struct RouteExpectations {
  std::string_view route;
  // In it, {fresh} is a name that was never used, {account} the line's account, {grantee} the id of
  // somebody in the actor's account. In the route, {token} is an API token of the line's user, and
  // {grant} a grant of theirs: to the actor, where they are `sharing`, and one that waits to be
  // confirmed, where the route is about that.
  std::string_view body;
  // A cell "404!200" says that the contract wants 404 and the code answers 200: a known fault,
  // which fails the test when it is mended, so that the mark goes.
  std::string_view cells;
};

}  // namespace gatehouse::identity
