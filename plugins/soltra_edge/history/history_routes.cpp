// SPDX-License-Identifier: Apache-2.0
#include "history_routes.hpp"

#include <string_view>
#include <vector>

#include <gatehouse/reference.hpp>

#include "history_wire.hpp"

namespace gatehouse::soltra_edge {

void add_history_routes(Routes& api, const HistoryService& service, const Links& links) {
  const auto list = [&](Call& call,
                        std::string_view user,
                        const Query<PageQuery>& query) -> Result<std::vector<Attempt>> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto page,
                  service.list(*call.principal(), reference, {query->offset(), query->limit()}));
    call.set_header("Link", link_header(links.history(page.owner), {}, *query, page.total));
    std::vector<Attempt> attempts;
    attempts.reserve(page.attempts.size());
    for (const LoginRecord& record : page.attempts) attempts.push_back(to_wire(record));
    return attempts;
  };
  for (Route* route :
       {&api.get("/users/{user}/history/", "users:read", "List a user's sign-ins", list),
        &api.get("/users/{user}/history", "users:read", "List a user's sign-ins", list)}) {
    route
        ->description(
            "The newest first, failed ones too; for superusers and the user. A password that is "
            "sent with every request is told of once an hour for each client.")
        .parameter("user", kAboutUser)
        .accept(Lenient::UnknownMembers);
  }
}

}  // namespace gatehouse::soltra_edge
