// Bytes of a client through framing, routing and decoding, without a socket: whole and in pieces,
// which must mean the same. libFuzzer drives it, or replay.cpp. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/body.hpp>

#include "host/http/forwarded.hpp"
#include "host/http/framing.hpp"
#include "host/http/response.hpp"
#include "tests/sdk/testing/bare_runtime.hpp"

namespace fuzz {
using namespace gatehouse;

enum class Colour { Red, Green };
BOOST_DESCRIBE_ENUM(Colour, Red, Green)
struct Place {
  double latitude = 0;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(Place, (), (latitude, name))
struct Note {
  std::string text;
  std::optional<bool> pinned;
  std::vector<Place> places;
  Patch<std::string> title;
  std::optional<Colour> colour;
  std::optional<Time> at;
  std::optional<RawJson> extra;
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Note, (), (text, pinned, places, title, colour, at, extra, number))
struct Filter {
  std::optional<std::int64_t> limit;
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> tag;
};
BOOST_DESCRIBE_STRUCT(Filter, (), (limit, name, tag))

// Every way in which a route reads a request. Nothing here blocks or fails by itself.
class Routes final : public Plugin {
  void wire(Context& host) override {
    host.permissions().declare("notes:read", held_by_everybody);
    auto& routes = host.routes();
    routes.get("/", "public", "Root", [](Call&) -> Result<None> { return None{}; });
    routes.get("/n/{id}", "public", "Read", [](Call&, std::int64_t id) -> Result<Note> {
      Note note;
      note.number = id;
      return note;
    });
    routes.get("/n/new", "public", "A literal", [](Call&) -> Result<None> { return None{}; });
    routes.get("/n/{name}/{part}",
               "public",
               "Texts",
               [](Call&, std::string name, std::string part) -> Result<RawJson> {
                 return RawJson{encode_json(Place{0, name + part})};
               });
    routes.get(
        "/n", "public", "List", [](Call&, const Query<Filter>& filter) -> Result<Page<Note>> {
          Page<Note> page;
          page.items.resize(filter->limit.value_or(0) > 0 ? 1 : 0);
          if (filter->name) page.next = *filter->name;
          return page;
        });
    routes
        .post("/n",
              "public",
              "Write",
              [](Call&, const Note& note) -> Result<Created<Note>> { return note; })
        .body_limit(4096);
    routes
        .put("/f",
             "public",
             "Forms",
             [](Call&, const Query<Filter>&, const Filter& filter) -> Result<Filter> {
               return filter;
             })
        .accept(Lenient::Forms);
    routes.patch(
        "/n/{id}", "notes:read", "Signed in", [](Call&, std::int64_t, const Note&) -> Result<None> {
          return None{};
        });
  }
};

[[noreturn]] void report(std::string_view what, std::string_view about) {
  std::fprintf(stderr,
               "http_fuzz: %.*s: %.*s\n",
               static_cast<int>(what.size()),
               what.data(),
               static_cast<int>(about.size()),
               about.data());
  std::abort();
}

class Client {
 public:
  explicit Client(testing::BareRuntime& runtime) : runtime_(runtime) {}

  void feed(std::string_view bytes) {
    pending_ += bytes;
    for (;;) {
      const auto before = parser_.stage();
      if (before == host::RequestParser::Stage::Failed) return;
      const auto used = parser_.feed(pending_);
      if (used > pending_.size()) report("used more than there was", pending_);
      pending_.erase(0, used);
      switch (parser_.stage()) {
        case host::RequestParser::Stage::HeadRead:
          begin();
          break;
        case host::RequestParser::Stage::Complete:
          finish();
          break;
        case host::RequestParser::Stage::Failed:
          refuse();
          return;
        case host::RequestParser::Stage::Head:
        case host::RequestParser::Stage::Body:
          if (used == 0) return;
          break;
      }
    }
  }
  // What happened, without what differs from time to time.
  const std::string& story() const { return story_; }

 private:
  void begin() {
    auto& head = parser_.head();
    story_ += head.method + " " + head.target;
    head.remote_address = host::client_address(
        "10.0.0.1", head.headers, [](std::string_view hop) { return hop.starts_with("10."); });
    story_ += " " + head.remote_address;
    exchange_ = (*runtime_).open(std::move(head));
    const bool wanted = !exchange_->done();
    parser_.expect_body(
        wanted ? exchange_->body_limit() : 4096,
        wanted ? host::RequestParser::BodyUse::Keep : host::RequestParser::BodyUse::Discard);
    if (parser_.stage() == host::RequestParser::Stage::Complete) finish();
    if (parser_.stage() == host::RequestParser::Stage::Failed) refuse();
  }
  void finish() {
    if (!exchange_->done()) exchange_->receive(parser_.take_body());
    for (int steps = 0; !exchange_->done(); ++steps) {
      if (steps > 10) report("does not end", story_);
      exchange_->run();
    }
    if (exchange_->answer().status == 500) report("failed", story_);
    send(exchange_->answer());
    exchange_.reset();
    parser_.next();
  }
  void refuse() {
    const auto& error = parser_.error();
    if (exchange_) {
      if (!exchange_->done()) exchange_->refuse(error.status, error.reason, error.message);
      return send(exchange_->answer());
    }
    auto answer = (*runtime_).unreadable(
        error.status, error.reason, error.message, {std::string(parser_.method()), "", {}, ""});
    send(answer);
  }
  void send(const Answer& answer) {
    if (!host::is_sendable(answer)) report("cannot be sent", story_);
    std::string head;
    host::append_head(head, answer, host::Persistence::Keep, "now");
    if (std::count(head.begin(), head.end(), '\n') != std::count(head.begin(), head.end(), '\r') ||
        head.find("\r\n\r\n") != head.size() - 4) {
      report("broke the framing", head);
    }
    story_ += " " + std::to_string(answer.status) + "\n";
  }

  testing::BareRuntime& runtime_;
  host::RequestParser parser_{host::FramingLimits{2048, 20}};
  std::string pending_;
  std::string story_;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Routes routes;
  static gatehouse::testing::BareRuntime runtime(routes, {"https://app.example.com"});
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The first byte says how large the pieces are.
  const std::size_t piece = 1 + data[0] % 64;
  const auto input = bytes.substr(1);

  fuzz::Client whole(runtime);
  whole.feed(input);
  fuzz::Client pieces(runtime);
  for (std::size_t at = 0; at < input.size(); at += piece) pieces.feed(input.substr(at, piece));
  if (whole.story() != pieces.story()) {
    fuzz::report("whole and in pieces differ", whole.story() + "---\n" + pieces.story());
  }
  return 0;
}
