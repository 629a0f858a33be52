// SPDX-License-Identifier: Apache-2.0
#include "account.hpp"

#include <utility>

#include <gatehouse/text.hpp>

namespace gatehouse::accounts {

bool add_text(AccountFilter& filter, std::string_view text) {
  filter.words = split_search(text);
  return filter.words.size() <= AccountFilter::kMaxWords;
}

AccountPosition position_of(std::int64_t number,
                            std::string_view name,
                            Time created_at,
                            AccountSort sort) {
  AccountPosition position;
  position.number = number;
  switch (sort) {
    case AccountSort::Name:
      position.text_key = fold(name);
      break;
    case AccountSort::Created:
      position.number_key = created_at.time_since_epoch().count();
      break;
  }
  return position;
}

}  // namespace gatehouse::accounts
