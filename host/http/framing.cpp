// The only file that includes Boost.Beast: its sans-I/O parser does the grammar of heads, and what
// it lets through is refused here. Chunks are chunked.cpp's: what Beast makes of a chunk's line
// depends on how its bytes come. SPDX-License-Identifier: Apache-2.0

#include "host/http/framing.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>

#include "host/http/chunked.hpp"

namespace gatehouse::host {

namespace http = boost::beast::http;

namespace {

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

constexpr bool is_token_character(char c) {
  return is_alphanumeric(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
  });
}

// RFC 9110 section 4.2.1: uri-host [ ":" port ], and not empty.
bool is_host(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos || end == 1) return false;
    const auto inner = text.substr(1, end - 1);
    if (!std::all_of(inner.begin(), inner.end(), [](char c) {
          return is_hex_digit(c) || c == ':' || c == '.';
        })) {
      return false;
    }
    ++end;
  } else {
    end = std::min(text.find(':'), text.size());
    if (end == 0) return false;
    for (std::size_t i = 0; i < end; ++i) {
      const char c = text[i];
      if (c == '%') {
        if (end - i < 3 || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
      } else if (!is_alphanumeric(c) &&
                 std::string_view("-._~!$&'()*+,;=").find(c) == std::string_view::npos) {
        return false;
      }
    }
  }
  text.remove_prefix(end);
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  if (text.empty()) return true;  // RFC 3986 section 3.2.3 allows the bare colon
  if (text.size() > 5 || !is_all_digits(text)) return false;
  int port = 0;
  for (const char c : text) port = port * 10 + (c - '0');
  return port <= 65535;
}

// Whether a request line ends in a version that is well-formed and not ours.
bool names_other_version(std::string_view line) {
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos) return false;
  const auto version = line.substr(space + 1);
  return version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' &&
         is_all_digits(version.substr(5, 1)) && is_all_digits(version.substr(7, 1)) &&
         version != "HTTP/1.0" && version != "HTTP/1.1";
}

bool is_known(http::verb method) {
  switch (method) {
    case http::verb::get:
    case http::verb::head:
    case http::verb::post:
    case http::verb::put:
    case http::verb::patch:
    case http::verb::delete_:
    case http::verb::options:
    case http::verb::trace:
      return true;
    default:  // Beast knows dozens; CONNECT among them is for proxies
      return false;
  }
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// Takes Beast's pieces of one message and checks each as it comes.
class Sink final : public http::basic_parser<true> {
 public:
  explicit Sink(std::size_t head_bytes) {
    header_limit(static_cast<std::uint32_t>(head_bytes));
    body_limit(boost::none);  // not known before the head is
    head.headers.reserve(8);
  }

  RequestHead head;
  std::string body;
  RequestParser::BodyUse body_use = RequestParser::BodyUse::Keep;
  std::string_view method_name;  // stays when the head is taken away
  bool is_head = false;
  bool is_http_1_0 = false;
  bool expects_continue = false;
  FramingError error;  // reason empty: Beast's own verdict counts

 private:
  using ErrorCode = boost::beast::error_code;

  void refuse(ErrorCode& ec, int status, std::string_view reason, std::string_view message) {
    error = {status, reason, message};
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb method,
                       boost::beast::string_view method_text,
                       boost::beast::string_view target,
                       int version,
                       ErrorCode& ec) override {
    is_http_1_0 = version == 10;
    is_head = method == http::verb::head;
    if (!is_known(method)) {
      return refuse(ec, 501, "method_not_implemented", "The server does not know this method.");
    }
    method_name = view(http::to_string(method));
    head.method.assign(method_text.data(), method_text.size());
    read_target(view(target), method, ec);
  }

  // RFC 9112 section 3.2: origin form, absolute form (of which the path is taken), and "*".
  void read_target(std::string_view target, http::verb method, ErrorCode& ec) {
    for (const char c : target) {
      if (c <= 0x20 || c >= 0x7f || c == '#') {
        return refuse(
            ec, 400, "bad_target", "The request target holds a character that must be encoded.");
      }
    }
    if (target.starts_with('/') || (target == "*" && method == http::verb::options)) {
      head.target.assign(target.begin(), target.end());
      return;
    }
    const auto scheme = target.find("://");
    if (scheme != std::string_view::npos &&
        (equals_ignoring_case(target.substr(0, scheme), "http") ||
         equals_ignoring_case(target.substr(0, scheme), "https"))) {
      target.remove_prefix(scheme + 3);
      const auto end = std::min(target.find_first_of("/?"), target.size());
      authority_ = target.substr(0, end);
      if (is_host(authority_)) {
        target.remove_prefix(end);
        if (!target.starts_with('/')) head.target.push_back('/');
        head.target += target;
        return;
      }
    }
    refuse(ec, 400, "bad_target", "The request target must be a path that begins with a slash.");
  }

  void on_field_impl(http::field name,
                     boost::beast::string_view name_text,
                     boost::beast::string_view value_text,
                     ErrorCode& ec) override {
    const auto value = view(value_text);
    switch (name) {
      case http::field::host:
        if (++hosts_ > 1) return refuse_double(ec);
        if (!is_host(value)) {
          return refuse(ec, 400, "bad_host", "The Host field does not name a host.");
        }
        break;
      case http::field::content_length:
        if (++content_lengths_ > 1) return refuse_double(ec);
        if (!is_all_digits(value)) {
          return refuse(
              ec, 400, "bad_content_length", "Content-Length must be one decimal number.");
        }
        break;
      case http::field::content_type:
        if (++content_types_ > 1) return refuse_double(ec);
        break;
      case http::field::authorization:
        if (++authorizations_ > 1) return refuse_double(ec);
        break;
      case http::field::transfer_encoding:
        if (is_http_1_0) {
          return refuse(
              ec, 400, "bad_transfer_encoding", "HTTP/1.0 does not have Transfer-Encoding.");
        }
        // Beast takes any list for "no body"; the body would be read as the next request.
        if (!equals_ignoring_case(value, "chunked")) {
          return refuse(ec,
                        501,
                        "transfer_encoding_not_implemented",
                        "The only Transfer-Encoding this server reads is \"chunked\".");
        }
        break;
      case http::field::expect:
        if (is_http_1_0) break;  // RFC 9110 section 10.1.1: to be ignored
        if (!equals_ignoring_case(value, "100-continue")) {
          return refuse(
              ec, 417, "expectation_failed", "The only Expect this server meets is 100-continue.");
        }
        expects_continue = true;
        break;
      default:
        break;
    }
    head.headers.emplace_back(view(name_text), value);
  }

  void refuse_double(ErrorCode& ec) {
    refuse(ec,
           400,
           "double_field",
           "Host, Content-Length, Content-Type and Authorization may stand once only.");
  }

  void on_header_impl(ErrorCode& ec) override {
    if (hosts_ == 0 && !is_http_1_0) {
      return refuse(ec, 400, "bad_host", "An HTTP/1.1 request must have a Host field.");
    }
    if (authority_.empty()) return;
    // RFC 9112 section 3.2.2: the target's authority counts, not the field.
    for (auto& [name, value] : head.headers) {
      if (equals_ignoring_case(name, "host")) value = authority_;
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}

  std::size_t on_body_impl(boost::beast::string_view bytes, ErrorCode&) override {
    if (body_use == RequestParser::BodyUse::Keep) body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, ErrorCode&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t,
                                 boost::beast::string_view bytes,
                                 ErrorCode& ec) override {
    return on_body_impl(bytes, ec);
  }

  void on_finish_impl(ErrorCode&) override {}

  void on_response_impl(int, boost::beast::string_view, int, ErrorCode&) override {}

  int hosts_ = 0;
  int content_lengths_ = 0;
  int content_types_ = 0;
  int authorizations_ = 0;
  std::string authority_;
};

}  // namespace

// Beast's parser serves one message, so each request gets a new one in the same place.
struct RequestParser::Message {
  std::optional<Sink> sink;
  std::optional<ChunkedBody> chunks;  // while a chunked body is being read
};

RequestParser::RequestParser(FramingLimits limits)
    : limits_(limits), message_(std::make_unique<Message>()) {}

RequestParser::~RequestParser() = default;

void RequestParser::fail(int status, std::string_view reason, std::string_view message) {
  stage_ = Stage::Failed;
  error_ = {status, reason, message};
}

void RequestParser::fail_for_size() {
  if (lines_ == 0) return fail(414, "target_too_long", "The request target is too long.");
  fail(431, "head_too_large", "The request's header fields are too large.");
}

std::size_t RequestParser::feed(std::string_view bytes) {
  if (bytes.empty()) return 0;
  if (stage_ == Stage::Head) {
    const auto used = feed_head(bytes);
    // Beast sees only whole heads, and an answer to less must know its method all the same.
    if (stage_ != Stage::HeadRead) begins_as_head_request_ = bytes.starts_with("HEAD ");
    return used;
  }
  if (stage_ == Stage::Body) return feed_body(bytes);
  return 0;
}

// Looks at whole lines as they come, so that a head that is too large or ends its lines in LF alone
// is refused before its end; each byte is looked at once, however slowly they come.
std::size_t RequestParser::feed_head(std::string_view bytes) {
  if (lines_ == 0 && line_begin_ == 0) {
    if (!is_token_character(bytes[0]) && bytes[0] != '\r' && bytes[0] != '\n') {
      fail(400, "bad_request_line", "This is not an HTTP request.");
      return 0;
    }
  }
  for (;;) {
    const auto lf = bytes.find('\n', searched_);
    if (lf == std::string_view::npos) {
      searched_ = bytes.size();
      if (bytes.size() > limits_.head_bytes) fail_for_size();
      return 0;
    }
    if (lf >= limits_.head_bytes) {  // first, as if the bytes had come one by one
      fail_for_size();
      return 0;
    }
    if (lf == line_begin_ || bytes[lf - 1] != '\r') {
      fail(400, "bad_line_end", "Lines must end in CR LF.");
      return 0;
    }
    const bool blank = lf - line_begin_ == 1;
    if (blank && lines_ == 0) {
      if (blank_skipped_) {
        fail(400, "bad_request_line", "A request must begin with its request line.");
        return 0;
      }
      blank_skipped_ = true;  // RFC 9112 section 2.2: one is to be read over
      searched_ = 0;
      return lf + 1;
    }
    if (blank) {
      parse_head(bytes.substr(0, lf + 1));
      return lf + 1;
    }
    const char first = bytes[line_begin_];
    if (lines_ > 0 && (first == ' ' || first == '\t')) {
      fail(400, "folded_field", "Header fields must not be folded over several lines.");
      return 0;
    }
    if (++lines_ > limits_.fields + 1) {
      fail(431, "too_many_fields", "The request has too many header fields.");
      return 0;
    }
    line_begin_ = searched_ = lf + 1;
  }
}

void RequestParser::parse_head(std::string_view head) {
  auto& sink = message_->sink.emplace(limits_.head_bytes);
  boost::beast::error_code ec;
  sink.put(boost::asio::const_buffer(head.data(), head.size()), ec);
  if (!ec && sink.is_header_done()) {
    stage_ = Stage::HeadRead;
    return;
  }
  if (!sink.error.reason.empty()) {
    return fail(sink.error.status, sink.error.reason, sink.error.message);
  }
  if (ec == http::error::bad_version && names_other_version(head.substr(0, head.find('\r')))) {
    return fail(505, "version_not_supported", "The server speaks HTTP/1.1 and HTTP/1.0.");
  }
  if (ec == http::error::bad_transfer_encoding ||
      (ec == http::error::bad_content_length && sink.chunked())) {
    return fail(400,
                "bad_transfer_encoding",
                "A request has Content-Length or one Transfer-Encoding, never both.");
  }
  if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length) {
    return fail(400, "bad_content_length", "Content-Length must be one decimal number.");
  }
  fail(400, "bad_request", "The request's head is not well-formed HTTP.");
}

std::size_t RequestParser::feed_body(std::string_view bytes) {
  auto& sink = *message_->sink;
  if (message_->chunks) return feed_chunks(bytes);
  boost::beast::error_code ec;
  const auto used = sink.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (sink.is_done()) stage_ = Stage::Complete;
  return used;
}

std::size_t RequestParser::feed_chunks(std::string_view bytes) {
  auto& sink = *message_->sink;
  auto& chunks = *message_->chunks;
  const auto used = chunks.feed(bytes, sink.body_use == BodyUse::Keep ? &sink.body : nullptr);
  switch (chunks.state()) {
    case ChunkedBody::State::Unfinished:
      break;
    case ChunkedBody::State::Complete:
      stage_ = Stage::Complete;
      break;
    case ChunkedBody::State::TooLarge:
      fail(413, "body_too_large", "The request's body is larger than this route takes.");
      break;
    case ChunkedBody::State::Malformed:
      fail(400, "bad_chunk", "The request's body is not well-formed chunked coding.");
      break;
  }
  return used;
}

RequestHead& RequestParser::head() {
  return message_->sink->head;
}
bool RequestParser::keep_alive() const {
  return message_->sink->keep_alive();
}
bool RequestParser::is_http_1_0() const {
  return message_->sink->is_http_1_0;
}
bool RequestParser::expects_continue() const {
  return message_->sink->expects_continue;
}
bool RequestParser::has_body() const {
  return !message_->sink->is_done();
}

bool RequestParser::is_head_request() const {
  return begins_as_head_request_ || (message_->sink && message_->sink->is_head);
}
std::string_view RequestParser::method() const {
  return message_->sink ? message_->sink->method_name : std::string_view();
}

std::uint64_t RequestParser::announced_body() const {
  const auto length = message_->sink->content_length();
  return length ? *length : 0;
}

void RequestParser::expect_body(std::size_t limit, BodyUse use) {
  auto& sink = *message_->sink;
  if (sink.is_done()) {
    stage_ = Stage::Complete;
    return;
  }
  const auto length = sink.content_length();
  if (length && *length > limit) {
    return fail(413, "body_too_large", "The request's body is larger than this route takes.");
  }
  if (sink.chunked()) message_->chunks.emplace(limit);
  sink.body_use = use;
  sink.eager(true);
  stage_ = Stage::Body;
}

std::string RequestParser::take_body() {
  return std::move(message_->sink->body);
}

void RequestParser::next() {
  stage_ = Stage::Head;
  line_begin_ = searched_ = lines_ = 0;
  blank_skipped_ = begins_as_head_request_ = false;
  message_->sink.reset();
  message_->chunks.reset();
}

std::string_view reason_phrase(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  if (known == http::status::unknown) return "";
  return view(http::obsolete_reason(known));
}

}  // namespace gatehouse::host
