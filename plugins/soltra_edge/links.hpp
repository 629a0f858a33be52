// The absolute addresses that clients are told, and the pages of lists (RFC 8288).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/context.hpp>

namespace gatehouse::soltra_edge {

// Made from http.public_url, never from a request. Threads: any.
class Links {
 public:
  // Both live as long as the plugin.
  Links(Context& host, const std::string& mount) : host_(host), mount_(mount) {}

  std::string users() const;
  std::string user(std::string_view id) const;
  std::string tokens(std::string_view user) const;
  std::string token(std::string_view user, std::string_view id) const;
  std::string history(std::string_view user) const;

 private:
  Context& host_;
  const std::string& mount_;
};

// Which page of a list a client wants.
struct PageQuery {
  static constexpr std::int64_t kMost = 1'000;
  static constexpr std::int64_t kLastPage = 1'000'000'000;

  std::int64_t page = 1;
  std::int64_t per_page = kMost;

  // How many it gets at most: more than kMost is no mistake, and Link says how it goes on.
  std::int64_t limit() const { return per_page < kMost ? per_page : kMost; }
  std::int64_t offset() const { return (page - 1) * limit(); }
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (page, per_page))
constexpr auto rules(Of<PageQuery>) {
  return std::tuple{field(&PageQuery::page,
                          {.text = "From 1.",
                           .optional = true,
                           .has_minimum = true,
                           .minimum = 1,
                           .maximum = PageQuery::kLastPage}),
                    field(&PageQuery::per_page,
                          {.text = "How many a page has; more than 1,000 is taken for 1,000.",
                           .optional = true,
                           .has_minimum = true,
                           .minimum = 1,
                           .maximum = std::numeric_limits<std::int64_t>::max()})};
}

// The header Link of a page: first, prev, next and last, where there are such, each with the
// filters. `list`: the address of the list; `total`: of all pages.
using Filters = std::vector<std::pair<std::string_view, std::string_view>>;
std::string link_header(std::string_view list,
                        const Filters& filters,
                        const PageQuery& page,
                        std::int64_t total);

}  // namespace gatehouse::soltra_edge
