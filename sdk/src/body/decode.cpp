// JSON and forms into described objects. Strict: what is not allowed is refused, all of it at once.
// SPDX-License-Identifier: Apache-2.0
#include "body/decode.hpp"

#include <algorithm>
#include <optional>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

#include "body/fields.hpp"
#include "body/schema.hpp"
#include "body/tape.hpp"
#include "body/write.hpp"

namespace gatehouse {

namespace body {

namespace {

constexpr Rule kNoRule;

// The field of that name, or nothing. Members mostly arrive in the order of the fields, so the
// search begins behind the last one found.
std::optional<std::uint32_t> find_field(const Type& type,
                                        std::string_view name,
                                        std::uint32_t first) {
  for (std::uint32_t step = 0; step < type.field_count; ++step) {
    std::uint32_t index = first + step;
    if (index >= type.field_count) index -= type.field_count;
    if (name == wire_name(field_at(type, index))) return index;
  }
  return std::nullopt;
}

void report_missing(const Type& type,
                    const std::vector<bool>& seen,
                    bool (*may_miss)(const Field&),
                    const Place& place,
                    FieldErrors& errors) {
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    const Field& field = field_at(type, i);
    if (!seen[i] && !may_miss(field)) {
      errors.add(place.member(wire_name(field)), "required", "is required");
    }
  }
}

void report_unknown(const Type& type,
                    const Place& place,
                    std::string_view name,
                    FieldErrors& errors) {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < type.field_count; ++i)
    names.emplace_back(wire_name(field_at(type, i)));
  const std::string_view meant = did_you_mean(name, names);
  errors.add(place,
             "unknown",
             meant.empty() ? std::string("is not known here")
                           : format("is not known here; did you mean {}?", meant));
}

class JsonReader {
 public:
  JsonReader(const Tape& tape, Lenient lenient, FieldErrors& errors)
      : tape_(tape), lenient_(lenient), errors_(errors) {}

  void read(
      const Type& type, const Rule& rule, std::uint32_t at, void* object, const Place& place) {
    const Node& node = tape_[at];
    switch (type.kind) {
      case Kind::Optional:
      case Kind::Patch:
        if (node.kind == NodeKind::Null) {
          type.make_null(object);
        } else {
          read(*type.element, rule, at, type.emplace(object), place);
        }
        return;
      case Kind::Json:
        return read_raw(rule, at, object, place);
      case Kind::Struct:
        if (node.kind == NodeKind::Object) return read_struct(type, at, object, place);
        return refuse(node, "must be an object", place);
      case Kind::Array:
        if (node.kind == NodeKind::Array) return read_array(type, rule, at, object, place);
        return refuse(node, "must be an array", place);
      case Kind::Boolean:
      case Kind::Integer:
      case Kind::Number:
      case Kind::String:
      case Kind::Time:
      case Kind::IdOrNumber:
      case Kind::Enum:
        if (node.kind == NodeKind::Null) return refuse(node, "", place);
        return read_scalar(type, rule, scalar(node), lenient_, object, place, errors_);
    }
  }

 private:
  Scalar scalar(const Node& node) const {
    switch (node.kind) {
      case NodeKind::False:
        return {Scalar::Kind::Boolean, 0, 0, {}};
      case NodeKind::True:
        return {Scalar::Kind::Boolean, 1, 0, {}};
      case NodeKind::Integer:
        return {Scalar::Kind::Integer, node.integer, 0, tape_.text(node)};
      case NodeKind::Number:
        return {Scalar::Kind::Number, 0, node.number, tape_.text(node)};
      case NodeKind::Huge:
        return {Scalar::Kind::Huge, 0, 0, tape_.text(node)};
      case NodeKind::String:
        return {Scalar::Kind::String, 0, 0, tape_.text(node)};
      case NodeKind::Null:
      case NodeKind::Array:
      case NodeKind::Object:
        return {};
    }
    return {};
  }

  void refuse(const Node& node, const char* wanted, const Place& place) {
    if (node.kind == NodeKind::Null) {
      errors_.add(place, "null", "must not be null");
    } else {
      errors_.add(place, "type", wanted);
    }
  }

  void read_struct(const Type& type, std::uint32_t at, void* object, const Place& place) {
    const std::uint32_t end = tape_[at].next;
    std::vector<bool> seen(type.field_count);
    std::uint32_t next_field = 0;
    for (std::uint32_t key = at + 1; key < end; key = tape_[key + 1].next) {
      const std::string_view name = tape_.text(tape_[key]);
      const Place member = place.member(name);
      const auto index = find_field(type, name, next_field);
      if (!index) {
        if (!has(lenient_, Lenient::UnknownMembers)) report_unknown(type, member, name, errors_);
        continue;
      }
      next_field = *index + 1;
      if (seen[*index]) {
        errors_.add(member, "duplicate", "occurs more than once");
        continue;
      }
      seen[*index] = true;
      const Field& field = field_at(type, *index);
      read(*field.type, *field.rule, key + 1, field.member(object), member);
    }
    report_missing(type, seen, &may_be_absent, place, errors_);
  }

  void read_array(
      const Type& type, const Rule& rule, std::uint32_t at, void* object, const Place& place) {
    type.clear(object);
    if (tape_[at].count > most_items(rule)) {
      errors_.add(place, "too_many", format("must have at most {} items", most_items(rule)));
      return;
    }
    std::size_t index = 0;
    for (std::uint32_t item = at + 1; item < tape_[at].next; item = tape_[item].next) {
      read(*type.element, rule, item, type.append(object), place.item(index++));
    }
  }

  void read_raw(const Rule& rule, std::uint32_t at, void* object, const Place& place) {
    std::string text;
    if (!write_compact(at, place, text)) return;
    // Lengths and check() are those of the whole text; U+0000 is only there as an escape, and that
    // write_compact() has refused.
    if (check_text(text, rule, place, errors_))
      static_cast<RawJson*>(object)->text = std::move(text);
  }

  // Writes without blanks what is strict JSON also in a place that nobody has described.
  bool write_compact(std::uint32_t at, const Place& place, std::string& out) {
    const Node& node = tape_[at];
    switch (node.kind) {
      case NodeKind::Null:
        out += "null";
        return true;
      case NodeKind::False:
        out += "false";
        return true;
      case NodeKind::True:
        out += "true";
        return true;
      case NodeKind::Integer:
      case NodeKind::Number:
        out += tape_.text(node);
        return true;
      case NodeKind::Huge:
        errors_.add(place, "range", "must be a number of double precision");
        return false;
      case NodeKind::String:
        return write_text(node, place, out);
      case NodeKind::Array: {
        out += '[';
        std::size_t index = 0;
        for (std::uint32_t item = at + 1; item < node.next; item = tape_[item].next) {
          if (index > 0) out += ',';
          if (!write_compact(item, place.item(index++), out)) return false;
        }
        out += ']';
        return true;
      }
      case NodeKind::Object:
        return write_object(at, place, out);
    }
    return false;
  }

  bool write_object(std::uint32_t at, const Place& place, std::string& out) {
    std::vector<std::string_view> names;
    out += '{';
    for (std::uint32_t key = at + 1; key < tape_[at].next; key = tape_[key + 1].next) {
      if (!names.empty()) out += ',';
      names.push_back(tape_.text(tape_[key]));
      const Place member = place.member(names.back());
      if (!write_text(tape_[key], member, out)) return false;
      out += ':';
      if (!write_compact(key + 1, member, out)) return false;
    }
    out += '}';
    std::sort(names.begin(), names.end());
    const auto twice = std::adjacent_find(names.begin(), names.end());
    if (twice == names.end()) return true;
    errors_.add(place.member(*twice), "duplicate", "occurs more than once");
    return false;
  }

  bool write_text(const Node& node, const Place& place, std::string& out) {
    const std::string_view text = tape_.text(node);
    if (!check_text(text, kNoRule, place, errors_)) return false;
    append_string(text, out);
    return true;
  }

  const Tape& tape_;
  Lenient lenient_;
  FieldErrors& errors_;
};

// Values of forms and queries, which are all text.
class PairReader {
 public:
  PairReader(Lenient lenient, FieldErrors& errors) : lenient_(lenient), errors_(errors) {}

  void read(
      const Type& type, const Rule& rule, std::string_view word, void* object, const Place& place) {
    switch (type.kind) {
      case Kind::Optional:
      case Kind::Patch:
        return read(*type.element, rule, word, type.emplace(object), place);
      case Kind::Json: {
        Tape tape;
        if (const auto wrong = tape.parse(word)) {
          errors_.add(place, "invalid", "must be JSON");
        } else {
          JsonReader(tape, lenient_, errors_).read(type, rule, 0, object, place);
        }
        return;
      }
      case Kind::Array:
      case Kind::Struct:
      case Kind::Boolean:
      case Kind::Integer:
      case Kind::Number:
      case Kind::String:
      case Kind::Time:
      case Kind::IdOrNumber:
      case Kind::Enum:
        return read_scalar(
            type, rule, {Scalar::Kind::Word, 0, 0, word}, lenient_, object, place, errors_);
    }
  }

  // The array of a name that occurs replaces the initial value.
  void begin_array(const Field& field, void* object) {
    if (field.type->kind == Kind::Array) {
      field.type->clear(object);
    } else {
      field.type->emplace(object);
    }
  }

  // One more element of an array; `object` is the array or an optional one.
  void read_item(const Field& field, std::string_view word, void* object, const Place& place) {
    const Type* type = field.type;
    if (type->kind != Kind::Array) {
      object = type->inside(object);
      type = type->element;
    }
    const std::size_t index = type->count(object);
    if (index == most_items(*field.rule)) {
      errors_.add(place, "too_many", format("must have at most {} items", index));
      type->append(object);  // one too many stands for all, so that it is told once
    } else if (index < most_items(*field.rule)) {
      read(*type->element, *field.rule, word, type->append(object), place.item(index));
    }
  }

 private:
  Lenient lenient_;
  FieldErrors& errors_;
};

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

Result<None> read_json(
    const Type& type, std::string_view json, Lenient lenient, void* object, FieldErrors& errors) {
  Tape tape;
  if (const auto wrong = tape.parse(json)) {
    return malformed("malformed_json", "The body {} (byte {}).", wrong->reason, wrong->offset);
  }
  JsonReader(tape, lenient, errors).read(type, kNoRule, 0, object, Place{});
  return None{};
}

Result<Pairs> split_form(std::string_view form) {
  Pairs pairs;
  while (!form.empty()) {
    const std::string_view one = form.substr(0, form.find('&'));
    form.remove_prefix(std::min(form.size(), one.size() + 1));
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    auto name = unescape(one.substr(0, equals));
    auto value = unescape(one.substr(std::min(one.size(), equals + 1)));
    if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) {
      return malformed("malformed_form",
                       "The form is not application/x-www-form-urlencoded in UTF-8.");
    }
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

void read_pairs(const Type& type,
                const Pairs& pairs,
                const Place& root,
                Lenient lenient,
                void* object,
                FieldErrors& errors) {
  PairReader reader(lenient, errors);
  std::vector<bool> seen(type.field_count);
  std::uint32_t next_field = 0;
  for (const auto& [name, value] : pairs) {
    const Place member = root.member(name);
    const auto index = find_field(type, name, next_field);
    if (!index) {
      if (!has(lenient, Lenient::UnknownMembers)) report_unknown(type, member, name, errors);
      continue;
    }
    next_field = *index;
    const Field& field = field_at(type, *index);
    if (!is_utf8(value)) {
      errors.add(member, "invalid", "must be UTF-8");
    } else if (holds_many(*field.type)) {
      if (!seen[*index]) reader.begin_array(field, field.member(object));
      reader.read_item(field, value, field.member(object), member);
    } else if (seen[*index]) {
      errors.add(member, "duplicate", "occurs more than once");
    } else {
      reader.read(*field.type, *field.rule, value, field.member(object), member);
    }
    seen[*index] = true;
  }
  report_missing(type, seen, &may_be_absent_from_pairs, root, errors);
}

}  // namespace body

Result<None> decode(const Type& type, std::string_view json, Lenient lenient, void* object) {
  body::FieldErrors errors;
  GATEHOUSE_CHECK(body::read_json(type, json, lenient, object, errors));
  return std::move(errors).result();
}

Result<None> decode_urlencoded(const Type& type,
                               std::string_view form,
                               Lenient lenient,
                               void* object) {
  GATEHOUSE_TRY(const body::Pairs pairs, body::split_form(form));
  body::FieldErrors errors;
  body::read_pairs(type, pairs, body::Place{}, lenient, object, errors);
  return std::move(errors).result();
}

}  // namespace gatehouse
