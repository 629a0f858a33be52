// SPDX-License-Identifier: Apache-2.0
#include "body/schema.hpp"

#include <limits>
#include <set>

#include <gatehouse/body.hpp>

#include "body/fields.hpp"
#include "body/scalar.hpp"

namespace gatehouse::body {

namespace {

void write_type(const char* name, bool nullable, JsonWriter& out) {
  out.key("type");
  if (nullable) {
    out.begin_array().string(name).string("null").end_array();
  } else {
    out.string(name);
  }
}

void write_text_rules(const Rule& rule, JsonWriter& out) {
  if (rule.min_length > 0) out.key("minLength").integer(rule.min_length);
  // No text has more code points than bytes.
  const std::uint32_t longest = rule.max_length > 0 ? rule.max_length : rule.max_bytes;
  if (longest > 0) out.key("maxLength").integer(longest);
  if (rule.pattern != nullptr) out.key("pattern").string(rule.pattern);
  if (rule.format != nullptr) out.key("format").string(rule.format);
}

void write_range(const Rule& rule, JsonWriter& out) {
  if (!rule.has_minimum) return;
  out.key("minimum").integer(rule.minimum);
  out.key("maximum").integer(rule.maximum);
}

void write_annotations(const Rule& rule, std::string_view initial, JsonWriter& out) {
  if (!initial.empty()) out.key("default").raw(initial);
  if (rule.text != nullptr) out.key("description").string(rule.text);
  if (rule.example != nullptr) out.key("examples").begin_array().raw(rule.example).end_array();
}

void write_time(TimeForm form, bool nullable, JsonWriter& out) {
  if (form == TimeForm::EpochSeconds) {
    write_type("integer", nullable, out);
    return;
  }
  write_type("string", nullable, out);
  if (form == TimeForm::Rfc3339Milliseconds) out.key("format").string("date-time");
}

void write_enum(const Type& type, bool nullable, JsonWriter& out) {
  write_type("string", nullable, out);
  out.key("enum").begin_array();
  for (std::uint32_t i = 0; i < type.name_count; ++i) out.string(type.names[i].name);
  if (nullable) out.raw("null");
  out.end_array();
}

// Whether a struct, or one inside it, requires other members on reading than it always has when it
// is written. `visited` ends circles.
bool differs(const Type& type, std::set<const Type*>& visited) {
  if (type.element != nullptr) return differs(*type.element, visited);
  if (type.kind != Kind::Struct || !visited.insert(&type).second) return false;
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    const Field& field = field_at(type, i);
    if (may_be_absent(field) == is_always_written(field)) return true;
    if (differs(*field.type, visited)) return true;
  }
  return false;
}

}  // namespace

bool may_be_absent(const Field& field) {
  return field.rule->optional || field.type->kind == Kind::Optional ||
         field.type->kind == Kind::Patch;
}

std::string default_of(const Type& type, const Field& field) {
  if (!field.rule->optional || type.initial == nullptr) return {};
  if (field.type->kind == Kind::Optional || field.type->kind == Kind::Patch) return {};
  // The table reads through pointers that are not const; nothing is written here.
  void* const value = field.member(const_cast<void*>(type.initial()));
  std::string text;
  encode(*field.type, value, text);
  return text == "\"\"" ? std::string() : text;
}

bool holds_many(const Type& type) {
  if (type.kind == Kind::Optional || type.kind == Kind::Patch) return holds_many(*type.element);
  return type.kind == Kind::Array;
}

bool may_be_absent_from_pairs(const Field& field) {
  return may_be_absent(field) || holds_many(*field.type);
}

bool is_always_written(const Field& field) {
  return !field.rule->omit_null && field.type->kind != Kind::Patch;
}

void Schemas::use(const Type& type, Direction direction) {
  if (type.element != nullptr) return use(*type.element, direction);
  if (type.kind != Kind::Struct) return;
  Component& component = components_[type.name];
  bool& used = direction == Direction::Input ? component.input : component.output;
  if (used) return;
  used = true;
  component.type = &type;
  std::set<const Type*> visited;
  component.differs = differs(type, visited);
  for (std::uint32_t i = 0; i < type.field_count; ++i) use(*field_at(type, i).type, direction);
}

std::string Schemas::name(const Type& type, Direction direction) const {
  const auto found = components_.find(std::string_view(type.name));
  if (found == components_.end()) return type.name;
  const Component& component = found->second;
  const bool two = component.input && component.output && component.differs;
  return two && direction == Direction::Input ? std::string(type.name) + "Input" : type.name;
}

void Schemas::write(const Type& type,
                    const Rule& rule,
                    Direction direction,
                    JsonWriter& out,
                    std::string_view initial) const {
  out.begin_object();
  const bool wraps = type.kind == Kind::Optional || type.kind == Kind::Patch;
  const bool nullable = wraps && !(type.kind == Kind::Patch && rule.never_null);
  write_members(wraps ? *type.element : type, rule, direction, nullable, out);
  write_annotations(rule, initial, out);
  out.end_object();
}

void Schemas::write_members(
    const Type& type, const Rule& rule, Direction direction, bool nullable, JsonWriter& out) const {
  switch (type.kind) {
    case Kind::Boolean:
      return write_type("boolean", nullable, out);
    case Kind::Integer:
      write_type("integer", nullable, out);
      out.key("format").string("int64");
      return write_range(rule, out);
    case Kind::Number:
      write_type("number", nullable, out);
      out.key("format").string("double");
      return write_range(rule, out);
    case Kind::String:
      write_type("string", nullable, out);
      return write_text_rules(rule, out);
    case Kind::Time:
      return write_time(rule.time, nullable, out);
    case Kind::Json:
      return;  // anything
    case Kind::IdOrNumber:
      out.key("type").begin_array().string("string").string("integer");
      if (nullable) out.string("null");
      out.end_array();
      out.key("minLength").integer(1);
      out.key("minimum").integer(1);
      return;
    case Kind::Enum:
      return write_enum(type, nullable, out);
    case Kind::Struct: {
      const std::string reference = "#/components/schemas/" + name(type, direction);
      if (!nullable) {
        out.key("$ref").string(reference);
        return;
      }
      out.key("anyOf").begin_array();
      out.begin_object().key("$ref").string(reference).end_object();
      out.begin_object().key("type").string("null").end_object();
      out.end_array();
      return;
    }
    case Kind::Array: {
      write_type("array", nullable, out);
      // The rules but max_items are those of the elements; its words are the array's.
      Rule element = rule;
      element.text = nullptr;
      element.example = nullptr;
      out.key("items");
      write(*type.element, element, direction, out);
      if (direction == Direction::Input || rule.max_items > 0) {
        out.key("maxItems").integer(static_cast<std::int64_t>(most_items(rule)));
      }
      return;
    }
    case Kind::Optional:
    case Kind::Patch:
      return write_members(*type.element, rule, direction, true, out);
  }
}

void Schemas::write_struct(const Component& component, Direction direction, JsonWriter& out) const {
  const Type& type = *component.type;
  out.begin_object();
  out.key("type").string("object");
  out.key("properties").begin_object();
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    const Field& field = field_at(type, i);
    out.key(wire_name(field));
    const std::string initial =
        direction == Direction::Input ? default_of(type, field) : std::string();
    write(*field.type, *field.rule, direction, out, initial);
  }
  out.end_object();
  out.key("required").begin_array();
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    const Field& field = field_at(type, i);
    const bool required =
        direction == Direction::Input ? !may_be_absent(field) : is_always_written(field);
    if (required) out.string(wire_name(field));
  }
  out.end_array();
  // Answers may grow members in a later release; requests are strict.
  if (direction == Direction::Input) out.key("additionalProperties").boolean(false);
  out.end_object();
}

void Schemas::write_components(JsonWriter& out) const {
  for (const auto& [key, component] : components_) {
    if (component.output) {
      const bool shared = component.input && !component.differs;
      out.key(name(*component.type, Direction::Output));
      write_struct(component, shared ? Direction::Input : Direction::Output, out);
    }
    if (component.input && (!component.output || component.differs)) {
      out.key(name(*component.type, Direction::Input));
      write_struct(component, Direction::Input, out);
    }
  }
}

}  // namespace gatehouse::body
