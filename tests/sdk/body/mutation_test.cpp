// Claim: no document brings the decoder down, and what it accepts it can write and read again to
// the same bytes. Method: 20,000 random changes of valid documents, always the same ones.
// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <gtest/gtest.h>

#include <gatehouse/body.hpp>

#include "tests/sdk/body/samples.hpp"

namespace {

using namespace samples;

constexpr std::string_view kPieces[] = {"{",
                                        "}",
                                        "[",
                                        "]",
                                        ",",
                                        ":",
                                        "\"",
                                        "\\",
                                        "null",
                                        "true",
                                        "1e400",
                                        "-0.0",
                                        "1e-9",
                                        "\\u00",
                                        "\\ud83d",
                                        "\xc3\xa9",
                                        "\xff",
                                        "99999999999999999999"};

std::string mutate(std::string text, std::mt19937_64& random) {
  const auto below = [&random](std::size_t limit) {
    return static_cast<std::size_t>(random() % limit);
  };
  for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
    const std::size_t at = below(text.size() + 1);
    switch (below(5)) {
      case 0:
        text.insert(at, kPieces[below(std::size(kPieces))]);
        break;
      case 1:
        text.erase(at, 1 + below(4));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), below(30)));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(' ' + below(95));
    }
  }
  return text;
}

template <class T>
int accepted(std::string_view seed_document, int count) {
  std::mt19937_64 random(7);
  int accepted = 0;
  for (int i = 0; i < count; ++i) {
    const std::string document = mutate(std::string(seed_document), random);
    const auto value = gatehouse::decode_json<T>(document);
    if (!value) {
      EXPECT_TRUE(value.error().code == gatehouse::ErrorCode::Malformed ||
                  !value.error().fields.empty())
          << document;
      continue;
    }
    ++accepted;
    const std::string once = gatehouse::encode_json(*value);
    const auto again = gatehouse::decode_json<T>(once);
    EXPECT_TRUE(again) << document << " became " << once << ": " << verdict(again);
    if (!again) continue;
    EXPECT_EQ(gatehouse::encode_json(*again), once) << document;
  }
  return accepted;
}

TEST(Mutation, TenThousandNotesNeverCrashAndAcceptedOnesRoundTrip) {
  EXPECT_GT(accepted<NewNote>(
                R"({"text":"aé\n","colour":"blue","pinned":true,"labels":["a","b"],"rank":3,)"
                R"("address":{"street":"s\u00e9","country":"de"},"copies":[{"street":"t"}]})",
                10'000),
            100);
}

TEST(Mutation, FiveThousandPatchesNeverCrashAndAcceptedOnesRoundTrip) {
  EXPECT_GT(accepted<NotePatch>(R"({"text":null,"colour":"blue","labels":["a",""]})", 5'000), 50);
}

TEST(Mutation, FiveThousandRawDocumentsNeverCrashAndAcceptedOnesRoundTrip) {
  EXPECT_GT(accepted<std::vector<gatehouse::RawJson>>(
                R"([{"a":[1,-2.5e3,"x\"é",null],"b":{}},true])", 5'000),
            100);
}

TEST(Mutation, FiveThousandFormsNeverCrash) {
  std::mt19937_64 random(7);
  int accepted = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::string form = mutate("limit=5&role=a%20b&colour=blue&active=true", random);
    if (gatehouse::decode_form<Filter>(form)) ++accepted;
  }
  EXPECT_GT(accepted, 50);
}

}  // namespace
