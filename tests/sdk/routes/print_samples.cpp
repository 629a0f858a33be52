// Prints, for schema_check.py: the sample document; every sample body with the decoder's verdict
// and the schema it was read by; every sample object as it is written. One JSON value a line.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <gatehouse/body.hpp>
#include <gatehouse/runtime/openapi.hpp>

#include "tests/sdk/routes/sample_routes.hpp"

namespace {

using namespace samples;

template <class T>
void print(const char* body) {
  const bool accepted = gatehouse::decode_json<T>(body).has_value();
  const std::string schema =
      gatehouse::write_schema(gatehouse::type_of<T>(), gatehouse::SchemaUse::Request);
  std::printf("{\"body\":%s,\"accepted\":%s,\"schema\":%s}\n",
              body,
              accepted ? "true" : "false",
              schema.c_str());
}

template <class T>
void print_answer(const T& object) {
  const std::string schema =
      gatehouse::write_schema(gatehouse::type_of<T>(), gatehouse::SchemaUse::Answer);
  std::printf("{\"body\":%s,\"accepted\":true,\"schema\":%s}\n",
              gatehouse::encode_json(object).c_str(),
              schema.c_str());
}

}  // namespace

int main() {
  std::printf("%s\n", sample_document().c_str());
  for (const char* const body : {
           R"({"text":"a"})",
           R"({"text":""})",
           R"({"text":"éééé"})",
           R"({"text":"ééééé"})",
           R"({"text":"a:b"})",
           R"({"text":null})",
           R"({"text":1})",
           R"({})",
           R"([])",
           R"({"text":"a","extra":1})",
           R"({"text":"a","colour":"dark-green"})",
           R"({"text":"a","colour":"red"})",
           R"({"text":"a","pinned":1})",
           R"({"text":"a","labels":["a","b","c"]})",
           R"({"text":"a","labels":["a","b","c","d"]})",
           R"({"text":"a","labels":[""]})",
           R"({"text":"a","rank":null})",
           R"({"text":"a","rank":9})",
           R"({"text":"a","rank":10})",
           R"({"text":"a","rank":1.0})",
           R"({"text":"a","rank":1.5})",
           R"({"text":"a","address":{"street":"s"}})",
           R"({"text":"a","address":{"street":"s","country":"deu"}})",
           R"({"text":"a","address":{}})",
           R"({"text":"a","address":null})",
           R"({"text":"a","copies":[{"street":"s"}]})",
           R"({"text":"a","copies":[1]})",
       }) {
    print<NewNote>(body);
  }
  for (const char* const body : {R"({})",
                                 R"({"text":null,"colour":"blue","labels":["a"]})",
                                 R"({"colour":"red"})",
                                 R"({"colour":null})",
                                 R"({"labels":[1]})"}) {
    print<NotePatch>(body);
  }
  for (const char* const body : {R"({"whole":1,"real":1})",
                                 R"({"whole":1.5,"real":1.5})",
                                 R"({"whole":"1","real":1})",
                                 R"({"whole":1})"}) {
    print<Numbers>(body);
  }
  for (const char* const body : {R"({"account":7})",
                                 R"({"account":0})",
                                 R"({"account":"x"})",
                                 R"({"account":""})",
                                 R"({"account":true})"}) {
    print<Reference>(body);
  }
  for (const char* const body : {R"({"name":"a","children":[{"name":"b","children":[]}]})",
                                 R"({"name":"a","children":[{"name":"b"}]})"}) {
    print<Tree>(body);
  }
  for (const char* const body :
       {R"([{"id":1,"account-admin":""}])", R"([{"id":1001,"account-admin":""}])", R"({"id":1})"}) {
    print<std::vector<Derived>>(body);
  }
  print<Raw>(R"({"value":[1,{"a":null}]})");

  NewNote note;
  note.text = "a";
  print_answer(note);
  note.address = Address{"s", "de"};
  note.rank = 3;
  print_answer(note);
  print_answer(NotePatch{});
  const gatehouse::Time time{std::chrono::microseconds(1'795'281'047'169'005)};
  print_answer(Times{time, time, time, time});
  print_answer(Times{});
  print_answer(Tree{"a", {Tree{"b", {}}}});
  print_answer(Reference{{"", 7}});
  print_answer(std::vector<Flag>{{true}});
  return 0;
}
