// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/result.hpp>

namespace gatehouse {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::Malformed:
      return 400;
    case ErrorCode::Unauthenticated:
      return 401;
    case ErrorCode::PermissionDenied:
      return 403;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Conflict:
      return 409;
    case ErrorCode::PreconditionFailed:
      return 412;
    case ErrorCode::InvalidArgument:
      return 422;
    case ErrorCode::RateLimited:
      return 429;
    case ErrorCode::Unavailable:
      return 503;
    case ErrorCode::MethodNotAllowed:
      return 405;
    case ErrorCode::PayloadTooLarge:
      return 413;
    case ErrorCode::UnsupportedMediaType:
      return 415;
    case ErrorCode::NeedsHashing:  // never an answer
    case ErrorCode::Internal:
      return 500;
  }
  return 500;  // a number that is no enumerator
}

}  // namespace gatehouse
