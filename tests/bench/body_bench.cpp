// What typed bodies cost against the Boost.JSON DOM with hand-written code around it. Both do the
// same work in turns, so that a noisy machine disturbs both. Prints times and ratios; --json FILE
// writes them too. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/json/src.hpp>
#pragma GCC diagnostic pop

#include <gatehouse/body.hpp>

namespace gatehouse::bench {

struct Organisation {
  std::int64_t number = 0;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Organisation, (), (number, name))

// Twenty fields, as a user has them.
struct User {
  std::int64_t number = 0;
  std::string id;
  std::string username;
  std::optional<std::string> email;
  std::optional<std::string> first_name;
  std::optional<std::string> last_name;
  std::string timezone;
  std::string description;
  bool active = false;
  bool locked = false;
  bool verified = false;
  bool api_access = false;
  std::vector<std::string> roles;
  std::vector<std::string> clearances;
  Organisation account;
  std::optional<std::int64_t> manager;
  double score = 0;
  std::string created_at;
  std::string updated_at;
  std::optional<std::string> last_login_at;
};
BOOST_DESCRIBE_STRUCT(User,
                      (),
                      (number,
                       id,
                       username,
                       email,
                       first_name,
                       last_name,
                       timezone,
                       description,
                       active,
                       locked,
                       verified,
                       api_access,
                       roles,
                       clearances,
                       account,
                       manager,
                       score,
                       created_at,
                       updated_at,
                       last_login_at))

namespace {

namespace json = boost::json;

User sample() {
  User user;
  user.number = 4711;
  user.id = "5f1a0c9be21d4477a3c0de01";
  user.username = "maria.gonzález";
  user.email = "maria@example.org";
  user.first_name = "María";
  user.last_name = "González";
  user.timezone = "Europe/Madrid";
  user.description = "Looks after the \"north\" plant.\nOn call.";
  user.active = user.verified = user.api_access = true;
  user.roles = {"account-admin", "consultant"};
  user.clearances = {"WHITE", "GREEN"};
  user.account = {12, "Example Utilities"};
  user.score = 0.7321;
  user.created_at = "2026-11-21T17:10:47.169Z";
  user.updated_at = "2026-11-21T17:10:47.169Z";
  return user;
}

json::value to_value(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value(nullptr);
}
json::value to_value(const User& user) {
  return json::object{{"number", user.number},
                      {"id", user.id},
                      {"username", user.username},
                      {"email", to_value(user.email)},
                      {"first_name", to_value(user.first_name)},
                      {"last_name", to_value(user.last_name)},
                      {"timezone", user.timezone},
                      {"description", user.description},
                      {"active", user.active},
                      {"locked", user.locked},
                      {"verified", user.verified},
                      {"api_access", user.api_access},
                      {"roles", json::array(user.roles.begin(), user.roles.end())},
                      {"clearances", json::array(user.clearances.begin(), user.clearances.end())},
                      {"account", {{"number", user.account.number}, {"name", user.account.name}}},
                      {"manager", user.manager ? json::value(*user.manager) : json::value(nullptr)},
                      {"score", user.score},
                      {"created_at", user.created_at},
                      {"updated_at", user.updated_at},
                      {"last_login_at", to_value(user.last_login_at)}};
}

std::string text_of(const json::value& value) {
  const json::string& text = value.as_string();
  return {text.data(), text.size()};
}
std::optional<std::string> optional_text(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  return text_of(value);
}
std::vector<std::string> texts(const json::value& value) {
  std::vector<std::string> out;
  for (const json::value& one : value.as_array()) out.push_back(text_of(one));
  return out;
}
User from_value(const json::value& value) {
  const json::object& members = value.as_object();
  User user;
  user.number = members.at("number").as_int64();
  user.id = text_of(members.at("id"));
  user.username = text_of(members.at("username"));
  user.email = optional_text(members.at("email"));
  user.first_name = optional_text(members.at("first_name"));
  user.last_name = optional_text(members.at("last_name"));
  user.timezone = text_of(members.at("timezone"));
  user.description = text_of(members.at("description"));
  user.active = members.at("active").as_bool();
  user.locked = members.at("locked").as_bool();
  user.verified = members.at("verified").as_bool();
  user.api_access = members.at("api_access").as_bool();
  user.roles = texts(members.at("roles"));
  user.clearances = texts(members.at("clearances"));
  user.account.number = members.at("account").at("number").as_int64();
  user.account.name = text_of(members.at("account").at("name"));
  if (!members.at("manager").is_null()) user.manager = members.at("manager").as_int64();
  user.score = members.at("score").to_number<double>();
  user.created_at = text_of(members.at("created_at"));
  user.updated_at = text_of(members.at("updated_at"));
  user.last_login_at = optional_text(members.at("last_login_at"));
  return user;
}

double cpu_seconds(const std::function<std::size_t()>& work, int times) {
  timespec begin{};
  timespec end{};
  std::size_t bytes = 0;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  for (int i = 0; i < times; ++i) bytes += work();
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  if (bytes == 0) throw std::logic_error("the work did nothing");
  return static_cast<double>(end.tv_sec - begin.tv_sec) +
         static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e9;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Figure {
  const char* name;
  double microseconds;
  double reference;
  double mark;  // the ratio that must not be exceeded
};

Figure compare(const char* name,
               double mark,
               int times,
               const std::function<std::size_t()>& ours,
               const std::function<std::size_t()>& theirs) {
  constexpr int kRounds = 25;
  std::vector<double> our_times;
  std::vector<double> their_times;
  for (int round = 0; round < kRounds; ++round) {
    our_times.push_back(cpu_seconds(ours, times) * 1e6 / times);
    their_times.push_back(cpu_seconds(theirs, times) * 1e6 / times);
  }
  return {name, median(our_times), median(their_times), mark};
}

void write_json(const std::vector<Figure>& figures, const char* file) {
  std::ofstream out(file);
  out << "{\"figures\":[";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const Figure& one = figures[i];
    const double ratio = one.microseconds / one.reference;
    out << (i > 0 ? "," : "") << "{\"name\":\"" << one.name << "\",\"value\":" << one.microseconds
        << ",\"unit\":\"us\",\"reference\":" << one.reference << ",\"ratio\":" << ratio
        << ",\"mark\":" << one.mark << ",\"met\":" << (ratio <= one.mark ? "true" : "false") << "}";
  }
  out << "]}\n";
}

std::vector<Figure> measure() {
  const User user = sample();
  const std::vector<User> list(50, user);
  const std::string one_text = encode_json(user);
  const std::string list_text = encode_json(list);
  if (json::parse(one_text) != to_value(user)) throw std::logic_error("the two disagree");

  return {compare(
              "encode a user of 20 fields",
              0.5,
              2000,
              [&] { return encode_json(user).size(); },
              [&] { return json::serialize(to_value(user)).size(); }),
          compare(
              "encode 50 users",
              0.5,
              50,
              [&] { return encode_json(list).size(); },
              [&] {
                json::array values;
                for (const User& one : list) values.push_back(to_value(one));
                return json::serialize(values).size();
              }),
          compare(
              "decode a user of 20 fields",
              1.0,
              2000,
              [&] { return decode_json<User>(one_text)->id.size(); },
              [&] { return from_value(json::parse(one_text)).id.size(); }),
          compare(
              "decode 50 users",
              1.0,
              50,
              [&] { return decode_json<std::vector<User>>(list_text)->size(); },
              [&] {
                std::vector<User> users;
                const json::value values = json::parse(list_text);
                for (const json::value& one : values.as_array()) users.push_back(from_value(one));
                return users.size();
              })};
}

}  // namespace

}  // namespace gatehouse::bench

int main(int count, char** arguments) {
  const std::vector<gatehouse::bench::Figure> figures = gatehouse::bench::measure();
  for (const auto& one : figures) {
    std::printf("%-28s %8.2f us, Boost.JSON %8.2f us, ratio %.2f\n",
                one.name,
                one.microseconds,
                one.reference,
                one.microseconds / one.reference);
  }
  if (count == 3 && std::string_view(arguments[1]) == "--json") {
    gatehouse::bench::write_json(figures, arguments[2]);
  }
  return 0;
}
