// A merge-patch on texts (RFC 7396), for members whose shape nobody has described.
// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <unordered_map>

#include <gatehouse/body.hpp>

#include "body/json_writer.hpp"
#include "body/tape.hpp"

namespace gatehouse {
namespace {

using body::JsonWriter;
using body::Node;
using body::NodeKind;
using body::Tape;

// Depth is bounded by the tape's.
class Merge {
 public:
  Merge(const Tape& target, const Tape& patch, std::string& out)
      : target_(target), patch_(patch), out_(out) {}

  void merge(std::uint32_t target, std::uint32_t patch) {
    if (patch_[patch].kind != NodeKind::Object) return copy(patch_, patch);
    if (target_[target].kind != NodeKind::Object) return add(patch);
    const auto changes = members(patch_, patch);
    const auto stays = members(target_, target);
    out_.begin_object();
    for (std::uint32_t key = target + 1; key < target_[target].next; key = target_[key + 1].next) {
      const std::string_view name = target_.text(target_[key]);
      if (stays.at(name) != key + 1) continue;
      const auto change = changes.find(name);
      if (change == changes.end()) {
        out_.key(name);
        copy(target_, key + 1);
      } else if (patch_[change->second].kind != NodeKind::Null) {
        out_.key(name);
        merge(key + 1, change->second);
      }
    }
    add_members(patch, changes, &stays);
    out_.end_object();
  }

 private:
  // Of a name that stands twice, the last one counts.
  using Members = std::unordered_map<std::string_view, std::uint32_t>;
  static Members members(const Tape& tape, std::uint32_t object) {
    Members found;
    for (std::uint32_t key = object + 1; key < tape[object].next; key = tape[key + 1].next) {
      found[tape.text(tape[key])] = key + 1;
    }
    return found;
  }

  // The patch where there is no object to change: what it takes away is not there.
  void add(std::uint32_t patch) {
    if (patch_[patch].kind != NodeKind::Object) return copy(patch_, patch);
    out_.begin_object();
    add_members(patch, members(patch_, patch), nullptr);
    out_.end_object();
  }

  void add_members(std::uint32_t patch, const Members& changes, const Members* done) {
    for (std::uint32_t key = patch + 1; key < patch_[patch].next; key = patch_[key + 1].next) {
      const std::string_view name = patch_.text(patch_[key]);
      if (changes.at(name) != key + 1 || (done != nullptr && done->contains(name))) continue;
      if (patch_[key + 1].kind == NodeKind::Null) continue;
      out_.key(name);
      add(key + 1);
    }
  }

  void copy(const Tape& tape, std::uint32_t at) {
    const Node& node = tape[at];
    switch (node.kind) {
      case NodeKind::Null:
        out_.raw("null");
        return;
      case NodeKind::False:
      case NodeKind::True:
        out_.boolean(node.kind == NodeKind::True);
        return;
      case NodeKind::Integer:
      case NodeKind::Number:
      case NodeKind::Huge:
        out_.raw(tape.text(node));
        return;
      case NodeKind::String:
        out_.string(tape.text(node));
        return;
      case NodeKind::Array:
        out_.begin_array();
        for (std::uint32_t item = at + 1; item < node.next; item = tape[item].next) {
          copy(tape, item);
        }
        out_.end_array();
        return;
      case NodeKind::Object:
        out_.begin_object();
        for (std::uint32_t key = at + 1; key < node.next; key = tape[key + 1].next) {
          out_.key(tape.text(tape[key]));
          copy(tape, key + 1);
        }
        out_.end_object();
        return;
    }
  }

  const Tape& target_;
  const Tape& patch_;
  JsonWriter out_;
};

Result<None> parse(Tape& tape, std::string_view json) {
  const auto wrong = tape.parse(json);
  if (!wrong) return None{};
  return malformed("malformed_json", "The body {} (byte {}).", wrong->reason, wrong->offset);
}

}  // namespace

Result<std::string> merge_patch(std::string_view target_json, std::string_view patch_json) {
  Tape target;
  Tape patch;
  GATEHOUSE_CHECK(parse(target, target_json));
  GATEHOUSE_CHECK(parse(patch, patch_json));
  std::string out;
  out.reserve(target_json.size() + patch_json.size());
  Merge(target, patch, out).merge(0, 0);
  return out;
}

}  // namespace gatehouse
