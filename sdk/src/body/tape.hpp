// A JSON document as one flat list, in document order: quick to make, and it keeps what a tree of
// maps would lose (doubled members, the text of numbers). SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::body {

enum class NodeKind : std::uint8_t {
  Null,
  False,
  True,
  Integer,  // fits int64
  Number,   // any other that a double can hold
  Huge,     // a number beyond all doubles
  String,   // a member's name too
  Array,    // followed by its elements
  Object,   // followed by name and value in turn
};

struct Node {
  NodeKind kind = NodeKind::Null;
  bool unescaped = false;   // the text is in the tape's own buffer, not in the document
  std::uint32_t count = 0;  // elements or members
  std::uint32_t next = 0;   // the index after the whole value
  std::uint32_t begin = 0;  // text of strings and numbers
  std::uint32_t length = 0;
  std::int64_t integer = 0;  // Integer
  double number = 0;         // Number
};

// Why a document is no JSON, and where.
struct ParseError {
  std::size_t offset;
  const char* reason;  // ends the sentence "The body ..."
};

// At most 32 levels, 100,000 elements in an array, 10,000 members in an object, 4 KiB in a name.
class Tape {
 public:
  // `document` must outlive the tape.
  std::optional<ParseError> parse(std::string_view document);

  const Node& operator[](std::uint32_t index) const { return nodes_[index]; }
  std::string_view text(const Node& node) const {
    return std::string_view(node.unescaped ? std::string_view(buffer_) : document_)
        .substr(node.begin, node.length);
  }

 private:
  friend struct TapeHandler;
  std::string_view document_;
  std::string buffer_;
  std::vector<Node> nodes_;
};

}  // namespace gatehouse::body
