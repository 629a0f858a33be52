// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/beside_request.hpp>
#include <gatehouse/runtime/request_scope.hpp>

namespace gatehouse {

BesideRequest::BesideRequest() : scope_(std::make_unique<RequestScope>()) {}
BesideRequest::~BesideRequest() = default;

}  // namespace gatehouse
