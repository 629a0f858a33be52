// Routes of every shape, and their document. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include <gatehouse/runtime/openapi.hpp>

#include "tests/sdk/body/samples.hpp"
#include "tests/sdk/routes/fake_call.hpp"

inline std::string sample_document() {
  using namespace gatehouse;
  using namespace samples;
  FakeRoutes routes;
  routes.post("/v1/notes",
              "notes:write",
              "Write a note",
              [](Call&, const NewNote&) -> Result<Created<Address>> { return not_found(); });
  routes.get("/v1/notes",
             "notes:read",
             "List notes",
             [](Call&, const Query<Filter>&) -> Result<Page<Derived>> { return not_found(); });
  routes.get(
      "/v1/notes/", "public", "Say hello", [](Call&) -> Result<Answer> { return not_found(); });
  routes.get(
      "/v1/notes/{note}", "notes:read", "Read a note", [](Call&, std::int64_t) -> Result<Tree> {
        return not_found();
      });
  routes.patch("/v1/notes/{id}",
               "notes:write",
               "Change a note",
               [](Call&, std::int64_t, const NotePatch&) -> Result<Times> { return not_found(); });
  routes.put("/v1/notes/{id}/address",
             "notes:write",
             "Move a note",
             [](Call&, std::int64_t, const std::optional<Address>&) -> Result<None> {
               return not_found();
             });
  routes.remove(
      "/v1/notes/{id}", "notes:write", "Delete a note", [](Call&, std::int64_t) -> Result<None> {
        return not_found();
      });
  routes.post(
      "/v1/bulk",
      "notes:write",
      "Write many",
      [](Call&, const std::vector<Raw>&) -> Result<Accepted<Reference>> { return not_found(); });
  std::vector<ApiRoute> list;
  for (const auto& entry : routes.entries) {
    ApiRoute route;
    route.spec = entry.spec;
    route.plugin = "notes";
    list.push_back(std::move(route));
  }
  list.back().deprecated = true;
  list.back().lenient = Lenient::Forms;
  list.back().errors = ErrorShape::Own;
  list.front().description = "Says \"yes\".";
  list.front().answers = {{409, "text_taken, full (of notes)"}};
  list[2].answers = {{302, "To the notes."}};
  list[2].content = "text/html";
  list[3].parameters = {{"note", "The note's number."}};
  return write_openapi(ApiInfo{}, list);
}
