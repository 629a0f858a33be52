// SPDX-License-Identifier: Apache-2.0
#include "host/security/master_file.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

#include "host/files/private_file.hpp"

namespace gatehouse::host {

struct RecordedKey {
  std::string id;
  Time created_at;
  std::string check_value;
};
BOOST_DESCRIBE_STRUCT(RecordedKey, (), (id, created_at, check_value))

namespace {

constexpr std::string_view kHead =
    "# The master keys of Gatehouse: an id, a time and a secret a line; the last one is used.\n"
    "# What the database keeps sealed cannot be opened without this file, and can with it: keep a\n"
    "# copy of it, but never beside a backup of the database. The same on all instances.\n";

// The table is made by the SDK, with its others (sdk/src/runtime/own_tables.hpp).
constexpr Sql kSelectKeys =
    "select id, created_at, check_value from gatehouse_key order by created_at, id";
constexpr Sql kInsertKey =
    "insert into gatehouse_key (id, created_at, check_value)"
    " values (:id, :created_at, :check_value) on conflict do nothing";
constexpr Sql kDeleteKey = "delete from gatehouse_key where id = :id";

Error mistake(std::string message) {
  return {
      ErrorCode::InvalidArgument, "master_file", "keys.master_file: " + std::move(message), {}, {}};
}

Error as_mistake(const Error& error) {
  return {error.code, error.reason, "keys.master_file: " + error.message, {}, {}};
}

std::string line_of(const MasterKey& key) {
  return format("{} {} {}\n",
                key.id,
                to_rfc3339(key.created_at),
                base64_encode({reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()}));
}

std::string text_of(const std::vector<MasterKey>& keys) {
  std::string text(kHead);
  for (const MasterKey& key : keys) text += line_of(key);
  return text;
}

std::string_view next_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

bool is_key_id(std::string_view id) {
  return id.size() == 8 && id.find_first_not_of("0123456789abcdef") == id.npos;
}

std::optional<MasterKey> read_line(std::string_view line) {
  MasterKey key;
  key.id = next_word(line);
  const auto created_at = parse_rfc3339(next_word(line));
  const auto bytes = base64_decode(next_word(line));
  if (!is_key_id(key.id) || !created_at || !bytes || bytes->size() != key.bytes.size() ||
      !line.empty()) {
    return std::nullopt;
  }
  key.created_at = *created_at;
  std::memcpy(key.bytes.data(), bytes->data(), key.bytes.size());
  return key;
}

bool has(const std::vector<MasterKey>& keys, std::string_view id) {
  return std::any_of(keys.begin(), keys.end(), [&](const MasterKey& key) { return key.id == id; });
}

// One key, for a moment: to compare it with what the database says of it.
Result<None> judge(const std::filesystem::path& file,
                   const std::vector<MasterKey>& keys,
                   const RecordedKey& recorded) {
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const MasterKey& candidate) {
    return candidate.id == recorded.id;
  });
  if (key != keys.end() && key->check_value() == recorded.check_value) return None{};
  return mistake(format(
      "{} {} the key {} of {}, under which this database keeps secrets sealed. Put the file back "
      "from where you keep its copy. If the key is lost for good, `gatehouse keys forget {}` goes "
      "on without it: private keys and whatever else was sealed under it are lost then, and have "
      "to be made anew",
      file.string(),
      keys.empty()        ? "is not there, and with it"
      : key == keys.end() ? "lacks"
                          : "has another secret for",
      recorded.id,
      to_rfc3339(recorded.created_at),
      recorded.id));
}

}  // namespace

Result<std::vector<MasterKey>> read_master_file(const std::filesystem::path& file) {
  const auto content = read_private_file(file);
  if (!content) return as_mistake(content.error());
  std::vector<MasterKey> keys;
  std::string_view rest = *content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.starts_with('#')) continue;
    auto key = read_line(line);
    if (!key || has(keys, key->id)) {
      return mistake(format(
          "{}:{}: {}: put the file back from where you keep its copy",
          file.string(),
          number,
          key ? "a key that stands there twice" : "no key: an id, a time and 32 bytes in base64"));
    }
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) {
    return mistake(
        format("{} holds no key: put it back from where you keep its copy, or delete it "
               "where there never was one",
               file.string()));
  }
  return keys;
}

Result<None> make_master_file(const std::filesystem::path& file, const MasterKey& key) {
  auto made = make_private_folder(file.parent_path());
  if (made) made = write_private_file(file, text_of({key}), IfThere::Refuse);
  if (!made) return as_mistake(made.error());
  return None{};
}

Result<None> add_to_master_file(const std::filesystem::path& file, const MasterKey& key) {
  const auto lock = lock_folder(file.parent_path());
  if (!lock) return as_mistake(lock.error());
  GATEHOUSE_TRY(std::vector<MasterKey> keys, read_master_file(file));
  keys.push_back(key);
  const auto written = write_private_file(file, text_of(keys), IfThere::Replace);
  if (!written) return as_mistake(written.error());
  return None{};
}

Result<None> match_with_database(const std::filesystem::path& file,
                                 const std::vector<MasterKey>& keys,
                                 Db& db) {
  GATEHOUSE_TRY(const auto recorded,
                db.read([](Session& session) { return session.list<RecordedKey>(kSelectKeys); }));
  for (const RecordedKey& known : recorded) GATEHOUSE_CHECK(judge(file, keys, known));
  if (keys.size() == recorded.size()) return None{};
  return db.write([&](Session& session) -> Result<None> {
    for (const MasterKey& key : keys) {
      GATEHOUSE_CHECK(session.run(kInsertKey, key.id, key.created_at, key.check_value()));
    }
    return None{};
  });
}

Result<None> forget_key(std::string_view id, const std::vector<MasterKey>& keys, Db& db) {
  if (has(keys, id)) {
    return conflict(
        "key_is_there",
        "The key {} is in the file: it is not lost. What is no longer used may stay there.",
        id);
  }
  GATEHOUSE_TRY(const auto deleted,
                db.write([&](Session& session) { return session.run(kDeleteKey, id); }));
  if (deleted == 0) return not_found();
  return None{};
}

}  // namespace gatehouse::host
