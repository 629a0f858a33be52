// A cache that never answers with more than a moment's past: what is asked for with every request,
// users and tokens say, is read once, and again when the bus tells that it has changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <gatehouse/bus.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// Keys are numbers or text, as their change is published: as decimal digits, or as they are.
//
// Ownership: the plugin's, from Plugin::wire() until Plugin::stop(), which the handler on the bus
// outlives: hold it in a member. Threads: any. Blocking: a mutex for less than a microsecond, and
// `load` where memory does not know, or may be older than the bound (security.md 12). An error of
// `load` is the answer: what cannot be read anew is not trusted.
template <class Key, class Value>
requires(std::integral<Key> || std::same_as<Key, std::string>) class LiveCache {
 public:
  // How old an answer may be, on a clock that runs while the machine sleeps.
  static constexpr std::chrono::seconds kBound{2};
  using Found = std::shared_ptr<const Value>;

  // `topic`: of this plugin (Bus::publish()). `limit`: entries; those go first that were read in
  // longest ago. 0: nothing is kept. Only in Plugin::wire().
  LiveCache(Bus& bus, Metrics& metrics, std::string_view topic, std::size_t limit)
      : bus_(bus), limit_(limit / kShards), answers_(counters(metrics, topic)) {
    bus.subscribe(topic, [this](std::optional<std::string_view> key) { forget(key); });
  }
  LiveCache(const LiveCache&) = delete;
  LiveCache& operator=(const LiveCache&) = delete;

  // What `load()`, a Result<std::shared_ptr<const Value>>, says now or said since the key was last
  // published. Null is never kept: a stranger could fill memory with what there is not.
  template <class F>
  Result<Found> get(const Key& key, F&& load) {
    Shard& shard = shard_of(key);
    std::uint64_t changes = 0;
    {
      const std::lock_guard lock(shard.mutex);
      const auto known = shard.by_key.find(key);
      if (known != shard.by_key.end() && bus_.staleness() <= kBound) {
        answers_.from_memory->add(1);
        return known->second->value;
      }
      changes = shard.changes;
    }
    answers_.from_database->add(1);
    Result<Found> loaded = load();
    if (loaded && *loaded) keep(shard, key, *loaded, changes);
    return loaded;
  }

 private:
  struct Entry {
    Key key;
    Found value;
  };
  struct Shard {
    std::mutex mutex;  // guards the rest
    std::list<Entry> oldest_first;
    std::unordered_map<Key, typename std::list<Entry>::iterator> by_key;
    std::uint64_t changes = 0;  // what was read before the last one may be old
  };
  struct Answers {
    Counter* from_memory;
    Counter* from_database;
  };
  static constexpr std::size_t kShards = 16;

  static Answers counters(Metrics& metrics, std::string_view topic) {
    const auto counter = [&](std::string_view from) {
      const std::array<Metrics::Label, 2> labels = {{{"topic", topic}, {"from", from}}};
      return &metrics.counter(
          "live_cache_answers_total", "Answers of caches that the bus keeps true.", labels);
    };
    return {counter("memory"), counter("database")};
  }

  Shard& shard_of(const Key& key) { return shards_[std::hash<Key>()(key) % kShards]; }

  void keep(Shard& shard, const Key& key, const Found& value, std::uint64_t changes) {
    if (limit_ == 0) return;
    const std::lock_guard lock(shard.mutex);
    if (shard.changes != changes) return;
    remove(shard, key);
    if (shard.by_key.size() >= limit_) remove(shard, Key(shard.oldest_first.front().key));
    shard.oldest_first.push_back({key, value});
    shard.by_key.emplace(key, std::prev(shard.oldest_first.end()));
  }

  static void remove(Shard& shard, const Key& key) {
    const auto known = shard.by_key.find(key);
    if (known == shard.by_key.end()) return;
    shard.oldest_first.erase(known->second);
    shard.by_key.erase(known);
  }

  void forget(std::optional<std::string_view> text) {
    if (text) {
      if (const auto key = parse(*text)) return forget_one(*key);
    }
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      ++shard.changes;
      shard.by_key.clear();
      shard.oldest_first.clear();
    }
  }

  void forget_one(const Key& key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    ++shard.changes;
    remove(shard, key);
  }

  // Nothing: all keys may be meant.
  static std::optional<Key> parse(std::string_view text) {
    if constexpr (std::integral<Key>) {
      Key key{};
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
      if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
      return key;
    } else {
      return Key(text);
    }
  }

  Bus& bus_;
  const std::size_t limit_;  // of each shard
  const Answers answers_;
  std::array<Shard, kShards> shards_;
};

}  // namespace gatehouse
