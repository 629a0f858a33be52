// SPDX-License-Identifier: Apache-2.0
#include "host/mail/outbox.hpp"

#include <utility>

#include <gatehouse/text.hpp>

#include "host/files/private_file.hpp"
#include "host/mail/eml.hpp"

namespace gatehouse::host {

Outbox::Outbox(std::filesystem::path folder, std::string from)
    : folder_(std::move(folder)), from_(std::move(from)) {}

Result<None> Outbox::check() const {
  const auto checked = check_private_folder(folder_);
  if (checked || checked.error().code == ErrorCode::NotFound) return None{};
  return Error{ErrorCode::InvalidArgument,
               "mail_outbox",
               format("mail.outbox: {}", checked.error().message),
               {},
               {}};
}

Result<None> Outbox::send(const Letter& letter) {
  GATEHOUSE_CHECK(make_private_folder(folder_));
  if (const auto checked = check_private_folder(folder_); !checked) {
    return unavailable(checked.error().message);
  }
  // Sorted by time: names of the same length, with microseconds.
  const std::string name =
      format("{}-{}.eml", letter.written_at.time_since_epoch().count(), letter.id);
  return write_private_file(folder_ / name, write_eml(letter, from_), IfThere::Refuse);
}

}  // namespace gatehouse::host
