// Mail into a folder, one .eml file a letter: for trying things out, and for mail systems that
// fetch it there. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

#include <gatehouse/result.hpp>
#include <gatehouse/runtime/mail.hpp>

namespace gatehouse::host {

// The folder is made with the first letter, for its owner alone (0700), the files 0600; they hold
// codes that open accounts. A file has its name only when it is whole and on the disk.
class Outbox final : public MailTransport {
 public:
  // `from`: a plain address.
  Outbox(std::filesystem::path folder, std::string from);

  // Whether the folder, if it is there, is a folder that nobody else can enter.
  Result<None> check() const;
  Result<None> send(const Letter& letter) override;
  void interrupt() override {}  // a disk is not waited for

 private:
  const std::filesystem::path folder_;
  const std::string from_;
};

}  // namespace gatehouse::host
