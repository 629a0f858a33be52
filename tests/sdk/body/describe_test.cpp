// Claim: the table says what the struct is. Method: compare it with the declarations in
// samples.hpp. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <gatehouse/body/describe.hpp>

#include "tests/sdk/body/samples.hpp"

namespace {

using gatehouse::Kind;
using gatehouse::Type;
using gatehouse::type_of;

TEST(Describe, ATypeIsNamedAfterItsNamespaces) {
  EXPECT_STREQ(type_of<samples::NewNote>().name, "samples.NewNote");
  EXPECT_STREQ(type_of<samples::Colour>().name, "samples.Colour");
}

TEST(Describe, EveryKindOfFieldHasItsKind) {
  const Type& type = type_of<samples::NewNote>();
  ASSERT_EQ(type.field_count, 7u);
  const std::vector<Kind> kinds{Kind::String,
                                Kind::Enum,
                                Kind::Boolean,
                                Kind::Array,
                                Kind::Optional,
                                Kind::Optional,
                                Kind::Array};
  for (std::uint32_t i = 0; i < type.field_count; ++i) {
    EXPECT_EQ(type.fields[i].type->kind, kinds[i]) << type.fields[i].name;
  }
  EXPECT_EQ(type_of<samples::Numbers>().fields[0].type->kind, Kind::Integer);
  EXPECT_EQ(type_of<samples::Numbers>().fields[1].type->kind, Kind::Number);
  EXPECT_EQ(type_of<samples::Raw>().fields[0].type->kind, Kind::Json);
  EXPECT_EQ(type_of<samples::Reference>().fields[0].type->kind, Kind::IdOrNumber);
  EXPECT_EQ(type_of<samples::NotePatch>().fields[0].type->kind, Kind::Patch);
  EXPECT_EQ(type_of<gatehouse::Time>().kind, Kind::Time);
}

TEST(Describe, AFieldWithoutARuleHasTheEmptyOne) {
  const gatehouse::Field& text = type_of<samples::Text>().fields[0];
  ASSERT_NE(text.rule, nullptr);
  EXPECT_EQ(text.rule->size, sizeof(gatehouse::Rule));
  EXPECT_EQ(text.rule->max_length, 0u);
}

TEST(Describe, ADerivedStructBeginsWithItsBaseAndKeepsItsRules) {
  const Type& type = type_of<samples::Derived>();
  ASSERT_EQ(type.field_count, 2u);
  EXPECT_STREQ(type.fields[0].name, "id");
  EXPECT_EQ(type.fields[0].rule->maximum, 1000);
  EXPECT_STREQ(type.fields[1].name, "account_admin");
  EXPECT_STREQ(type.fields[1].rule->name, "account-admin");
}

TEST(Describe, AStructMayHoldItself) {
  const Type& type = type_of<samples::Tree>();
  EXPECT_EQ(type.fields[1].type->element, &type);
}

TEST(Describe, MembersAreReachedThroughTheTable) {
  samples::NewNote note;
  note.rank = 7;
  const Type& type = type_of<samples::NewNote>();
  EXPECT_EQ(type.fields[0].member(&note), &note.text);
  EXPECT_EQ(type.fields[4].type->inside(type.fields[4].member(&note)), &*note.rank);
}

TEST(Describe, ATableIsAConstantExpression) {
  constexpr const Type& kType = type_of<samples::NewNote>();
  static_assert(kType.field_count == 7 && kType.kind == Kind::Struct);
  static_assert(kType.fields[0].rule->max_length == 4);
}

}  // namespace
