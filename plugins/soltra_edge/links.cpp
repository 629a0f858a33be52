// SPDX-License-Identifier: Apache-2.0
#include "links.hpp"

#include <algorithm>

#include <gatehouse/mail.hpp>
#include <gatehouse/percent.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::soltra_edge {

std::string Links::users() const {
  return host_.mail().link(mount_ + "/users/");
}

std::string Links::user(std::string_view id) const {
  return format("{}{}/", users(), id);
}

std::string Links::tokens(std::string_view user) const {
  return format("{}{}/tokens/", users(), user);
}

std::string Links::token(std::string_view user, std::string_view id) const {
  return format("{}{}/", tokens(user), id);
}

std::string Links::history(std::string_view user) const {
  return format("{}{}/history/", users(), user);
}

std::string link_header(std::string_view list,
                        const Filters& filters,
                        const PageQuery& page,
                        std::int64_t total) {
  const std::int64_t limit = page.limit();
  const std::int64_t last = std::max<std::int64_t>(1, (total + limit - 1) / limit);
  std::string start = format("<{}?", list);
  for (const auto& [name, value] : filters) {
    start.append(name) += '=';
    append_percent_encoded(value, start);
    start += '&';
  }
  std::string header;
  const auto add = [&](std::int64_t number, std::string_view rel) {
    if (!header.empty()) header += ", ";
    header += start;
    header += format("page={}&per_page={}>; rel=\"{}\"", number, limit, rel);
  };
  add(1, "first");
  if (page.page > 1) add(std::min(page.page - 1, last), "prev");
  if (page.page < last) add(page.page + 1, "next");
  add(last, "last");
  return header;
}

}  // namespace gatehouse::soltra_edge
