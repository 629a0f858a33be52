// The part of the OpenAPI document that tells what routes answer.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include <gatehouse/runtime/openapi.hpp>

#include "body/json_writer.hpp"
#include "body/schema.hpp"

namespace gatehouse::body {

// The member `responses` of an operation.
void write_responses(const ApiRoute& route, const Schemas& schemas, JsonWriter& out);

// The members `headers` and `responses` of the components: what the responses of `routes` refer to,
// and nothing else.
void write_answer_components(std::span<const ApiRoute> routes, JsonWriter& out);
// The schema of problem+json.
void write_problem_schema(JsonWriter& out);

}  // namespace gatehouse::body
