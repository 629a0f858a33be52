// SPDX-License-Identifier: Apache-2.0
#include "history_service.hpp"

#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::soltra_edge {

Result<HistoryService::Page> HistoryService::list(const Principal& who,
                                                  const IdOrNumber& user,
                                                  const LoginSlice& slice) const {
  const auto& history = host_.services().require<LoginHistory>();
  return host_.storage().read([&](Session& db) -> Result<Page> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    const IdOrNumber number{"", owner.number};
    Page page;
    page.owner = owner.id;
    GATEHOUSE_TRY(page.attempts, history.list(db, who, number, slice));
    GATEHOUSE_TRY(page.total, history.count(db, who, number));
    return page;
  });
}

}  // namespace gatehouse::soltra_edge
